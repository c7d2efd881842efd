//! The checks before the start: every problem at once, each with what mends it; and whose data it is.

use replydesk::store::{
    durability::Durability,
    identity::{self, Claimed, Configured, Identity},
    preflight::{self, PreflightError},
};

use crate::store_server::{Server, cmd};

#[tokio::test]
async fn what_would_lose_data_is_refused_all_at_once_and_allowed_only_when_told() {
    let server = Server::start().await;
    let store = server.store().await;
    let two = Durability::Replica { replicas: 2 };
    for (settings, durability, found) in [
        ("appendfsync always", Durability::Disk, &[][..]),
        (
            "appendfsync everysec",
            Durability::Disk,
            &["CONFIG SET appendfsync always"],
        ),
        ("appendfsync everysec", Durability::Relaxed, &[]),
        ("appendfsync everysec", two, &["0 of 2"]),
        (
            "appendfsync no",
            Durability::Relaxed,
            &["CONFIG SET appendfsync everysec"],
        ),
        (
            "appendfsync no appendonly no maxmemory-policy allkeys-lru",
            Durability::Disk,
            &[
                "appendfsync always",
                "appendonly yes",
                "maxmemory-policy noeviction",
            ],
        ),
    ] {
        let () = store
            .query(&cmd(&format!("CONFIG SET {settings}")))
            .await
            .unwrap();
        let strict = preflight::check(&store, durability, false).await;
        let lenient = preflight::check(&store, durability, true).await.unwrap();
        assert_eq!(
            lenient.allowed.len(),
            found.len(),
            "{settings}: {lenient:?}"
        );
        match strict {
            Ok(report) => {
                assert!(found.is_empty(), "{settings}");
                assert!(
                    report.unchecked.is_empty() && report.version.is_some(),
                    "{report:?}"
                );
            }
            Err(error) => {
                let text = error.to_string();
                assert!(
                    !found.is_empty() && found.iter().all(|f| text.contains(f)),
                    "{text}"
                );
            }
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_replica_is_never_allowed_and_names_its_primary() {
    let server = Server::start().await;
    let store = server.store().await;
    let () = store.query(&cmd("REPLICAOF 127.0.0.1 1")).await.unwrap();
    let refused = preflight::check(&store, Durability::Disk, true)
        .await
        .unwrap_err();
    assert!(matches!(refused, PreflightError::Unfit(_)));
    assert!(refused.to_string().contains("127.0.0.1:1"), "{refused}");
    server.stop().await;
}

#[tokio::test]
async fn a_managed_redis_without_config_is_used_and_says_what_was_not_checked() {
    let server = Server::start().await;
    let store = server.store().await;
    let () = store
        .query(&cmd("ACL SETUSER default -config"))
        .await
        .unwrap();
    let report = preflight::check(&store, Durability::Disk, false)
        .await
        .unwrap();
    assert!(report.unchecked[0].starts_with("appendfsync"), "{report:?}");
    server.stop().await;
}

/// A pepper and a privacy key, each behind `/` the one that it replaces, or behind `>` the one that will replace it.
fn identity(pepper: &str, privacy_key: &str) -> Identity {
    let configured = |text: &str| {
        let (text, next) = text
            .split_once('>')
            .map_or((text, None), |(t, n)| (t, Some(n)));
        let (current, previous) = text
            .split_once('/')
            .map_or((text, None), |(c, p)| (c, Some(p)));
        Configured {
            current: current.to_owned(),
            previous: previous.map(str::to_owned),
            next: next.map(str::to_owned),
        }
    };
    Identity {
        pepper: configured(pepper),
        privacy_key: configured(privacy_key),
    }
}

/// What becomes of claims, one after the other, on one Redis.
#[tokio::test]
async fn a_redis_has_one_pepper_and_one_privacy_key_and_each_can_be_replaced() {
    let server = Server::start().await;
    let store = server.store().await;
    for (pepper, key, expected) in [
        ("p1", "k1", "ok"),
        ("p1", "k1", "ok"),
        ("p2", "k1", "written with another pepper (fingerprint p1)"),
        ("p1", "k2", "sealed to another privacy key (fingerprint k1)"),
        ("p2", "k2", "belongs to another installation"),
        // Nobody replaces one secret where the other is another's.
        (
            "p2/p1",
            "k2",
            "sealed to another privacy key (fingerprint k1)",
        ),
        ("p1", "k1", "ok"),
        ("p1>p2", "k1", "ok"),
        (
            "p3/p2",
            "k1",
            "has the fingerprint p2, which is not the one in Redis",
        ),
        // Who knows the one before may replace it.
        ("p2/p1", "k1", "ok, replaced"),
        ("p2/p1", "k1", "ok, replaced"),
        ("p2", "k1", "ok, replaced"),
        (
            "p1",
            "k1",
            "the pepper was replaced: this Redis now has p2, and p1 is the one before it",
        ),
        // Who knows what came may start, though it came meanwhile.
        ("p1>p2", "k1", "ok, replaced"),
        ("p1>p3", "k1", "the pepper was replaced"),
        ("p2/p3", "k1", "the pepper that this Redis had before is p1"),
        (
            "p3/p1",
            "k1",
            "written with another pepper (fingerprint p2)",
        ),
        ("p2", "k2/k1", "ok, replaced"),
        (
            "p2",
            "k1",
            "officer's key was replaced: this Redis now has k2, and k1 is the one before it",
        ),
        // And back.
        ("p1/p2", "k1/k2", "ok, replaced"),
        ("p2", "k1", "the pepper was replaced"),
    ] {
        let told = match identity::claim(&store, &identity(pepper, key))
            .await
            .unwrap()
            .found
        {
            Ok(Claimed {
                pepper_replaced_at, ..
            }) => match pepper_replaced_at {
                Some(_) => "ok, replaced".to_owned(),
                None => "ok".to_owned(),
            },
            Err(error) => error.to_string(),
        };
        let is_it = if expected.starts_with("ok") {
            told == expected
        } else {
            told.contains(expected)
        };
        assert!(is_it, "{pepper} {key}: {told}");
    }
    server.stop().await;
}
