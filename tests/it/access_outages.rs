//! What is known of keys is never too old: revoked ones are out within a second everywhere, nobody gets in while keys
//! can't be read, and it costs one read at a time.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use replydesk::{
    access::{Access, error::AccessError, key::AccessKey, role::Role, root},
    proto::v1,
    store::connection::{Store, StoreSettings},
};
use tokio::{sync::Semaphore, task::JoinSet};
use tonic::Code;

use crate::{
    access_keys::{MANY, call, forged, new, replica},
    harness::{
        Desk, clients::Client, comments::everything_waits, redis_server::RedisServer, until::until,
    },
};

const BOUND: Duration = Duration::from_secs(10);
/// How old knowledge of a key may be.
const TTL: Duration = Duration::from_millis(750);

/// Calls until it is refused, and tells when the last call that was let in began.
async fn until_refused(client: Client, let_in: Arc<Semaphore>) -> Instant {
    let mut last = Instant::now();
    loop {
        let began = Instant::now();
        match client.events("gazette", "").await {
            Ok(_) => last = began,
            Err(refused) => {
                assert_eq!(refused.code(), Code::Unauthenticated, "{refused:?}");
                return last;
            }
        }
        let_in.add_permits(1);
    }
}

/// The longest that a revoked key was good on any of three replicas, from when its revocation was asked for.
async fn slowest_revocation(tries: u32) -> Duration {
    // Each try fails once on each replica.
    let desk = Desk::with(3, &[("throttle.failures_per_peer_per_minute", "1000000")]).await;
    desk.site("gazette", everything_waits()).await;
    let mut slowest = Duration::ZERO;
    for n in 0..tries {
        let key = desk.key(&["gazette"], v1::Role::Submitter, "ada").await;
        let let_in = Arc::new(Semaphore::new(0));
        let mut callers = JoinSet::new();
        for replica in 0..3 {
            callers.spawn(until_refused(
                desk.client(replica, &key),
                Arc::clone(&let_in),
            ));
        }
        // Caches are of another age each time.
        let _used = let_in.acquire_many(30 + 40 * (n % 10)).await.unwrap();
        let request = v1::RevokeKeyRequest {
            key_id: key.split('_').nth(1).unwrap().to_owned(),
        };
        let asked = Instant::now();
        desk.admin().sites.revoke_key(request).await.unwrap();
        while let Some(last) = callers.join_next().await {
            slowest = slowest.max(last.unwrap().saturating_duration_since(asked));
        }
    }
    println!(
        "revoked on 3 replicas, {tries} tries: the last call let in began {} ms after",
        slowest.as_millis()
    );
    desk.finish().await;
    slowest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_dead_within_a_second_on_three_replicas() {
    assert!(slowest_revocation(5).await < Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_a_revoked_key_is_dead_within_a_second_on_three_replicas() {
    assert!(slowest_revocation(100).await < Duration::from_secs(1));
}

#[tokio::test]
async fn while_redis_is_frozen_a_key_is_good_no_longer_than_it_is_fresh() {
    let redis = RedisServer::start();
    let timeout = Duration::from_millis(300);
    let settings = StoreSettings {
        timeout,
        ..StoreSettings::new(redis.url())
    };
    let (root_key, root) = root::generate().unwrap();
    let access = Access::new(Store::open(settings).await.unwrap(), Some(root), MANY);
    let admin = call(&access, &root_key).await.unwrap();
    let (_, key) = access
        .create(&admin, new(Role::Submitter, &[]))
        .await
        .unwrap();
    call(&access, &key).await.unwrap();
    redis.signal("STOP");
    let frozen = Instant::now();
    let refused = loop {
        let began = frozen.elapsed();
        match call(&access, &key).await {
            Ok(_) => assert!(began < TTL, "good {began:?} after"),
            Err(refused) => break refused,
        }
        tokio::task::yield_now().await;
    };
    let took = frozen.elapsed();
    assert!(matches!(refused, AccessError::Store(_)), "{refused}");
    assert_eq!(tonic::Status::from(refused).code(), Code::Unavailable);
    // Busy machines are slow.
    assert!(
        took < TTL + timeout + Duration::from_millis(500),
        "{took:?}"
    );
    // Whoever comes later is not let in by what was known, and the root key needs no Redis.
    assert!(call(&access, &key).await.is_err());
    assert_eq!(call(&access, &root_key).await.unwrap(), admin);
    redis.signal("CONT");
    until("the key is good again", BOUND, async || {
        call(&access, &key).await.ok()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refresh_at_a_time_serves_all() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let (_, key) = access
        .create(&root, new(Role::Submitter, &[]))
        .await
        .unwrap();
    let access = Arc::new(access);
    let (before, began) = (redis.calls("hmget"), Instant::now());
    let mut callers = JoinSet::new();
    for _ in 0..64 {
        let (access, key) = (Arc::clone(&access), key.clone());
        callers.spawn(async move {
            // Three refreshes.
            while began.elapsed() < TTL * 3 + TTL / 2 {
                call(&access, &key).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
    }
    callers.join_all().await;
    let reads = redis.calls("hmget") - before;
    let most = 1 + began.elapsed().as_millis() / TTL.as_millis();
    assert!(
        reads >= 2 && u128::from(reads) <= most,
        "{reads} reads, at most {most}"
    );
}

#[tokio::test]
async fn unknown_and_wrong_keys_are_told_the_same_and_cost_the_same() {
    let redis = RedisServer::start();
    let (access, root, root_key) = replica(&redis).await;
    let (_, key) = access
        .create(&root, new(Role::Submitter, &[]))
        .await
        .unwrap();
    let strangers = [
        AccessKey::generate().unwrap(),
        forged(&key),
        forged(&root_key),
    ];
    let mut answers = Vec::new();
    for stranger in &strangers {
        let mut reads = Vec::new();
        for _ in 0..3 {
            let before = redis.calls("hmget");
            let refused = call(&access, stranger).await.unwrap_err();
            assert!(matches!(refused, AccessError::Unknown), "{refused}");
            reads.push(redis.calls("hmget") - before);
            answers.push(refused.to_string());
        }
        // A slow machine may need a second read.
        assert_eq!(reads[0], 1);
        assert!(reads.iter().sum::<u64>() <= 2, "{reads:?}");
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let before = redis.calls("hmget");
    for _ in 0..2_000 {
        let stranger = AccessKey::generate().unwrap();
        call(&access, &stranger).await.unwrap_err();
    }
    let flood = redis.calls("hmget") - before;
    assert_eq!(flood, 2_000, "each unknown id costs one read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_unknown_ids_leaves_known_keys_in_the_cache() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let (_, key) = access
        .create(&root, new(Role::Submitter, &[]))
        .await
        .unwrap();
    call(&access, &key).await.unwrap();
    let access = Arc::new(access);
    let (before, began) = (redis.calls("hmget"), Instant::now());
    let mut flood = JoinSet::new();
    for _ in 0..32 {
        let access = Arc::clone(&access);
        flood.spawn(async move {
            for _ in 0..100 {
                let stranger = AccessKey::generate().unwrap();
                call(&access, &stranger).await.unwrap_err();
            }
        });
    }
    let mut good = 0;
    while !flood.is_empty() {
        tokio::select! {
            biased;
            done = flood.join_next() => done.unwrap().unwrap(),
            let_in = call(&access, &key) => { let_in.unwrap(); good += 1; }
        }
        tokio::task::yield_now().await;
    }
    let of_good = redis.calls("hmget") - before - 3_200;
    let most = 1 + began.elapsed().as_millis() / TTL.as_millis();
    assert!(good > 0);
    assert!(
        u128::from(of_good) <= most,
        "{of_good} reads, at most {most}"
    );
}
