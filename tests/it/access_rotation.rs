//! A key in the place of another: both are good for a while, and neither a repetition nor two at once make a third.

use std::time::Duration;

use replydesk::{
    access::{
        Access,
        caller::Caller,
        error::AccessError,
        issue::{IssueError, KeyInfo, NewKey},
        key::AccessKey,
        role::Role,
        rotate::{Overlap, Replacement, Rotated},
    },
    comment::{
        ids::{KeyId, OperationId},
        state::Timestamp,
    },
    proto::v1,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::Code;

use crate::{
    access_keys::{MANY, call, new, redis_time, replica},
    harness::{
        Desk,
        comments::{everything_waits, nth},
        redis_server::RedisServer,
        refusals::{metadata, told},
        until::until,
    },
};

const BOUND: Duration = Duration::from_secs(10);
const HOUR: Duration = Duration::from_secs(3_600);

fn replacing(key: KeyId) -> Replacement {
    Replacement {
        key,
        operation: OperationId::fresh(),
        overlap: Overlap::new(HOUR).unwrap(),
        expires_at: None,
    }
}

async fn listed(access: &Access, root: &Caller, id: KeyId) -> KeyInfo {
    let keys = access.list(root).await.unwrap();
    keys.into_iter().find(|key| key.id == id).unwrap()
}

async fn count(access: &Access, root: &Caller) -> usize {
    access.list(root).await.unwrap().len()
}

/// That the key's use is known in Redis.
async fn note_use(access: &Access) {
    let over = CancellationToken::new();
    over.cancel();
    access.tend(over).await;
}

#[tokio::test]
async fn the_successor_has_what_the_key_had_and_both_are_good_for_the_overlap() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let sites = new(Role::Moderator, &["gazette", "herald"]);
    let (old, old_key) = access.create(&root, sites).await.unwrap();
    let before = redis_time(&redis.store().await).await;
    let rotated = access.rotate(&root, &replacing(old.id)).await.unwrap();
    let after = redis_time(&redis.store().await).await;
    let successor = rotated.successor.clone();
    assert_ne!(successor.id, old.id);
    assert_eq!(
        successor,
        KeyInfo {
            id: successor.id,
            created_at: successor.created_at,
            replaces: Some(old.id),
            ..old.clone()
        }
    );
    let end = rotated.replaced.expires_at.unwrap().0;
    assert!((before + 3_600_000..=after + 3_600_000).contains(&end));
    assert_eq!(rotated.replaced.replaced_by, Some(successor.id));
    assert_eq!(listed(&access, &root, old.id).await, rotated.replaced);
    assert_eq!(listed(&access, &root, successor.id).await, successor);
    let other = Access::new(redis.store().await, None, MANY);
    for replica in [&access, &other] {
        for key in [&old_key, &rotated.access_key] {
            let caller = call(replica, key).await.unwrap();
            assert_eq!(
                (caller.key_id, caller.role, caller.scope),
                (key.id(), old.role, old.scope.clone())
            );
        }
    }
}

#[tokio::test]
async fn an_old_key_ends_as_the_table_says_and_never_later_than_before() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let store = redis.store().await;
    let minute = 60_000;
    // How long the key has, the overlap, and how long it has then; None: it is revoked.
    for (had, overlap, has) in [
        (None, 60 * minute, Some(60 * minute)),
        (Some(600 * minute), 60 * minute, Some(60 * minute)),
        (Some(10 * minute), 60 * minute, Some(10 * minute)),
        (None, 0, None),
        (Some(10 * minute), 0, None),
    ] {
        let now = redis_time(&store).await;
        let expires_at = had.map(|ms| Timestamp(now + ms));
        let limited = NewKey {
            expires_at,
            ..new(Role::Submitter, &[])
        };
        let (old, old_key) = access.create(&root, limited).await.unwrap();
        let length = Duration::from_millis(u64::try_from(overlap).unwrap());
        let rotation = Replacement {
            overlap: Overlap::new(length).unwrap(),
            ..replacing(old.id)
        };
        let rotated = access.rotate(&root, &rotation).await.unwrap();
        let late = redis_time(&store).await - now;
        match has {
            Some(ms) => {
                let end = rotated.replaced.expires_at.unwrap().0 - now;
                assert!((ms..=ms + late).contains(&end), "{had:?} {overlap}: {end}");
                assert_eq!(rotated.replaced.revoked_at, None);
                call(&access, &old_key).await.unwrap();
            }
            None => {
                assert!(rotated.replaced.revoked_at.is_some());
                let refused = call(&access, &old_key).await.unwrap_err();
                assert!(matches!(refused, AccessError::Revoked));
            }
        }
        // The new key has the time that the old one had before.
        assert_eq!(rotated.successor.expires_at, expires_at);
        call(&access, &rotated.access_key).await.unwrap();
    }
}

#[tokio::test]
async fn the_successor_s_own_end_is_as_asked_and_never_past() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let (old, _) = access
        .create(&root, new(Role::Submitter, &[]))
        .await
        .unwrap();
    let now = redis_time(&redis.store().await).await;
    let past = Replacement {
        expires_at: Some(Timestamp(now - 1)),
        ..replacing(old.id)
    };
    let refused = access.rotate(&root, &past).await.unwrap_err();
    assert!(matches!(refused, IssueError::Violations(_)));
    assert_eq!(
        listed(&access, &root, old.id).await,
        old,
        "nothing is written"
    );
    let asked = Replacement {
        expires_at: Some(Timestamp(now + 90_000)),
        ..past
    };
    let rotated = access.rotate(&root, &asked).await.unwrap();
    assert_eq!(rotated.successor.expires_at, asked.expires_at);
}

#[tokio::test]
async fn a_repetition_gives_the_one_successor_another_secret_until_it_is_used() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let (old, _) = access
        .create(&root, new(Role::Submitter, &[]))
        .await
        .unwrap();
    let at_once = Replacement {
        overlap: Overlap::new(Duration::ZERO).unwrap(),
        ..replacing(old.id)
    };
    let lost = access.rotate(&root, &at_once).await.unwrap();
    // Even where the old key is gone; what else the repetition asks for is not looked at.
    let repeated = Replacement {
        overlap: Overlap::default(),
        expires_at: Some(Timestamp(i64::MAX / 2)),
        ..at_once
    };
    let again = access.rotate(&root, &repeated).await.unwrap();
    assert_eq!(again.successor, lost.successor);
    assert_eq!(again.replaced, lost.replaced);
    assert_eq!(again.access_key.id(), lost.access_key.id());
    assert_eq!(count(&access, &root).await, 2, "no third key");
    let refused = call(&access, &lost.access_key).await.unwrap_err();
    assert!(matches!(refused, AccessError::Unknown));
    let text = again.access_key.expose();
    let read: AccessKey = text.parse().unwrap();
    call(&access, &read).await.unwrap();
    note_use(&access).await;
    let refused = access.rotate(&root, &at_once).await.unwrap_err();
    let IssueError::Used(successor) = refused else {
        panic!("{refused}");
    };
    assert_eq!(successor, again.successor.id);
    call(&access, &read).await.unwrap();
}

#[tokio::test]
async fn another_operation_is_told_of_the_successor_until_that_is_over() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let (old, old_key) = access
        .create(&root, new(Role::Submitter, &[]))
        .await
        .unwrap();
    let first = access.rotate(&root, &replacing(old.id)).await.unwrap();
    let refused = access.rotate(&root, &replacing(old.id)).await.unwrap_err();
    let IssueError::Replaced(successor) = refused else {
        panic!("{refused}");
    };
    assert_eq!(successor, first.successor.id);
    call(&access, &first.access_key).await.unwrap();
    // Nobody has its secret: it is revoked, and the key rotated again.
    access.revoke(&root, successor).await.unwrap();
    let second = access.rotate(&root, &replacing(old.id)).await.unwrap();
    assert_ne!(second.successor.id, successor);
    assert_eq!(second.replaced.replaced_by, Some(second.successor.id));
    assert!(second.replaced.expires_at <= first.replaced.expires_at);
    call(&access, &old_key).await.unwrap();
    // The successor is a key like others.
    let third = access
        .rotate(&root, &replacing(second.successor.id))
        .await
        .unwrap();
    assert_eq!(third.replaced.replaces, Some(old.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_rotate_at_once_one_does() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let (old, _) = access
        .create(&root, new(Role::Submitter, &[]))
        .await
        .unwrap();
    let access = std::sync::Arc::new(access);
    let mut rotations: JoinSet<Result<Rotated, IssueError>> = JoinSet::new();
    for _ in 0..16 {
        let (access, root) = (access.clone(), root.clone());
        rotations.spawn(async move { access.rotate(&root, &replacing(old.id)).await });
    }
    let (done, refused): (Vec<_>, Vec<_>) = rotations
        .join_all()
        .await
        .into_iter()
        .partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (1, 15));
    for refused in refused {
        assert!(matches!(refused, Err(IssueError::Replaced(_))));
    }
    assert_eq!(count(&access, &root).await, 2);
}

#[tokio::test]
async fn what_cannot_be_rotated_is_told_why_and_nothing_is_written() {
    let redis = RedisServer::start();
    let (access, root, _) = replica(&redis).await;
    let bound_to =
        async |role, sites: &[&str]| access.create(&root, new(role, sites)).await.unwrap();
    let (revoked, _) = bound_to(Role::Submitter, &[]).await;
    access.revoke(&root, revoked.id).await.unwrap();
    let soon = NewKey {
        expires_at: Some(Timestamp(redis_time(&redis.store().await).await + 200)),
        ..new(Role::Submitter, &[])
    };
    let (expired, expired_key) = access.create(&root, soon).await.unwrap();
    until("the key expires", BOUND, async || {
        call(&access, &expired_key).await.err()
    })
    .await;
    let (own, _) = bound_to(Role::Moderator, &["gazette"]).await;
    let (foreign, _) = bound_to(Role::Moderator, &["gazette", "mirror"]).await;
    let (_, bound_key) = bound_to(Role::Admin, &["gazette", "herald"]).await;
    let bound = call(&access, &bound_key).await.unwrap();
    let (_, moderator_key) = bound_to(Role::Moderator, &["gazette"]).await;
    let moderator = call(&access, &moderator_key).await.unwrap();
    let before = count(&access, &root).await;
    let refused = async |caller: &Caller, id| {
        let refused = access.rotate(caller, &replacing(id)).await;
        refused.unwrap_err()
    };
    assert!(matches!(refused(&root, revoked.id).await, IssueError::Over));
    assert!(matches!(refused(&root, expired.id).await, IssueError::Over));
    let configured = refused(&root, root.key_id).await;
    assert!(matches!(configured, IssueError::Configured));
    let unknown = KeyId::from_bytes([9; 8]);
    assert!(matches!(
        refused(&root, unknown).await,
        IssueError::NotFound
    ));
    assert!(matches!(
        refused(&bound, foreign.id).await,
        IssueError::NotFound
    ));
    assert!(matches!(
        refused(&moderator, moderator.key_id).await,
        IssueError::Denied(AccessError::WrongRole { .. })
    ));
    assert_eq!(count(&access, &root).await, before);
    access.rotate(&bound, &replacing(own.id)).await.unwrap();
    // An admin's key rotates itself.
    let itself = access
        .rotate(&bound, &replacing(bound.key_id))
        .await
        .unwrap();
    let renewed = call(&access, &itself.access_key).await.unwrap();
    assert_eq!((renewed.role, renewed.scope), (bound.role, bound.scope));
}

fn key_id(key: &str) -> String {
    key.split('_').nth(1).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blog_changes_over_without_a_gap_and_list_and_audit_tell_of_it() {
    let desk = Desk::with(2, &[]).await;
    desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], v1::Role::Submitter, "blog").await;
    let old_blog = desk.client(0, &key);
    old_blog.submit(nth("gazette", 0)).await.unwrap();
    let mut admin = desk.admin().sites;
    let request = v1::RotateKeyRequest {
        key_id: key_id(&key),
        operation_id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        overlap: None,
        expires_at: None,
    };
    let rotated = admin
        .rotate_key(request.clone())
        .await
        .unwrap()
        .into_inner();
    for replica in 0..2 {
        let new_blog = desk.client(replica, &rotated.access_key);
        new_blog
            .submit(nth("gazette", 1 + 2 * replica))
            .await
            .unwrap();
        old_blog
            .submit(nth("gazette", 2 + 2 * replica))
            .await
            .unwrap();
    }
    let (made, replaced) = (rotated.key.unwrap(), rotated.replaced.unwrap());
    assert_eq!(
        (&made.replaces, &replaced.replaced_by),
        (&replaced.key_id, &made.key_id)
    );
    let created = made.created_at.unwrap().seconds;
    assert_eq!(
        replaced.expires_at.unwrap().seconds,
        created + 86_400,
        "a day"
    );
    // Both are seen to be used: the old one may not be revoked yet.
    until("the uses are listed", BOUND, async || {
        let keys = admin
            .list_keys(v1::ListKeysRequest {})
            .await
            .unwrap()
            .into_inner()
            .keys;
        let of = |id: &str| keys.iter().find(|key| key.key_id == id).cloned().unwrap();
        let (old, new) = (of(&replaced.key_id), of(&made.key_id));
        assert_eq!(
            (&old.replaced_by, &new.replaces),
            (&new.key_id, &old.key_id)
        );
        (old.last_used_at.is_some() && new.last_used_at.is_some()).then_some(())
    })
    .await;
    let in_use = admin.rotate_key(request.clone()).await.unwrap_err();
    assert_eq!(
        told(&in_use),
        (Code::FailedPrecondition, "KEY_IN_USE".to_owned())
    );
    let other = v1::RotateKeyRequest {
        operation_id: "01890a5d-ac96-774b-bcce-b302099a8058".to_owned(),
        ..request
    };
    let refused = admin.rotate_key(other).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "KEY_REPLACED".to_owned())
    );
    assert_eq!(metadata(&refused, "replaced_by"), made.key_id);
    assert_audited(&desk, &replaced.key_id, &made.key_id).await;
    desk.finish().await;
}

/// What the audit log tells of a key that another replaced.
async fn assert_audited(desk: &Desk, replaced: &str, made: &str) {
    let subject = format!("key {replaced}");
    let entries = desk.admin().whole_audit("").await.into_iter();
    let told: Vec<_> = entries
        .filter(|entry| entry.subject == subject)
        .map(|entry| (entry.action(), entry.after))
        .collect();
    let after = format!("replaced by key {made}; good for 86400 s more at most");
    assert_eq!(
        told,
        [
            (
                v1::AuditAction::KeyCreated,
                "submitter of gazette: blog".to_owned()
            ),
            (v1::AuditAction::KeyRotated, after),
        ]
    );
}
