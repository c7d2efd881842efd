//! A bulk decision undone: all is as before, but for what came after it.

use replydesk::proto::v1::{
    self, AuditAction, CommentState, Lane, Role, Verdict, bulk_decide_request::Selector,
    event::Cause,
};
use tonic::Code;

use super::{SITE, audited, audited_changes, states, submit_many, submit_wave, told_changes};
use crate::harness::{
    Desk,
    bulk::{numbers, order, these, undo_numbers},
    clients::Client,
    comments::{everything_waits, on},
    learning::{lessons_in_log, taught_by_feed},
    refusals::told,
    until::until,
};

/// The queue as it is: ids, due times, lanes.
async fn queue(client: &Client) -> Vec<(String, Option<prost_types::Timestamp>, i32)> {
    let request = v1::ListQueueRequest {
        site: SITE.to_owned(),
        page_size: 200,
        ..Default::default()
    };
    let listed = client.moderation.clone().list_queue(request).await.unwrap();
    let items = listed.into_inner().items.into_iter();
    items
        .map(|item| (item.comment.unwrap().comment_id, item.due_at, item.lane))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_and_place_in_the_queue_is_as_before() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let ben = desk.moderator(1, SITE, "ben").await;
    let (ids, wave) = submit_wave(&blog, 0..45).await;
    let before = queue(&ada).await;
    let context = ada.context(SITE, &ids[3]).await.unwrap();
    let request = order(SITE, Selector::WaveId(wave), Verdict::Spam);
    ada.bulk(request.clone()).await.unwrap();
    assert_eq!(queue(&ada).await, []);
    let result = ben.undo_bulk(SITE, &request.operation_id).await.unwrap();
    assert_eq!(undo_numbers(result.counts), [45, 0, 0, 0]);
    assert!(!result.replayed);
    assert_eq!(queue(&ada).await, before, "at their old places");
    assert_eq!(states(&blog, &ids).await, [(CommentState::Pending, 3); 45]);
    let of_one = v1::ListAuditEntriesRequest {
        site: SITE.to_owned(),
        comment_id: ids[3].clone(),
        oldest_first: true,
        ..Default::default()
    };
    let deeds = ada.audit(of_one).await.unwrap().entries;
    let deeds: Vec<_> = deeds.iter().map(v1::AuditEntry::action).collect();
    assert_eq!(deeds, [AuditAction::BulkDecided, AuditAction::BulkUndone]);
    let now = ada.context(SITE, &ids[3]).await.unwrap();
    assert_eq!(now.author_history, context.author_history);
    assert_eq!(now.thread_counts, context.thread_counts);
    assert_eq!(now.last_decision, None);

    let again = ada.undo_bulk(SITE, &request.operation_id).await.unwrap();
    assert!(again.replayed);
    assert_eq!(
        (again.counts, again.ended_at),
        (result.counts, result.ended_at)
    );
    let refused = ada.bulk(request.clone()).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "OPERATION_UNDONE".to_owned())
    );
    let audit = audited(&ada).await;
    let actions: Vec<_> = audit.iter().map(|entry| entry.action()).collect();
    assert_eq!(actions, [AuditAction::BulkDecided, AuditAction::BulkUndone]);
    assert_eq!(audit[1].actor, "ben");
    assert_eq!(audit[1].sequence, result.audit_sequence);
    assert_eq!(audited_changes(&ada).await, told_changes(&blog).await);
    let events = blog.all_events(SITE).await;
    let Some(Cause::Undone(cause)) = &events.last().unwrap().cause else {
        panic!("{events:?}")
    };
    assert_eq!(cause.operation_id, request.operation_id);
    assert_eq!(
        (cause.verdict(), cause.moderator.as_str()),
        (Verdict::Spam, "ben")
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_after_the_decision_stays_and_is_counted() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let ben = desk.moderator(0, SITE, "ben").await;
    let cleo = desk.someone(0, SITE, Role::SeniorModerator, "cleo").await;
    let ids = submit_many(&blog, 0..6).await;
    ada.decide(on(&ids[0], 1, Verdict::Escalate)).await.unwrap();
    let request = order(SITE, these(&ids), Verdict::Reject);
    let result = cleo.bulk(request.clone()).await.unwrap();
    assert_eq!(numbers(result.counts), [6, 0, 0, 0, 0]);
    // Decided anew; decided anew, which was undone; undone alone; escalated.
    ada.decide(on(&ids[1], 2, Verdict::Approve)).await.unwrap();
    ada.decide(on(&ids[2], 2, Verdict::Approve)).await.unwrap();
    ada.undo(SITE, &ids[2], 3).await.unwrap();
    ben.undo(SITE, &ids[3], 2).await.unwrap();
    ben.decide(on(&ids[4], 2, Verdict::Escalate)).await.unwrap();
    let before = states(&blog, &ids).await;
    let result = ada.undo_bulk(SITE, &request.operation_id).await.unwrap();
    assert_eq!(undo_numbers(result.counts), [1, 4, 1, 0]);
    let mut expected = before;
    expected[5] = (CommentState::Pending, 3);
    assert_eq!(states(&blog, &ids).await, expected);
    assert_eq!(audited_changes(&ada).await, told_changes(&blog).await);
    // One of them alone: it was a senior moderator's.
    let refused = ada.undo(SITE, &ids[0], 2).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "COMMENT_ESCALATED".to_owned())
    );
    let undone = cleo.undo(SITE, &ids[0], 2).await.unwrap();
    assert_eq!(undone.state(), CommentState::Pending);
    let escalated = cleo.bulk(order(
        SITE,
        Selector::Lane(Lane::Escalated.into()),
        Verdict::Approve,
    ));
    assert_eq!(numbers(escalated.await.unwrap().counts)[0], 2);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_passes() {
    let desk = Desk::with(1, &[("moderation.undo_window_s", "0")]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let ids = submit_many(&blog, 0..2).await;
    let request = order(SITE, these(&ids), Verdict::Reject);
    ada.bulk(request.clone()).await.unwrap();
    let refused = until(
        "the window passes",
        std::time::Duration::from_secs(5),
        async || ada.undo_bulk(SITE, &request.operation_id).await.err(),
    );
    assert_eq!(
        told(&refused.await),
        (Code::FailedPrecondition, "UNDO_WINDOW_PASSED".to_owned())
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_teaches_a_hundred_lessons_and_takes_as_many_back() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let ids = submit_many(&blog, 0..130).await;
    let request = order(SITE, these(&ids), Verdict::Spam);
    ada.bulk(request.clone()).await.unwrap();
    let store = replydesk::store::connection::Store::connect(&desk.redis.url())
        .await
        .unwrap();
    let bound = std::time::Duration::from_secs(30);
    let learnt = async |count: usize| {
        until("it is learnt", bound, async || {
            (lessons_in_log(&store).await.len() >= count).then_some(())
        })
        .await;
        let taught = taught_by_feed(&store, SITE, true).await;
        let log = lessons_in_log(&store).await;
        let log: Vec<_> = log.iter().map(|lesson| lesson.to_bytes()).collect();
        assert_eq!((log.len(), log == taught), (count, true));
    };
    learnt(100).await;
    // One that was taught and one that was not, each by itself; then the rest.
    ada.undo(SITE, &ids[5], 2).await.unwrap();
    ada.undo(SITE, &ids[120], 2).await.unwrap();
    learnt(101).await;
    // Decided anew: what was not taught is not taken back.
    ada.decide(on(&ids[121], 2, Verdict::Approve))
        .await
        .unwrap();
    learnt(102).await;
    ada.undo_bulk(SITE, &request.operation_id).await.unwrap();
    learnt(201).await;
    desk.finish().await;
}
