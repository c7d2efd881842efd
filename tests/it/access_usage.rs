//! When a key was used last: known to the hour, and noted once an hour, beside the calls.

use std::{sync::Arc, time::Duration};

use replydesk::{
    access::{Access, caller::Caller, key::AccessKey, role::Role},
    comment::{calendar::Hour, ids::KeyId, state::Timestamp},
};
use tokio_util::sync::CancellationToken;

use crate::{
    access_keys::{MANY, call, forged, new, redis_time, replica},
    harness::{redis_server::RedisServer, until::until},
};

const BOUND: Duration = Duration::from_secs(10);

fn record(id: KeyId) -> String {
    format!("{{replydesk}}:key:{id}")
}

async fn used_at(access: &Access, root: &Caller, id: KeyId) -> Option<Timestamp> {
    let keys = access.list(root).await.unwrap();
    keys.into_iter().find(|key| key.id == id).unwrap().used_at
}

/// Writes what there is to write, as at a shutdown.
async fn settle(access: &Access) {
    let over = CancellationToken::new();
    over.cancel();
    access.tend(over).await;
}

async fn with_key(redis: &RedisServer) -> (Access, Caller, KeyId, AccessKey) {
    let (access, root, _) = replica(redis).await;
    let (info, key) = access
        .create(&root, new(Role::Submitter, &[]))
        .await
        .unwrap();
    (access, root, info.id, key)
}

#[tokio::test]
async fn a_use_is_known_to_the_hour_and_written_once() {
    let redis = RedisServer::start();
    let (access, root, id, key) = with_key(&redis).await;
    assert_eq!(used_at(&access, &root, id).await, None);
    let store = redis.store().await;
    let before = Hour::of(Timestamp(redis_time(&store).await));
    let (written, evaluated) = (redis.calls("hset"), redis.calls("evalsha"));
    for _ in 0..500 {
        call(&access, &key).await.unwrap();
        settle(&access).await;
    }
    let after = Hour::of(Timestamp(redis_time(&store).await));
    let at = used_at(&access, &root, id).await.unwrap();
    assert!([before.start(), after.start()].contains(&at));
    // A test that runs across the full hour sees two.
    let hours = if before == after { 1 } else { 2 };
    assert!(redis.calls("hset") - written <= hours);
    // Beside the one note: refreshes of the key, and nothing a call.
    assert!(redis.calls("evalsha") - evaluated < 50);
    // Another replica knows by reading the key, and writes nothing.
    let other = Access::new(redis.store().await, None, MANY);
    let written = redis.calls("hset");
    call(&other, &key).await.unwrap();
    settle(&other).await;
    assert!(redis.calls("hset") - written < hours);
}

#[tokio::test]
async fn it_is_written_while_the_service_runs() {
    let redis = RedisServer::start();
    let (access, root, id, key) = with_key(&redis).await;
    let (access, over) = (Arc::new(access), CancellationToken::new());
    let mut tending = tokio::task::JoinSet::new();
    let (tended, until_over) = (Arc::clone(&access), over.clone());
    tending.spawn(async move { tended.tend(until_over).await });
    call(&access, &key).await.unwrap();
    until("the use is noted", BOUND, async || {
        used_at(&access, &root, id).await
    })
    .await;
    over.cancel();
    tending.join_all().await;
}

#[tokio::test]
async fn only_who_gets_in_uses_a_key() {
    let redis = RedisServer::start();
    let (access, root, id, key) = with_key(&redis).await;
    call(&access, &forged(&key)).await.unwrap_err();
    access.revoke(&root, id).await.unwrap();
    call(&access, &key).await.unwrap_err();
    settle(&access).await;
    assert_eq!(used_at(&access, &root, id).await, None);
}

#[tokio::test]
async fn a_later_use_replaces_an_earlier_one_and_so_does_one_after_the_clock_was_set_back() {
    let redis = RedisServer::start();
    let (access, root, id, key) = with_key(&redis).await;
    let store = redis.store().await;
    let now = redis_time(&store).await;
    for stale in [now - 5 * 3_600_000, now + 5 * 3_600_000] {
        let hour = Hour::of(Timestamp(stale)).start().0.to_string();
        let _: i64 = redis.ask(&["HSET", &record(id), "used", &hour]);
        let fresh = Access::new(redis.store().await, None, MANY);
        call(&fresh, &key).await.unwrap();
        settle(&fresh).await;
        let at = used_at(&access, &root, id).await.unwrap();
        assert!(at.0 >= now - now % 3_600_000 && at.0 <= redis_time(&store).await);
    }
}

#[tokio::test]
async fn what_could_not_be_written_is_written_later() {
    let mut redis = RedisServer::start();
    let (access, root, id, key) = with_key(&redis).await;
    call(&access, &key).await.unwrap();
    redis.crash();
    settle(&access).await;
    redis.restart();
    until("the store is back", BOUND, async || {
        access.list(&root).await.ok()
    })
    .await;
    assert_eq!(used_at(&access, &root, id).await, None);
    settle(&access).await;
    assert!(used_at(&access, &root, id).await.is_some());
}
