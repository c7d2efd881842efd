//! Access keys: who holds one gets in, nobody else does, and a revoked one is dead within a second everywhere.

use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use replydesk::{
    access::{
        Access,
        caller::Caller,
        error::AccessError,
        issue::{IssueError, KeyInfo, NewKey},
        key::AccessKey,
        presented::Presented,
        role::Role,
        root,
        scope::SiteScope,
    },
    comment::state::Timestamp,
    store::connection::Store,
};

use crate::harness::redis_server::RedisServer;

/// As many failures as anybody could want.
pub const MANY: NonZeroU32 = NonZeroU32::MAX;

pub fn bearer(key: &AccessKey) -> String {
    format!("Bearer {}", *key.expose())
}

fn showing(header: &str) -> Presented {
    Presented::header(Some(header))
}

/// The holder of a key calls.
pub async fn call(access: &Access, key: &AccessKey) -> Result<Caller, AccessError> {
    access.authenticate(&showing(&bearer(key))).await
}

pub fn scope(sites: &[&str]) -> SiteScope {
    SiteScope::of(sites.iter().map(|site| site.parse().unwrap()).collect())
}

pub fn new(role: Role, sites: &[&str]) -> NewKey {
    NewKey {
        role,
        scope: scope(sites),
        label: "Ada".parse().unwrap(),
        expires_at: None,
    }
}

pub async fn redis_time(store: &Store) -> i64 {
    let (seconds, micros): (i64, i64) = store.query(&redis::cmd("TIME")).await.unwrap();
    seconds * 1_000 + micros / 1_000
}

/// A replica with a root key, and the root key's holder.
pub async fn replica(redis: &RedisServer) -> (Access, Caller, AccessKey) {
    let (key, root) = root::generate().unwrap();
    let access = Access::new(redis.store().await, Some(root), MANY);
    let caller = access.authenticate(&showing(&bearer(&key))).await.unwrap();
    (access, caller, key)
}

#[tokio::test]
async fn the_holder_of_a_key_gets_in_with_its_role_and_sites() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let (info, key) = access
        .create(&root, new(Role::Moderator, &["gazette", "herald"]))
        .await
        .unwrap();
    let caller = access.authenticate(&showing(&bearer(&key))).await.unwrap();
    assert_eq!(
        caller,
        Caller {
            key_id: info.id,
            label: "Ada".into(),
            role: Role::Moderator,
            scope: scope(&["gazette", "herald"]),
        }
    );
    let lower = format!("bearer  {}", *key.expose());
    assert_eq!(access.authenticate(&showing(&lower)).await.unwrap(), caller);
}

#[tokio::test]
async fn nobody_else_gets_in() {
    let redis = RedisServer::start();
    let (access, root, root_key) = replica(&redis).await;
    let (_, key) = access.create(&root, new(Role::Admin, &[])).await.unwrap();
    let refused = async |header: Option<&str>| {
        access
            .authenticate(&Presented::header(header))
            .await
            .unwrap_err()
    };
    assert!(matches!(refused(None).await, AccessError::Missing));
    for basic in ["", "Basic YTpi", "Bearer", &key.expose()] {
        assert!(matches!(refused(Some(basic)).await, AccessError::NotBearer));
    }
    let mistyped = bearer(&key).replace('_', "-");
    assert!(matches!(
        refused(Some(&mistyped)).await,
        AccessError::Malformed(_)
    ));
    let unknown = refused(Some(&bearer(&AccessKey::generate().unwrap()))).await;
    assert!(matches!(unknown, AccessError::Unknown));
    for known in [&key, &root_key] {
        let forged = forged(known);
        let wrong = refused(Some(&bearer(&forged))).await;
        assert_eq!(wrong.to_string(), unknown.to_string());
    }
}

/// A well-formed key with the other's id and a secret of its own.
pub fn forged(key: &AccessKey) -> AccessKey {
    use data_encoding::BASE32_NOPAD;
    use sha2::{Digest, Sha256};
    let mut bytes = vec![7; 32];
    let digest = Sha256::new()
        .chain_update(key.id().as_bytes())
        .chain_update(&bytes)
        .finalize();
    bytes.extend(&digest[..4]);
    let secret = BASE32_NOPAD.encode(&bytes).to_ascii_lowercase();
    format!("rd_{}_{secret}", key.id()).parse().unwrap()
}

#[tokio::test]
async fn a_revoked_key_is_dead_at_once_here_and_within_a_second_elsewhere() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let other = Access::new(redis.store().await, None, MANY);
    let (info, key) = access
        .create(&root, new(Role::Submitter, &[]))
        .await
        .unwrap();
    let header = bearer(&key);
    other.authenticate(&showing(&header)).await.unwrap();
    let first = access.revoke(&root, info.id).await.unwrap();
    let revoked = Instant::now();
    assert!(matches!(
        access.authenticate(&showing(&header)).await,
        Err(AccessError::Revoked)
    ));
    while other.authenticate(&showing(&header)).await.is_ok() {
        assert!(revoked.elapsed() < Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    let again = access.revoke(&root, info.id).await.unwrap();
    assert_eq!(again.revoked_at, first.revoked_at);
}

#[tokio::test]
async fn a_key_expires_by_the_clock_of_redis_while_it_is_cached() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let store = redis.store().await;
    let expires_at = redis_time(&store).await + 600;
    let soon = NewKey {
        expires_at: Some(Timestamp(expires_at)),
        ..new(Role::Submitter, &[])
    };
    let (_, key) = access.create(&root, soon).await.unwrap();
    let header = bearer(&key);
    access.authenticate(&showing(&header)).await.unwrap();
    let error = loop {
        let before = redis_time(&store).await;
        match access.authenticate(&showing(&header)).await {
            // Both clocks are cut to milliseconds.
            Ok(_) => assert!(before < expires_at + 2),
            Err(error) => break error,
        }
        tokio::task::yield_now().await;
    };
    assert!(matches!(error, AccessError::Expired), "{error}");
    let past = NewKey {
        expires_at: Some(Timestamp(expires_at - 600)),
        ..new(Role::Submitter, &[])
    };
    let refused = access.create(&root, past).await;
    assert!(matches!(refused, Err(IssueError::Violations(_))));
}

#[tokio::test]
async fn a_bound_admin_makes_sees_and_revokes_keys_of_its_own_sites_only() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let (_, key) = access
        .create(&root, new(Role::Admin, &["gazette", "herald"]))
        .await
        .unwrap();
    let bound = access.authenticate(&showing(&bearer(&key))).await.unwrap();
    let (everywhere, _) = access
        .create(&root, new(Role::Submitter, &[]))
        .await
        .unwrap();
    let (partly, _) = access
        .create(&root, new(Role::Submitter, &["gazette", "mirror"]))
        .await
        .unwrap();
    for beyond in [&[][..], &["mirror"], &["gazette", "mirror"]] {
        let refused = access.create(&bound, new(Role::Submitter, beyond)).await;
        assert!(matches!(
            refused,
            Err(IssueError::Denied(AccessError::WrongSite))
        ));
    }
    let (own, _) = access
        .create(&bound, new(Role::Moderator, &["gazette"]))
        .await
        .unwrap();
    let ids = |keys: Vec<KeyInfo>| keys.into_iter().map(|key| key.id).collect::<Vec<_>>();
    let mut seen = ids(access.list(&bound).await.unwrap());
    let mut expected = vec![bound.key_id, own.id];
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
    assert_eq!(access.list(&root).await.unwrap().len(), 4);
    for foreign in [everywhere.id, partly.id] {
        let refused = access.revoke(&bound, foreign).await;
        assert!(matches!(refused, Err(IssueError::NotFound)));
    }
    assert!(access.revoke(&bound, own.id).await.is_ok());
    let configured = access.revoke(&root, root.key_id).await;
    assert!(matches!(configured, Err(IssueError::Configured)));
}

#[tokio::test]
async fn only_admins_keep_keys() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    for role in [Role::Submitter, Role::Moderator] {
        let (_, key) = access.create(&root, new(role, &[])).await.unwrap();
        let caller = access.authenticate(&showing(&bearer(&key))).await.unwrap();
        for refused in [
            access.list(&caller).await.map(|_| ()),
            access.create(&caller, new(role, &[])).await.map(|_| ()),
            access.revoke(&caller, caller.key_id).await.map(|_| ()),
        ] {
            assert!(matches!(
                refused,
                Err(IssueError::Denied(AccessError::WrongRole { .. }))
            ));
        }
    }
}

#[tokio::test]
async fn without_redis_only_the_root_key_gets_in() {
    let mut redis = RedisServer::start();
    let (access, root, root_key) = replica(&redis).await;
    let (_, key) = access.create(&root, new(Role::Admin, &[])).await.unwrap();
    access.authenticate(&showing(&bearer(&key))).await.unwrap();
    redis.crash();
    let killed = Instant::now();
    let error = loop {
        match access.authenticate(&showing(&bearer(&key))).await {
            Ok(_) => assert!(killed.elapsed() < Duration::from_secs(1)),
            Err(error) => break error,
        }
        tokio::task::yield_now().await;
    };
    assert!(matches!(error, AccessError::Store(_)), "{error}");
    let caller = access.authenticate(&showing(&bearer(&root_key))).await;
    assert_eq!(caller.unwrap(), root);
}

#[tokio::test]
async fn no_secret_rests_in_redis() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let (info, key) = access.create(&root, new(Role::Admin, &[])).await.unwrap();
    let mut read = redis::cmd("HVALS");
    read.arg(format!("{{replydesk}}:key:{}", info.id));
    let values: Vec<Vec<u8>> = redis.store().await.query(&read).await.unwrap();
    let text = key.expose();
    let secret = text.rsplit('_').next().unwrap();
    let raw = data_encoding::BASE32_NOPAD
        .decode(secret.to_ascii_uppercase().as_bytes())
        .unwrap();
    assert_eq!(values.len(), 5);
    for value in values {
        for part in [secret.as_bytes(), &raw[..16]] {
            assert!(!value.windows(part.len()).any(|window| window == part));
        }
    }
}
