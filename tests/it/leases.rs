//! A comment has at most one live lease, and every lease comes back.

use std::time::{Duration, Instant};

use replydesk::{
    comment::{ids::KeyId, lanes::Lanes, lease::LeaseToken},
    proto::v1::{
        self, CommentState, Verdict, work_queue_request::Message as Up,
        work_queue_response::Message as Down, work_queue_response::answer::Result as Answer,
    },
    store::{connection::Store, leases::Claim},
};
use tonic::Code;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, submit},
    refusals::told,
    streams::Work,
    until::{soon, until},
};

/// Far less than the slow poll and the leases of these tests, far more than a busy machine needs.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Items come by wake-up or not at all.
const NO_POLL: (&str, &str) = ("moderation.poll_ms", "60000");

fn id(item: &v1::ReviewItem) -> String {
    item.comment.as_ref().unwrap().comment_id.clone()
}

/// Who waits, as the queue has it.
async fn in_order(moderator: &Client) -> Vec<String> {
    let request = v1::ListQueueRequest {
        site: "gazette".to_owned(),
        ..Default::default()
    };
    let page = moderator.moderation.clone().list_queue(request).await;
    page.unwrap().into_inner().items.iter().map(id).collect()
}

async fn next_item(work: &mut Work) -> v1::ReviewItem {
    soon("an item comes", AT_ONCE, work.item()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_moderator_never_gets_a_leased_comment() {
    let desk = Desk::with(2, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    for n in 0..5 {
        submit(&blog, n).await;
    }
    let order = in_order(&ada).await;
    let mut at_ada = ada.work("gazette", 3).await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(id(&next_item(&mut at_ada).await));
    }
    let mut at_ben = ben.work("gazette", 10).await.unwrap();
    for _ in 0..2 {
        seen.push(id(&next_item(&mut at_ben).await));
    }
    assert_eq!(seen, order, "each once, in the queue's order");
    let stats = ben.stats("gazette").await;
    assert_eq!((stats.waiting, stats.leased), (0, 5));
    // Ben has hands free and Ada has none; what comes next is the new one, not one of hers.
    let new = submit(&blog, 5).await;
    assert_eq!(id(&next_item(&mut at_ben).await), new);
    drop((at_ada, at_ben));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_ends_gives_its_leases_back_at_once() {
    let desk = Desk::with(2, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    let comment = submit(&blog, 0).await;
    let mut at_ada = ada.work("gazette", 5).await.unwrap();
    let first = next_item(&mut at_ada).await;
    let mut at_ben = ben.work("gazette", 5).await.unwrap();
    drop(at_ada);
    let second = next_item(&mut at_ben).await;
    assert_eq!((id(&first), id(&second)), (comment.clone(), comment));
    assert_ne!(first.lease_token, second.lease_token);
    assert_eq!(first.due_at, second.due_at, "it keeps its place");
    drop(at_ben);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_lease_brings_the_item_back() {
    let desk = Desk::with(1, &[("moderation.poll_ms", "100")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let comment = submit(&blog, 0).await;
    // A replica takes it, and dies before it can give it back.
    let dead = Store::connect(&desk.redis.url()).await.unwrap();
    let token = LeaseToken::from_bytes([7; 8]).unwrap();
    let lease = Duration::from_millis(400);
    let claimed = Instant::now();
    let taken = dead
        .claim(
            &"gazette".parse().unwrap(),
            &Claim {
                holder: KeyId::from_bytes([7; 8]),
                tokens: &[token],
                lanes: Lanes::USUAL,
                within: None,
                place: 0,
                lease,
                longest_cool_down: Duration::from_secs(120),
            },
        )
        .await
        .unwrap();
    assert_eq!(taken.items.len(), 1);
    let mut at_ada = ada.work("gazette", 5).await.unwrap();
    let item = next_item(&mut at_ada).await;
    assert!(claimed.elapsed() >= lease, "not before it has run out");
    assert_eq!(id(&item), comment);
    // The dead one's token is worth nothing any more.
    let late = v1::DecideCommentRequest {
        lease_token: token.to_string(),
        ..verdict(&comment, Verdict::Spam)
    };
    let refused = ada.decide(late).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "LEASED_BY_ANOTHER".to_owned())
    );
    drop(at_ada);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_no_sign_of_life_loses_the_items_and_who_pings_keeps_them() {
    let desk = Desk::with(1, &[("moderation.lease_ms", "600"), NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(0, "gazette", "ben").await;
    let comment = submit(&blog, 0).await;
    let mut at_ada = ada.work("gazette", 1).await.unwrap();
    let item = next_item(&mut at_ada).await;
    let mut at_ben = ben.work("gazette", 1).await.unwrap();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1_800) {
        at_ada.say(Up::Ping(v1::work_queue_request::Ping {})).await;
        assert_eq!(ada.stats("gazette").await.leased, 1);
    }
    at_ada.decide(&item, Verdict::Approve).await;
    assert!(matches!(at_ada.answer().await, Answer::Decision(_)));

    let comment_2 = submit(&blog, 1).await;
    assert_ne!(comment, comment_2);
    // Whoever of the two gets it first says nothing; then the other has it.
    let (first, then) = tokio::select! {
        item = at_ada.item() => (item, &mut at_ben),
        item = at_ben.item() => (item, &mut at_ada),
    };
    let again = next_item(then).await;
    assert_eq!((id(&first), id(&again)), (comment_2.clone(), comment_2));
    drop((at_ada, at_ben));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_of_who_gives_no_sign_of_life_ends_with_a_clear_status() {
    let desk = Desk::with(1, &[("moderation.lease_ms", "300")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    submit(&blog, 0).await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    next_item(&mut work).await;
    let ended = soon("the stream ends", AT_ONCE, work.next()).await;
    assert_eq!(
        told(&ended.unwrap_err()),
        (Code::DeadlineExceeded, "NO_SIGN_OF_LIFE".to_owned())
    );
    let stats = ada.stats("gazette").await;
    assert_eq!((stats.waiting, stats.leased), (1, 0));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_skipped_item_rests_and_comes_back_to_its_old_place() {
    let settings = [
        ("moderation.skip_cooldown_s", "1"),
        ("moderation.poll_ms", "100"),
    ];
    let desk = Desk::with(1, &settings).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    submit(&blog, 0).await;
    submit(&blog, 1).await;
    let order = in_order(&ada).await;
    let (first, second) = (order[0].clone(), order[1].clone());
    let mut work = ada.work("gazette", 1).await.unwrap();
    let item = next_item(&mut work).await;
    assert_eq!(id(&item), first);
    let skipped = Instant::now();
    work.skip(&item).await;
    assert!(matches!(work.answer().await, Answer::Skipped(_)));
    let other = next_item(&mut work).await;
    assert_eq!(id(&other), second, "the next one comes meanwhile");
    let stats = ada.stats("gazette").await;
    assert_eq!((stats.waiting, stats.leased), (0, 2));
    work.decide(&other, Verdict::Approve).await;
    assert!(matches!(work.answer().await, Answer::Decision(_)));
    let again = next_item(&mut work).await;
    assert!(skipped.elapsed() >= Duration::from_millis(990));
    assert_eq!((id(&again), again.due_at), (first, item.due_at));
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_moderators_item_needs_an_override_and_is_withdrawn_by_it() {
    let desk = Desk::with(2, &[("moderation.lease_ms", "1500")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    let comment = submit(&blog, 0).await;
    let mut at_ada = ada.work("gazette", 5).await.unwrap();
    let item = next_item(&mut at_ada).await;
    let refused = ben.decide(verdict(&comment, Verdict::Reject)).await;
    assert_eq!(
        told(&refused.unwrap_err()),
        (Code::FailedPrecondition, "LEASED_BY_ANOTHER".to_owned())
    );
    assert_eq!(blog.get("gazette", &comment).await.version, 1);
    let overriding = v1::DecideCommentRequest {
        override_lease: true,
        ..verdict(&comment, Verdict::Reject)
    };
    let decided = ben.decide(overriding).await.unwrap();
    assert_eq!(
        (decided.state(), decided.version),
        (CommentState::Rejected, 2)
    );
    match soon("Ada is told", AT_ONCE, at_ada.next()).await.unwrap() {
        Some(Down::Withdrawn(gone)) => assert_eq!(gone.lease_token, item.lease_token),
        other => panic!("not withdrawn: {other:?}"),
    }
    drop(at_ada);
    until("nothing is leased", AT_ONCE, async || {
        let stats = ben.stats("gazette").await;
        (stats.waiting + stats.leased == 0).then_some(())
    })
    .await;
    desk.finish().await;
}

fn verdict(comment: &str, verdict: Verdict) -> v1::DecideCommentRequest {
    v1::DecideCommentRequest {
        site: "gazette".to_owned(),
        comment_id: comment.to_owned(),
        version: 1,
        verdict: verdict.into(),
        ..Default::default()
    }
}
