//! A decision undone: state, queue, feed and history are as if it had not been made, and the audit log tells of both.

use replydesk::proto::v1::{self, CommentState, Role, Verdict, event::Cause};
use tonic::Code;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth, on, submit},
    refusals::{metadata, told, violations},
};

fn fields(refused: &tonic::Status) -> Vec<String> {
    violations(refused)
        .into_iter()
        .map(|(field, _)| field)
        .collect()
}

async fn queue(client: &Client) -> Vec<(String, i64)> {
    let request = v1::ListQueueRequest {
        site: "gazette".to_owned(),
        ..Default::default()
    };
    let listed = client.moderation.clone().list_queue(request).await.unwrap();
    let items = listed.into_inner().items.into_iter();
    let due = |item: &v1::ReviewItem| {
        let due = item.due_at.unwrap();
        due.seconds * 1_000 + i64::from(due.nanos) / 1_000_000
    };
    items
        .map(|item| {
            (
                item.comment.as_ref().unwrap().comment_id.clone(),
                due(&item),
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_as_before_the_decision() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    let comment = submit(&blog, 0).await;
    submit(&blog, 1).await;
    let before = queue(&ada).await;
    let context = ada.context("gazette", &comment).await.unwrap();
    for verdict in [Verdict::Approve, Verdict::Reject, Verdict::Spam] {
        let version = blog.get("gazette", &comment).await.version;
        let decided = ada.decide(on(&comment, version, verdict)).await.unwrap();
        assert_eq!(queue(&ada).await.len(), 1);
        let undone = ben
            .undo("gazette", &comment, decided.version)
            .await
            .unwrap();
        assert_eq!(
            (
                undone.state(),
                undone.version,
                undone.verdict(),
                undone.replayed
            ),
            (CommentState::Pending, version + 2, verdict, false)
        );
        // Repeated after a lost reply, on the other replica too.
        for _ in 0..2 {
            let again = ben
                .undo("gazette", &comment, decided.version)
                .await
                .unwrap();
            assert!(again.replayed);
            assert_eq!(
                (again.version, again.undone_at),
                (undone.version, undone.undone_at)
            );
        }
        assert_eq!(queue(&ada).await, before, "at its old place");
        let now = ada.context("gazette", &comment).await.unwrap();
        assert_eq!(now.author_history, context.author_history);
        assert_eq!(now.thread_counts, context.thread_counts);
        assert_eq!(now.last_decision, None);
    }
    let events = blog.all_events("gazette").await;
    let last = events.last().unwrap();
    assert_eq!((last.state(), last.version), (CommentState::Pending, 7));
    let Some(Cause::Undone(cause)) = &last.cause else {
        panic!("{last:?}")
    };
    assert_eq!(
        (cause.verdict(), cause.moderator.as_str()),
        (Verdict::Spam, "ben")
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_version_that_the_decision_made_is_undone() {
    let desk = Desk::with(1, &[("moderation.undo_window_s", "3600")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(0, "gazette", "ben").await;
    let comment = submit(&blog, 0).await;
    let refused = ada.undo("gazette", &comment, 1).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "NO_DECISION".to_owned())
    );
    ada.decide(on(&comment, 1, Verdict::Reject)).await.unwrap();
    ben.decide(on(&comment, 2, Verdict::Approve)).await.unwrap();
    let refused = ada.undo("gazette", &comment, 2).await.unwrap_err();
    assert_eq!(told(&refused), (Code::Aborted, "STALE_VERSION".to_owned()));
    assert_eq!(metadata(&refused, "version"), "3");
    // What was in force before the undone decision is again, and can't be undone any more: its version has passed.
    let undone = ada.undo("gazette", &comment, 3).await.unwrap();
    assert_eq!(
        (undone.state(), undone.version),
        (CommentState::Rejected, 4)
    );
    let last = ada
        .context("gazette", &comment)
        .await
        .unwrap()
        .last_decision
        .unwrap();
    assert_eq!(
        (last.verdict(), last.moderator.as_str()),
        (Verdict::Reject, "ada")
    );
    let refused = ada.undo("gazette", &comment, 2).await.unwrap_err();
    assert_eq!(told(&refused), (Code::Aborted, "STALE_VERSION".to_owned()));
    let refused = ada
        .undo("gazette", "018f0000-0000-7000-8000-00000000ffff", 2)
        .await;
    assert_eq!(
        told(&refused.unwrap_err()),
        (Code::NotFound, "COMMENT_NOT_FOUND".to_owned())
    );
    let refused = ada.undo("gazette", "x", 0).await.unwrap_err();
    assert_eq!(fields(&refused), ["comment_id", "version"]);
    assert_eq!(blog.all_events("gazette").await.len(), 4);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_old_stays() {
    let desk = Desk::with(1, &[("moderation.undo_window_s", "0")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let comment = submit(&blog, 0).await;
    ada.decide(on(&comment, 1, Verdict::Reject)).await.unwrap();
    // A millisecond is over once Redis's clock has told another one.
    let (_, at): (i64, i64) = desk.redis.ask(&["TIME"]);
    while desk.redis.ask::<(i64, i64)>(&["TIME"]).1 / 1_000 == at / 1_000 {}
    let refused = ada.undo("gazette", &comment, 2).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "UNDO_WINDOW_PASSED".to_owned())
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_escalated_a_senior_moderator_decides() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let cleo = desk
        .someone(1, "gazette", Role::SeniorModerator, "cleo")
        .await;
    let comment = submit(&blog, 0).await;
    let escalated = ada
        .decide(on(&comment, 1, Verdict::Escalate))
        .await
        .unwrap();
    assert_eq!(
        (escalated.state(), escalated.version, escalated.verdict()),
        (CommentState::Pending, 1, Verdict::Escalate)
    );
    assert!(
        ada.decide(on(&comment, 1, Verdict::Escalate))
            .await
            .unwrap()
            .replayed
    );
    assert_eq!(queue(&ada).await, [], "not in the review lane");
    let refused = ada
        .decide(on(&comment, 1, Verdict::Approve))
        .await
        .unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "COMMENT_ESCALATED".to_owned())
    );
    let decided = cleo
        .decide(on(&comment, 1, Verdict::Approve))
        .await
        .unwrap();
    let refused = ada
        .undo("gazette", &comment, decided.version)
        .await
        .unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "COMMENT_ESCALATED".to_owned())
    );
    cleo.undo("gazette", &comment, decided.version)
        .await
        .unwrap();
    // Back where it was: with the senior moderators.
    let refused = ada
        .decide(on(&comment, 3, Verdict::Approve))
        .await
        .unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "COMMENT_ESCALATED".to_owned())
    );

    let other = submit(&blog, 1).await;
    let before = queue(&ada).await;
    ada.decide(on(&other, 1, Verdict::Escalate)).await.unwrap();
    let undone = ada.undo("gazette", &other, 1).await.unwrap();
    assert_eq!((undone.version, undone.verdict()), (1, Verdict::Escalate));
    assert!(ada.undo("gazette", &other, 1).await.unwrap().replayed);
    assert_eq!(queue(&ada).await, before);
    assert_eq!(
        blog.all_events("gazette").await.len(),
        4,
        "an escalation is no event"
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_since_hides_neither_an_undoing_nor_a_decision() {
    let desk = Desk::with(1, &[]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let cleo = desk
        .someone(0, "gazette", Role::SeniorModerator, "cleo")
        .await;
    let comment = submit(&blog, 0).await;
    ada.decide(on(&comment, 1, Verdict::Reject)).await.unwrap();
    ada.undo("gazette", &comment, 2).await.unwrap();
    let word = nth("gazette", 0).body.split(' ').next().unwrap().to_owned();
    cleo.redact("gazette", &comment, 3, &[&word]).await.unwrap();
    assert!(ada.undo("gazette", &comment, 2).await.unwrap().replayed);

    // More deeds than a record keeps: the decision in force stays.
    ada.decide(on(&comment, 4, Verdict::Approve)).await.unwrap();
    for _ in 0..9 {
        cleo.decide(on(&comment, 5, Verdict::Escalate))
            .await
            .unwrap();
        cleo.undo("gazette", &comment, 5).await.unwrap();
    }
    let undone = ada.undo("gazette", &comment, 5).await.unwrap();
    assert_eq!((undone.state(), undone.version), (CommentState::Pending, 6));
    desk.finish().await;
}
