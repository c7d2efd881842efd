//! Which comments a bulk decision takes, and which it leaves and counts.

use replydesk::proto::v1::{
    AuditAction, CommentState, Lane, Role, Verdict, bulk_decide_request::Selector, event::Cause,
};

use super::{
    SITE, audited, audited_changes, states, submit, submit_many, submit_wave, told_changes,
};
use crate::harness::{
    Desk,
    bulk::{numbers, order, these},
    comments::{comment, everything_waits, nth},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_wave_is_decided_at_once_with_one_audit_entry_and_an_event_for_each() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(1, SITE, "ada").await;
    let others = submit_many(&blog, 0..3).await;
    let (wave, name) = submit_wave(&blog, 0..45).await;
    let mut request = order(SITE, Selector::WaveId(name.clone()), Verdict::Spam);
    request.note = "the laptop again".to_owned();
    request.reason_code = "advertising".to_owned();

    let events = blog.all_events(SITE).await;
    let preview = ada.preview(&request).await.unwrap();
    assert_eq!(numbers(preview.counts), [45, 0, 0, 0, 0]);
    let examples: Vec<_> = preview.examples.iter().map(|e| &e.comment_id).collect();
    assert_eq!(examples, wave.iter().take(10).collect::<Vec<_>>());
    assert!(
        preview.examples[0]
            .excerpt
            .starts_with("My cousin makes 70")
    );
    assert_eq!(
        blog.all_events(SITE).await,
        events,
        "a preview changes nothing"
    );
    assert_eq!(audited(&ada).await, []);

    let result = ada.bulk(request.clone()).await.unwrap();
    assert_eq!(numbers(result.counts), [45, 0, 0, 0, 0]);
    assert_eq!((result.left, result.replayed), (0, false));
    assert_eq!(states(&blog, &wave).await, [(CommentState::Spam, 2); 45]);
    assert_eq!(
        states(&blog, &others).await,
        [(CommentState::Pending, 1); 3]
    );
    let stats = ada.stats(SITE).await;
    assert_eq!((stats.waiting, stats.pending, stats.spam), (3, 3, 45));

    let audit = audited(&ada).await;
    assert_eq!(audit.len(), 1);
    let entry = &audit[0];
    assert_eq!(entry.action(), AuditAction::BulkDecided);
    assert_eq!(entry.sequence, result.audit_sequence);
    assert_eq!(
        (entry.actor.as_str(), entry.verdict(), entry.note.as_str()),
        ("ada", Verdict::Spam, "the laptop again")
    );
    assert_eq!(entry.subject, format!("bulk {}", request.operation_id));
    assert_eq!(entry.after, format!("wave {name}"));

    let events = blog.all_events(SITE).await;
    let decided: Vec<_> = events.iter().filter(|event| event.version == 2).collect();
    let ids: Vec<_> = decided.iter().map(|event| &event.comment_id).collect();
    assert_eq!(
        ids,
        wave.iter().collect::<Vec<_>>(),
        "in the order of arrival"
    );
    for event in decided {
        let Some(Cause::Decided(cause)) = &event.cause else {
            panic!("{event:?}")
        };
        assert_eq!(cause.operation_id, request.operation_id);
        assert_eq!(cause.reason_code, "advertising");
        assert_eq!(
            (cause.verdict(), cause.moderator.as_str()),
            (Verdict::Spam, "ada")
        );
    }
    assert_eq!(audited_changes(&ada).await, told_changes(&blog).await);
    let again = ada.bulk(request).await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.counts, result.counts);
    assert_eq!(
        (again.began_at, again.ended_at),
        (result.began_at, result.ended_at)
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_author_has_waiting_is_decided_whatever_the_thread_unless_one_is_named() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let mut theirs = Vec::new();
    for (n, thread) in ["tram", "tram", "bridge", "park"].into_iter().enumerate() {
        let body = format!("I have said it {n} times, and nobody listens to what I say here.");
        theirs.push(submit(&blog, comment(SITE, thread, "Eve", &body)).await);
    }
    let others = submit_many(&blog, 0..25).await;
    let mut request = order(SITE, Selector::AuthorOf(theirs[3].clone()), Verdict::Reject);
    request.thread_id = "tram".to_owned();
    let result = ada.bulk(request).await.unwrap();
    assert_eq!(numbers(result.counts), [2, 0, 0, 0, 0]);
    let request = order(SITE, Selector::AuthorOf(theirs[0].clone()), Verdict::Reject);
    assert_eq!(numbers(ada.preview(&request).await.unwrap().counts)[0], 2);
    let result = ada.bulk(request).await.unwrap();
    assert_eq!(numbers(result.counts), [2, 2, 0, 0, 0]);
    // An author of one comment.
    let request = order(SITE, Selector::AuthorOf(others[0].clone()), Verdict::Reject);
    assert_eq!(
        numbers(ada.bulk(request).await.unwrap().counts),
        [1, 0, 0, 0, 0]
    );
    let others = &others[1..];
    assert_eq!(
        states(&blog, &theirs).await,
        [(CommentState::Rejected, 2); 4]
    );
    assert_eq!(
        states(&blog, others).await,
        [(CommentState::Pending, 1); 24]
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_is_decided_but_for_what_others_hold_or_must_decide() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let ben = desk.moderator(1, SITE, "ben").await;
    let ids = submit_many(&blog, 0..30).await;
    let mut work = ben.work(SITE, 2).await.unwrap();
    let held = [work.item().await, work.item().await].map(|item| item.comment.unwrap().comment_id);
    // What the caller holds is the caller's to decide, and is withdrawn from the stream.
    let mut own = ada.work(SITE, 1).await.unwrap();
    let mine = own.item().await.comment.unwrap().comment_id;
    let request = order(SITE, Selector::Lane(Lane::Review.into()), Verdict::Approve);
    let preview = ada.preview(&request).await.unwrap();
    // Leased items are in no lane while they are held.
    assert_eq!(numbers(preview.counts), [27, 0, 0, 0, 0]);
    let result = ada.bulk(request).await.unwrap();
    assert_eq!(numbers(result.counts), [27, 0, 0, 0, 0]);

    let request = order(SITE, these(&ids), Verdict::Approve);
    let result = ada.bulk(request).await.unwrap();
    assert_eq!(numbers(result.counts), [1, 27, 2, 0, 0]);
    assert_eq!(blog.get(SITE, &mine).await.state(), CommentState::Approved);
    for id in &held {
        assert_eq!(blog.get(SITE, id).await.state(), CommentState::Pending);
    }
    drop((work, own));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_escalated_is_for_seniors_and_what_is_not_there_is_counted() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let cleo = desk.someone(0, SITE, Role::SeniorModerator, "cleo").await;
    let ids = submit_many(&blog, 0..4).await;
    let escalate = |id: &str| replydesk::proto::v1::DecideCommentRequest {
        site: SITE.to_owned(),
        comment_id: id.to_owned(),
        version: 1,
        verdict: Verdict::Escalate.into(),
        ..Default::default()
    };
    ada.decide(escalate(&ids[0])).await.unwrap();
    ada.decide(escalate(&ids[1])).await.unwrap();
    let unknown = nth(SITE, 99).comment_id;
    // Named twice, counted once.
    let named = [&ids[..], &ids[..1], &[unknown]].concat();
    let request = order(SITE, these(&named), Verdict::Reject);
    assert_eq!(
        numbers(ada.preview(&request).await.unwrap().counts),
        [2, 0, 0, 2, 1]
    );
    let result = ada.bulk(request).await.unwrap();
    assert_eq!(numbers(result.counts), [2, 0, 0, 2, 1]);
    let lane = order(
        SITE,
        Selector::Lane(Lane::Escalated.into()),
        Verdict::Approve,
    );
    let nothing = ada.bulk(lane.clone()).await.unwrap();
    assert_eq!(numbers(nothing.counts), [0, 0, 0, 2, 0]);
    let lane = order(
        SITE,
        Selector::Lane(Lane::Escalated.into()),
        Verdict::Approve,
    );
    let result = cleo.bulk(lane).await.unwrap();
    assert_eq!(numbers(result.counts), [2, 0, 0, 0, 0]);
    assert_eq!(
        states(&blog, &ids).await,
        [
            (CommentState::Approved, 2),
            (CommentState::Approved, 2),
            (CommentState::Rejected, 2),
            (CommentState::Rejected, 2)
        ]
    );
    // An empty lane is no mistake.
    let lane = order(SITE, Selector::Lane(Lane::Appeals.into()), Verdict::Approve);
    assert_eq!(numbers(cleo.bulk(lane).await.unwrap().counts), [0; 5]);
    desk.finish().await;
}
