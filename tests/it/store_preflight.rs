//! The checks before the start: every problem at once, each with what mends it; and whose data it is.

use replydesk::store::{
    durability::Durability,
    identity::{self, IdentityError},
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

#[tokio::test]
async fn another_pepper_or_key_is_refused_by_name() {
    let server = Server::start().await;
    let store = server.store().await;
    identity::claim(&store, "pepper", "key").await.unwrap();
    identity::claim(&store, "pepper", "key").await.unwrap();
    let pepper = identity::claim(&store, "other", "key").await.unwrap_err();
    assert!(matches!(pepper, IdentityError::Pepper { .. }), "{pepper}");
    let key = identity::claim(&store, "pepper", "other")
        .await
        .unwrap_err();
    assert!(matches!(key, IdentityError::PrivacyKey { .. }), "{key}");
    let both = identity::claim(&store, "other", "other").await.unwrap_err();
    assert!(matches!(both, IdentityError::Both { .. }), "{both}");
    identity::claim(&store, "pepper", "key").await.unwrap();
    server.stop().await;
}
