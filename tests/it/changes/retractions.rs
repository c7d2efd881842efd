//! Who withdraws a comment has it withdrawn, whatever stands in the way.

use replydesk::proto::v1::{
    self, AuditAction, CommentState, Verdict, event::Cause, work_queue_response::Message,
};
use tonic::Code;

use super::{NOBODYS, SITE, entries, lane_of, lenient, on, submit};
use crate::harness::{
    Desk,
    comments::{everything_waits, nth},
    refusals::{told, violations},
    until::soon,
};

#[tokio::test(flavor = "multi_thread")]
async fn from_any_state_it_is_withdrawn_once_and_nothing_else_is_lost() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let there = blog.through(desk.replicas[1].address);
    let ada = desk.moderator(0, SITE, "ada").await;
    let verdicts = [
        None,
        Some(Verdict::Approve),
        Some(Verdict::Reject),
        Some(Verdict::Spam),
        Some(Verdict::Escalate),
    ];
    for (n, verdict) in verdicts.into_iter().enumerate() {
        let request = nth(SITE, n);
        let comment = request.comment_id.clone();
        blog.submit(request.clone()).await.unwrap();
        let mut version = 1;
        if let Some(verdict) = verdict {
            version = ada.decide(on(&comment, 1, verdict)).await.unwrap().version;
        }
        let before = blog.get(SITE, &comment).await;
        let done = blog.retract(SITE, &comment).await.unwrap();
        assert_eq!(
            (done.state(), done.version, done.replayed),
            (CommentState::Retracted, version + 1, false)
        );
        for client in [&there, &blog] {
            let again = client.retract(SITE, &comment).await.unwrap();
            assert!(again.replayed);
            assert_eq!(
                (again.version, again.retracted_at),
                (done.version, done.retracted_at)
            );
        }
        assert_eq!(lane_of(&desk, &comment), None);
        let after = blog.get(SITE, &comment).await;
        assert_eq!((after.state(), after.version), (done.state(), done.version));
        assert_eq!(after.body, before.body);
        // Sent again, the comment is what it is.
        let known = blog.submit(request).await.unwrap();
        assert!(known.replayed);
        assert_eq!(
            (known.state(), known.version),
            (CommentState::Retracted, done.version)
        );
        let refused = ada
            .decide(on(&comment, done.version, Verdict::Approve))
            .await;
        assert_eq!(
            told(&refused.unwrap_err()),
            (Code::FailedPrecondition, "COMMENT_RETRACTED".to_owned())
        );
        let history = ada.context(SITE, &comment).await.unwrap().author_history;
        let history = history.unwrap();
        let others = [
            history.approved,
            history.pending,
            history.rejected,
            history.spam,
        ];
        assert_eq!(others, [0; 4], "it is counted as nothing else");
    }
    let events = blog.all_events(SITE).await;
    let told = |event: &&v1::Event| matches!(event.cause, Some(Cause::Retracted(_)));
    assert_eq!(events.iter().filter(told).count(), 5);
    assert_eq!(
        entries(&ada.whole_audit(SITE).await, AuditAction::Retracted),
        5
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_it_is_told() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(1, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    let mut work = ada.work(SITE, 1).await.unwrap();
    let item = work.item().await;
    blog.retract(SITE, &comment).await.unwrap();
    let bound = std::time::Duration::from_secs(10);
    let withdrawn = soon("it is withdrawn", bound, async {
        loop {
            if let Some(Message::Withdrawn(withdrawn)) = work.next().await.unwrap() {
                return withdrawn;
            }
        }
    });
    assert_eq!(withdrawn.await.comment_id, comment);
    work.decide(&item, Verdict::Approve).await;
    let answer = work.answer().await;
    let v1::work_queue_response::answer::Result::Problem(problem) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(problem.reason, "STALE_VERSION");
    assert_eq!(problem.state(), CommentState::Retracted);
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_withdrawn() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, lenient()).await;
    let refused = blog.retract(SITE, NOBODYS).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::NotFound, "COMMENT_NOT_FOUND".to_owned())
    );
    let refused = blog.retract(SITE, "x").await.unwrap_err();
    assert_eq!(violations(&refused)[0].0, "comment_id");
    let refused = blog.retract("herald", NOBODYS).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(blog.all_events(SITE).await, []);
    desk.finish().await;
}
