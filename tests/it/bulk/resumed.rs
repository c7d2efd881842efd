//! An operation that is cut off goes on where it was; two at once do no more than one.

use std::time::Duration;

use replydesk::proto::v1::{
    self, CommentState, Lane, Verdict, bulk_decide_request::Selector, bulk_decide_response::Message,
};
use tonic::Code;

use super::{SITE, audited, audited_changes, states, submit_many, told_changes};
use crate::harness::{
    Desk,
    bulk::{numbers, order, these, undo_numbers},
    comments::everything_waits,
    until::until,
};

const BOUND: Duration = Duration::from_secs(30);

/// How many comments are decided.
async fn decided(desk: &Desk) -> u64 {
    let counts: Option<u64> = desk.redis.ask(&["HGET", "{gazette}:n", "4"]);
    counts.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_replica_goes_on_where_a_cut_stream_left_off() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let key = desk.key(&[SITE], v1::Role::Moderator, "ada").await;
    let ada = [desk.client(0, &key), desk.client(1, &key)];
    let ids = submit_many(&blog, 0..300).await;
    let lane = || Selector::Lane(Lane::Review.into());
    let request = order(SITE, lane(), Verdict::Spam);
    let stream = ada[0].moderation.clone().bulk_decide(request.clone()).await;
    let stream = stream.unwrap();
    until("it has begun", BOUND, async || {
        (decided(&desk).await > 0).then_some(())
    })
    .await;
    drop(stream);
    // It ends with the batch that is under way.
    let mut before = u64::MAX;
    let halted = until("it stops", BOUND, async || {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = decided(&desk).await;
        (std::mem::replace(&mut before, now) == now).then_some(now)
    })
    .await;
    assert!(halted < 300, "cut in the middle: {halted}");
    let result = ada[1].bulk(request.clone()).await.unwrap();
    assert_eq!(numbers(result.counts), [300, 0, 0, 0, 0]);
    assert_eq!(states(&blog, &ids).await, [(CommentState::Spam, 2); 300]);
    assert_eq!(audited(&ada[0]).await.len(), 1);
    assert_eq!(audited_changes(&ada[0]).await, told_changes(&blog).await);

    // So does the undoing, here by another moderator.
    let ben = desk.moderator(1, SITE, "ben").await;
    let undo = v1::UndoBulkDecisionRequest {
        site: SITE.to_owned(),
        operation_id: request.operation_id.clone(),
        note: String::new(),
    };
    let stream = ada[0].moderation.clone().undo_bulk_decision(undo).await;
    drop(stream.unwrap());
    let result = ben.undo_bulk(SITE, &request.operation_id).await.unwrap();
    assert_eq!(undo_numbers(result.counts), [300, 0, 0, 0]);
    assert_eq!(states(&blog, &ids).await, [(CommentState::Pending, 3); 300]);
    assert_eq!(audited_changes(&ada[0]).await, told_changes(&blog).await);
    assert_eq!(audited(&ada[0]).await.len(), 2);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_operation_on_two_replicas_runs_each_batch_once() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let key = desk.key(&[SITE], v1::Role::Moderator, "ada").await;
    let ada = [desk.client(0, &key), desk.client(1, &key)];
    let ids = submit_many(&blog, 0..200).await;
    let request = order(SITE, these(&ids), Verdict::Reject);
    let (one, other) = tokio::join!(ada[0].bulk(request.clone()), ada[1].bulk(request.clone()));
    for result in [one.unwrap(), other.unwrap()] {
        assert_eq!(numbers(result.counts), [200, 0, 0, 0, 0]);
    }
    assert_eq!(
        states(&blog, &ids).await,
        [(CommentState::Rejected, 2); 200]
    );
    let (one, other) = tokio::join!(
        ada[0].undo_bulk(SITE, &request.operation_id),
        ada[1].undo_bulk(SITE, &request.operation_id)
    );
    for result in [one.unwrap(), other.unwrap()] {
        assert_eq!(undo_numbers(result.counts), [200, 0, 0, 0]);
    }
    assert_eq!(audited(&ada[0]).await.len(), 2);
    assert_eq!(audited_changes(&ada[0]).await, told_changes(&blog).await);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_operations_that_overlap_each_comment_is_decided_by_one() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let ben = desk.moderator(1, SITE, "ben").await;
    let ids = submit_many(&blog, 0..200).await;
    let mut turned = ids.clone();
    turned.reverse();
    let hers = order(SITE, these(&ids), Verdict::Spam);
    let his = order(SITE, these(&turned), Verdict::Approve);
    let (hers, his) = tokio::join!(ada.bulk(hers), ben.bulk(his));
    let (hers, his) = (numbers(hers.unwrap().counts), numbers(his.unwrap().counts));
    assert_eq!(hers[0] + his[0], 200);
    assert_eq!(
        (hers[1], his[1]),
        (his[0], hers[0]),
        "each finds the other's decided"
    );
    assert!(
        hers[0] > 0 && his[0] > 0,
        "they did overlap: {hers:?} {his:?}"
    );
    let states = states(&blog, &ids).await;
    let spam = states
        .iter()
        .filter(|state| **state == (CommentState::Spam, 2));
    let approved = states.iter().filter(|s| **s == (CommentState::Approved, 2));
    let shares = (u32::try_from(spam.count()), u32::try_from(approved.count()));
    assert_eq!((shares.0.unwrap(), shares.1.unwrap()), (hers[0], his[0]));
    assert_eq!(audited_changes(&ada).await, told_changes(&blog).await);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_ends_it_after_a_batch_and_the_undoing_ends_the_deciding() {
    let mut desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let key = desk.key(&[SITE], v1::Role::Moderator, "ada").await;
    let ada = [desk.client(0, &key), desk.client(1, &key)];
    let blog = blog.through(desk.replicas[1].address);
    let ids = submit_many(&blog, 0..300).await;
    let request = order(SITE, these(&ids), Verdict::Spam);
    let stream = ada[0].moderation.clone().bulk_decide(request.clone()).await;
    let mut stream = stream.unwrap().into_inner();
    until("it has begun", BOUND, async || {
        (decided(&desk).await > 0).then_some(())
    })
    .await;
    desk.replicas[0].stop().await;
    let end = loop {
        match stream.message().await {
            Ok(Some(told)) => assert!(matches!(told.message, Some(Message::Progress(_)))),
            Ok(None) => panic!("it ends with a status"),
            Err(end) => break end,
        }
    };
    assert_eq!(end.code(), Code::Unavailable);
    let done = decided(&desk).await;
    assert!(done < 300, "stopped in the middle: {done}");
    // Half of it is undone like the whole, and then there is nothing to go on with.
    let result = ada[1].undo_bulk(SITE, &request.operation_id).await.unwrap();
    assert_eq!(u64::from(undo_numbers(result.counts)[0]), done);
    let refused = ada[1].bulk(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let pending = states(&blog, &ids).await;
    assert!(
        pending
            .iter()
            .all(|(state, _)| *state == CommentState::Pending)
    );
    desk.finish().await;
}
