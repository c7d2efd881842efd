//! Clients that freeze, vanish or never read are bounded, and hold nobody up.

use std::time::Duration;

use replydesk::proto::v1;
use tonic::Code;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    crowd::{crowd, submit_at_once},
    refusals::told,
    until::soon,
    wire::Wire,
};

const BOUND: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_whose_wire_is_dead_loses_the_items_long_before_the_lease_runs_out() {
    let desk = Desk::with(1, &[("server.keepalive_s", "1")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ben = desk.moderator(0, "gazette", "ben").await;
    let wire = Wire::to(desk.replicas[0].address).await;
    let key = desk.key(&["gazette"], v1::Role::Moderator, "ada").await;
    let ada = Client::new(wire.address, Some(&key));
    blog.submit(nth("gazette", 0)).await.unwrap();
    let mut at_ada = ada.work("gazette", 1).await.unwrap();
    let item = at_ada.item().await;
    let mut at_ben = ben.work("gazette", 1).await.unwrap();
    wire.freeze();
    // The lease would last 120 s; a ping every second goes unanswered for 10.
    let again = soon("the item comes back", BOUND, at_ben.item()).await;
    assert_eq!(
        again.comment.unwrap().comment_id,
        item.comment.unwrap().comment_id
    );
    drop((at_ada, at_ben));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_who_never_reads_holds_no_more_than_the_prefetch_and_not_for_long() {
    let settings = [
        ("moderation.lease_ms", "1000"),
        ("moderation.poll_ms", "100"),
    ];
    let desk = Desk::with(1, &settings).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(0, "gazette", "ben").await;
    for n in 0..20 {
        let mut request = nth("gazette", n);
        request.body = format!("{n} {}", "long ".repeat(10_000));
        blog.submit(request).await.unwrap();
    }
    let mut at_ada = ada.work("gazette", 10).await.unwrap();
    at_ada.item().await;
    let stats = ada.stats("gazette").await;
    assert_eq!((stats.waiting, stats.leased), (10, 10));
    // Ada reads no more. Ben gets everything, hers too.
    let mut at_ben = ben.work("gazette", 1).await.unwrap();
    for _ in 0..20 {
        let item = soon("the next item", BOUND, at_ben.item()).await;
        at_ben.decide(&item, v1::Verdict::Approve).await;
        soon("its answer", BOUND, at_ben.answer()).await;
    }
    let end = loop {
        match soon("the end", BOUND, at_ada.next()).await {
            Ok(Some(_)) => {}
            other => break other,
        }
    };
    assert_eq!(
        told(&end.unwrap_err()),
        (Code::DeadlineExceeded, "NO_SIGN_OF_LIFE".to_owned())
    );
    drop(at_ben);
    desk.finish().await;
}

/// What is tested is the ten seconds themselves, hence the wait and the place among the long tests.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "soak: waits for the ten seconds that a blocked stream has"]
async fn soak_a_watcher_who_never_reads_is_ended_and_told_why() {
    const EVENTS: usize = 4_000;
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], v1::Role::Submitter, "blog").await;
    let share = EVENTS / 8;
    let long = |n| {
        let mut request = nth("gazette", n);
        request.thread.as_mut().unwrap().thread_id = "long".repeat(50);
        request
    };
    let requests = (0..8).map(|c| (0..share).map(|n| long(c * share + n)).collect());
    for answer in submit_at_once(crowd(&desk, &key, 8), requests.collect()).await {
        answer.unwrap();
    }
    let follower = desk.client(0, &key).narrow();
    let mut watch = follower.watch("gazette", "").await.unwrap();
    tokio::time::sleep(Duration::from_secs(12)).await;
    let mut read = 0;
    let end = loop {
        match soon("the rest", BOUND, watch.next()).await {
            Ok(Some(_)) => read += 1,
            other => break other,
        }
    };
    assert_eq!(
        told(&end.unwrap_err()),
        (Code::ResourceExhausted, "STREAM_NOT_READ".to_owned())
    );
    assert!(read < EVENTS, "{read} were sent to who does not read");
    desk.finish().await;
}
