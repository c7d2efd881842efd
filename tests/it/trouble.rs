//! Redis away, frozen, read-only or full: writes fail within their deadline, health says so, and all is well again by
//! itself.

use std::time::{Duration, Instant};

use replydesk::proto::v1::{self, Verdict};
use tonic_health::pb::health_check_response::ServingStatus::{NotServing, Serving};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    health::Probe,
    redis_server::RedisServer,
    refusals::{assert_unavailable, told},
    until::{soon, until},
};

const BOUND: Duration = Duration::from_secs(15);
/// A command may take 500 ms, and a call sends a handful at most.
const TIMEOUT: (&str, &str) = ("store.timeout_ms", "500");
const FAST: Duration = Duration::from_secs(3);

/// A trouble that Redis can have: how it comes, how it goes, and what callers are told.
struct Trouble {
    name: &'static str,
    begin: fn(&mut RedisServer),
    end: fn(&mut RedisServer),
    reasons: &'static [&'static str],
}

const TROUBLES: [Trouble; 5] = [
    Trouble {
        name: "killed",
        begin: RedisServer::crash,
        end: RedisServer::restart,
        reasons: &["STORE_AWAY"],
    },
    Trouble {
        name: "frozen",
        begin: |redis| redis.signal("STOP"),
        end: |redis| redis.signal("CONT"),
        reasons: &["STORE_TIMED_OUT", "STORE_AWAY"],
    },
    Trouble {
        name: "replica of one that is away",
        begin: |redis| redis.ask(&["REPLICAOF", "127.0.0.1", "1"]),
        end: |redis| redis.ask(&["REPLICAOF", "NO", "ONE"]),
        reasons: &["STORE_READ_ONLY", "STORE_AWAY"],
    },
    Trouble {
        name: "too few replicas to write",
        begin: |redis| redis.ask(&["CONFIG", "SET", "min-replicas-to-write", "1"]),
        end: |redis| redis.ask(&["CONFIG", "SET", "min-replicas-to-write", "0"]),
        reasons: &["STORE_READ_ONLY", "STORE_AWAY"],
    },
    Trouble {
        name: "full",
        begin: |redis| redis.ask(&["CONFIG", "SET", "maxmemory", "1"]),
        end: |redis| redis.ask(&["CONFIG", "SET", "maxmemory", "0"]),
        reasons: &["STORE_FULL"],
    },
];

fn approve(comment: &str) -> v1::DecideCommentRequest {
    v1::DecideCommentRequest {
        site: "gazette".to_owned(),
        comment_id: comment.to_owned(),
        version: 1,
        verdict: Verdict::Approve.into(),
        ..Default::default()
    }
}

/// A submission and a decision fail fast, and say when to come again.
async fn assert_refused(trouble: &Trouble, blog: &Client, ada: &Client, waiting: &str) {
    let asked = Instant::now();
    let submitted = blog.submit(nth("gazette", 1)).await.unwrap_err();
    let decided = ada.decide(approve(waiting)).await.unwrap_err();
    let took = asked.elapsed();
    assert!(took < 2 * FAST, "{}: {took:?} for two calls", trouble.name);
    for status in [submitted, decided] {
        assert_unavailable(&status);
        let (_, reason) = told(&status);
        let expected = trouble.reasons.contains(&reason.as_str());
        assert!(expected, "{}: {reason}", trouble.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_trouble_is_told_and_passes_without_a_restart() {
    let mut desk = Desk::with(1, &[TIMEOUT]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let health = Probe::new(desk.replicas[0].address);
    let mut stored = 0;
    for trouble in &TROUBLES {
        health.until(Serving).await;
        let first = nth("gazette", 10 * (stored + 1));
        blog.submit(first.clone()).await.unwrap();
        let unlucky = nth("gazette", 10 * (stored + 1) + 1);
        (trouble.begin)(&mut desk.redis);
        let refused = blog.submit(unlucky.clone()).await.unwrap_err();
        assert_unavailable(&refused);
        assert_refused(trouble, &blog, &ada, &first.comment_id).await;
        health.until(NotServing).await;
        (trouble.end)(&mut desk.redis);

        // Whoever comes again as told gets through, and finds what was acknowledged.
        let retried = until("the service is back", BOUND, async || {
            blog.submit(unlucky.clone()).await.ok()
        });
        let retried = retried.await;
        assert_eq!(retried.state(), v1::CommentState::Pending);
        health.until(Serving).await;
        assert_eq!(blog.get("gazette", &first.comment_id).await.version, 1);
        let decided = until("decisions are back", BOUND, async || {
            ada.decide(approve(&first.comment_id)).await.ok()
        });
        assert_eq!(decided.await.version, 2, "{}", trouble.name);
        stored += 2;
    }
    // A call without an answer may have been carried out; but none twice.
    let events = blog.all_events("gazette").await;
    let mut changes: Vec<_> = events.iter().map(|e| (&e.comment_id, e.version)).collect();
    let count = changes.len();
    changes.sort();
    changes.dedup();
    assert_eq!(changes.len(), count, "no change twice");
    assert!(count >= stored + TROUBLES.len());
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_takes_back_what_moderators_give_back() {
    let desk = Desk::with(1, &[TIMEOUT]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    blog.submit(nth("gazette", 0)).await.unwrap();
    let mut work = ada.work("gazette", 1).await.unwrap();
    work.item().await;
    let () = desk.redis.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    drop(work);
    until("the item is back", BOUND, async || {
        let stats = ada.stats("gazette").await;
        (stats.waiting == 1 && stats.leased == 0).then_some(())
    })
    .await;
    let () = desk.redis.ask(&["CONFIG", "SET", "maxmemory", "0"]);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_streams_outlive_a_short_outage_or_say_that_they_end() {
    let mut desk = Desk::with(1, &[TIMEOUT, ("moderation.poll_ms", "100")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    let mut watch = ada.watch("gazette", "").await.unwrap();
    desk.redis.crash_and_restart();
    let request = nth("gazette", 0);
    until("the service is back", BOUND, async || {
        blog.submit(request.clone()).await.ok()
    })
    .await;
    let item = soon("an item", BOUND, work.item()).await;
    assert_eq!(item.comment.unwrap().comment_id, request.comment_id);
    // The watcher gets it too, or is told to connect again.
    match soon("an event or the end", BOUND, watch.next()).await {
        Ok(event) => assert_eq!(event.unwrap().comment_id, request.comment_id),
        Err(status) => assert_unavailable(&status),
    }
    drop(work);
    desk.finish().await;
}
