//! What is not restored, and not backed up, and why.

use replydesk::{app::App, store::identity::Configured};

use super::{IDENTITY, claimed, its_own, keys, restoring, take};
use crate::harness::{Desk, redis_server::RedisServer};

#[tokio::test]
async fn a_restore_goes_to_an_empty_redis_of_the_same_secrets_only() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("it.backup");
    let source = claimed();
    let () = source.ask(&["SET", "large", &"x".repeat(2_000_000)]);
    take(&source, &file).await.unwrap();
    let table: [(&[&[&str]], bool, &str); 9] = [
        (&[&["SET", "mine", "x"]], false, "not empty: 1 key(s)"),
        (
            &[&["HSET", IDENTITY, "pepper", "pepper"]],
            false,
            "not empty",
        ),
        // Not even by force.
        (
            &[&["HSET", IDENTITY, "pepper", "other"]],
            true,
            "another installation (pepper other)",
        ),
        (
            &[&["HSET", "{replydesk}:restore", "name", "x"]],
            false,
            "has not finished",
        ),
        (
            &[&["CONFIG", "SET", "proto-max-bulk-len", "1048576"]],
            false,
            "CONFIG SET proto-max-bulk-len 20000",
        ),
        (
            &[&["CONFIG", "SET", "maxmemory", "1500000"]],
            false,
            "raise maxmemory",
        ),
        (
            &[&["CONFIG", "SET", "appendfsync", "no"]],
            false,
            "appendfsync is no",
        ),
        (&[&["SET", "mine", "x"]], true, ""),
        (&[], false, ""),
    ];
    for (before, erase, expected) in table {
        let target = RedisServer::start();
        for command in before {
            let _: redis::Value = target.ask(command);
        }
        let was = keys(&target);
        match restoring(&target, &file, its_own(), erase).run().await {
            Ok(restored) => {
                assert_eq!((expected, restored.keys), ("", 2), "{before:?}");
                assert_eq!(keys(&target), [&b"large"[..], IDENTITY.as_bytes()]);
            }
            Err(error) => {
                let said = error.to_string();
                assert!(
                    !expected.is_empty() && said.contains(expected),
                    "{before:?}: {said}"
                );
                assert_eq!(keys(&target), was, "{before:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_configured_secrets_must_be_the_backups() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("it.backup");
    take(&claimed(), &file).await.unwrap();
    let secret = |current: &str, previous: Option<&str>| Configured {
        current: current.to_owned(),
        previous: previous.map(str::to_owned),
        next: None,
    };
    for (pepper, key, expected) in [
        (
            secret("new", None),
            secret("key", None),
            "another pepper (fingerprint pepper)",
        ),
        (
            secret("pepper", None),
            secret("new", None),
            "another privacy key (fingerprint key)",
        ),
        // Replaced since the backup.
        (
            secret("new", Some("pepper")),
            secret("new", Some("key")),
            "",
        ),
    ] {
        let target = RedisServer::start();
        let mut identity = its_own();
        (identity.pepper, identity.privacy_key) = (pepper, key);
        let done = restoring(&target, &file, identity, false).run().await;
        let said = done.map_or_else(|error| error.to_string(), |_| String::new());
        let is_it = if expected.is_empty() {
            said.is_empty()
        } else {
            said.contains(expected)
        };
        assert!(is_it, "{said}");
    }
}

#[tokio::test]
async fn a_redis_that_services_work_on_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("it.backup");
    let desk = Desk::start().await;
    take(&desk.redis, &file).await.unwrap();
    let config = desk.config();
    let secrets = replydesk::app::service_secrets::ServiceSecrets::configured(&config).unwrap();
    let refused = restoring(&desk.redis, &file, secrets.identity(), true)
        .run()
        .await;
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("1 replica(s)"), "{said}");
    desk.finish().await;
}

#[tokio::test]
async fn a_backup_that_cannot_be_made_leaves_no_file_and_says_why() {
    let place = tempfile::tempdir().unwrap();
    let there = place.path().join("there");
    std::fs::write(&there, "mine").unwrap();
    let table: [(&[&[&str]], &str, &str); 6] = [
        (&[&["DEL", IDENTITY]], "new", "holds no data of ReplyDesk"),
        (
            &[&["HSET", IDENTITY, "schema", "2", "schema_release", "9.1.0"]],
            "new",
            "use ReplyDesk 9.1.0 or newer",
        ),
        (
            &[&["ACL", "SETUSER", "default", "-sync"]],
            "new",
            "+sync +replconf",
        ),
        (&[], "there", "it is there already"),
        (&[], "no/such/place", "cannot be written"),
        (
            &[
                &["SETBIT", "odd", "1", "1"],
                &["PFADD", "odd2", "x"],
                &["GEOADD", "fine", "1", "1", "x"],
            ],
            "fine",
            "",
        ),
    ];
    for (before, name, expected) in table {
        let redis = claimed();
        let () = redis.ask(&["CONFIG", "SET", "repl-diskless-sync-delay", "0"]);
        for command in before {
            let _: redis::Value = redis.ask(command);
        }
        let file = place.path().join(name);
        let done = super::take_from(
            replydesk::store::connection::StoreSettings::new(redis.url()),
            &file,
        );
        let said = done
            .await
            .map_or_else(|error| error.to_string(), |_| String::new());
        assert!(said.contains(expected), "{before:?}: {said}");
        assert_eq!(said.is_empty(), expected.is_empty(), "{said}");
    }
    assert_eq!(std::fs::read_to_string(there).unwrap(), "mine");
    let mut left: Vec<_> = std::fs::read_dir(place.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["fine", "there"]);
}

#[tokio::test]
async fn a_newer_schema_is_refused_at_the_start_and_is_written_by_nobody_older() {
    for (schema, release, expected) in [
        (None, None, None),
        (Some("1"), None, None),
        (
            Some("2"),
            Some("7.8.9"),
            Some("use ReplyDesk 7.8.9 or newer"),
        ),
        (Some("2"), None, Some("use the release that wrote it")),
        (Some("x"), None, Some("has schema x")),
    ] {
        let desk = Desk::with(0, &[]).await;
        for (field, value) in [("schema", schema), ("schema_release", release)] {
            if let Some(value) = value {
                let () = desk.redis.ask(&["HSET", IDENTITY, field, value]);
            }
        }
        let said = App::build(desk.config())
            .await
            .map_or_else(|e| e.to_string(), |_| String::new());
        let found: Option<String> = desk.redis.ask(&["HGET", IDENTITY, "pepper"]);
        match expected {
            None => {
                assert_eq!(said, "", "{schema:?}");
                assert!(found.is_some());
                let stored: Option<String> = desk.redis.ask(&["HGET", IDENTITY, "schema"]);
                assert_eq!(stored.as_deref(), Some("1"));
            }
            Some(expected) => {
                assert!(said.contains(expected), "{said}");
                assert_eq!(found, None);
            }
        }
        desk.finish().await;
    }
}
