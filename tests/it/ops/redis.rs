//! Redis as seen from a replica: there, away, and there again.

use std::time::Duration;

use tonic_health::pb::health_check_response::ServingStatus::{NotServing, Serving};

use super::desk;
use crate::harness::{
    comments::{everything_waits, nth},
    health::Probe,
    until::until,
};

const UP: &str = "replydesk_redis_up";
const BOUND: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_goes_and_comes_is_seen_by_all_but_liveness() {
    let (mut desk, ops) = desk().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ready = Probe::new(ops.0);
    let alive = Probe::of(ops.0, "liveness");
    ready.until(Serving).await;
    let before = ops.metrics().await;
    assert_eq!((before.get(UP), before.get("replydesk_ready")), (1.0, 1.0));
    let script = "replydesk_redis_script_duration_seconds_count{script=\"submit\"}";
    blog.submit(nth("gazette", 0)).await.unwrap();
    let during = ops.metrics().await;
    assert_eq!(during.more(&before, script), 1.0);
    let trips = "replydesk_redis_round_trip_seconds_count";
    assert!(during.more(&before, trips) >= 2.0);
    assert_eq!(during.get("replydesk_redis_reconnects_total"), 0.0);

    desk.redis.crash();
    ready.until(NotServing).await;
    assert_eq!(alive.status().await, Some(Serving));
    assert_eq!(ops.get("/livez").await.status, 200);
    let answer = ops.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert!(
        answer.body.starts_with("Redis is away: "),
        "{}",
        answer.body
    );
    blog.submit(nth("gazette", 1)).await.unwrap_err();
    let away = ops.metrics().await;
    assert_eq!((away.get(UP), away.get("replydesk_ready")), (0.0, 0.0));
    let errors = "replydesk_redis_errors_total{kind=\"away\"}";
    assert!(away.more(&during, errors) >= 1.0);

    desk.redis.restart();
    ready.until(Serving).await;
    until("ready again", BOUND, async || {
        (ops.get("/readyz").await.status == 200).then_some(())
    })
    .await;
    let back = ops.metrics().await;
    assert_eq!(back.get(UP), 1.0);
    assert!(back.get("replydesk_redis_reconnects_total") >= 1.0);
    assert_eq!(back.get("replydesk_redis_in_flight"), 0.0);
    blog.submit(nth("gazette", 1)).await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfit_redis_is_told_with_what_is_wrong() {
    let (desk, ops) = desk().await;
    Probe::new(ops.0).until(Serving).await;
    let () = desk.redis.ask(&["CONFIG", "SET", "maxmemory", "64mb"]);
    let () = desk
        .redis
        .ask(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    Probe::new(ops.0).until(NotServing).await;
    let answer = ops.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("maxmemory-policy"), "{}", answer.body);
    let metrics = ops.metrics().await;
    let memory = metrics.get("replydesk_redis_memory_max_bytes");
    assert_eq!(memory, 64.0 * 1024.0 * 1024.0);
    assert!(metrics.get("replydesk_redis_memory_used_bytes") > 0.0);
    // It answers, and takes writes.
    assert_eq!(metrics.get(UP), 1.0);
    desk.finish().await;
}
