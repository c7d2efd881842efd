//! Who shows no good key too often is told so before anything is read, and keeps nobody else out.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use replydesk::{
    access::{Access, error::AccessError, key::AccessKey, presented::Presented, role::Role, root},
    proto::v1,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::Code;

use crate::{
    access_keys::{bearer, forged, new},
    harness::{
        Desk,
        clients::Client,
        comments::everything_waits,
        redis_server::RedisServer,
        refusals::{quotas, told, wait},
        until::{soon, until},
    },
};

const BOUND: Duration = Duration::from_secs(10);
/// So many at once, and one more a minute: none comes back while a test runs.
const FEW: NonZeroU32 = NonZeroU32::new(5).unwrap();

fn stranger() -> String {
    AccessKey::generate().unwrap().expose().to_string()
}

/// Fails often enough that the peer may fail no more.
async fn fail_too_often(client: &Client) {
    until("too many failures", BOUND, async || {
        let refused = client.events("gazette", "").await.unwrap_err();
        (refused.code() == Code::ResourceExhausted).then_some(())
    })
    .await;
}

async fn limited(replicas: usize) -> Desk {
    Desk::with(replicas, &[("throttle.failures_per_peer_per_minute", "5")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_as_may_fail_and_then_a_peer_costs_no_read() {
    let redis = RedisServer::start();
    let access = Arc::new(Access::new(redis.store().await, None, FEW));
    let peer: IpAddr = "192.0.2.1".parse().unwrap();
    let before = redis.calls("hmget");
    let mut calls = JoinSet::new();
    for n in 0..200 {
        let access = Arc::clone(&access);
        calls.spawn(async move {
            let key = stranger();
            let header = match n % 4 {
                0 => None,
                1 => Some("Bearer rd_typo".to_owned()),
                2 => Some(format!("Basic {key}")),
                _ => Some(format!("Bearer {key}")),
            };
            let presented = Presented::header(header.as_deref()).from_peer(Some(peer));
            access.authenticate(&presented).await.unwrap_err()
        });
    }
    let answers = calls.join_all().await;
    let limited = |error: &&AccessError| matches!(error, AccessError::TooManyFailures { .. });
    assert_eq!(answers.iter().filter(limited).count(), 195);
    assert!(redis.calls("hmget") - before <= 5);
    // Others are not meant.
    let other = Presented::header(None).from_peer(Some("192.0.2.2".parse().unwrap()));
    let told = access.authenticate(&other).await.unwrap_err();
    assert!(matches!(told, AccessError::Missing));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_behind_one_address_can_keep_no_good_key_out() {
    let redis = RedisServer::start();
    let (root_key, root) = root::generate().unwrap();
    let peer: IpAddr = "2001:db8::1".parse().unwrap();
    let shows = |key: &AccessKey| Presented::header(Some(&bearer(key))).from_peer(Some(peer));
    let access = Access::new(redis.store().await, Some(root.clone()), FEW);
    let admin = access.authenticate(&shows(&root_key)).await.unwrap();
    let (_, warm) = access
        .create(&admin, new(Role::Submitter, &[]))
        .await
        .unwrap();
    let (gone_info, gone) = access
        .create(&admin, new(Role::Submitter, &[]))
        .await
        .unwrap();
    for key in [&warm, &gone] {
        access.authenticate(&shows(key)).await.unwrap();
    }
    let fail = async || {
        let unknown = AccessKey::generate().unwrap();
        access.authenticate(&shows(&unknown)).await.unwrap_err()
    };
    until("too many failures", BOUND, async || {
        matches!(fail().await, AccessError::TooManyFailures { .. }).then_some(())
    })
    .await;
    // Fresh, and read again, while the other goes on.
    let before = redis.calls("hmget");
    until("the key is read again", BOUND, async || {
        access.authenticate(&shows(&warm)).await.unwrap();
        assert!(matches!(fail().await, AccessError::TooManyFailures { .. }));
        (redis.calls("hmget") > before + 1).then_some(())
    })
    .await;
    access.authenticate(&shows(&root_key)).await.unwrap();
    // Whether there is such a key is told to nobody who fails.
    access.revoke(&admin, gone_info.id).await.unwrap();
    for key in [&gone, &forged(&warm), &forged(&root_key)] {
        let refused = access.authenticate(&shows(key)).await.unwrap_err();
        assert!(
            matches!(refused, AccessError::TooManyFailures { .. }),
            "{refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_has_never_seen_a_key_lets_it_in_all_the_same() {
    let redis = RedisServer::start();
    let (root_key, root) = root::generate().unwrap();
    let elsewhere = Access::new(redis.store().await, Some(root), FEW);
    let admin = elsewhere
        .authenticate(&Presented::header(Some(&bearer(&root_key))))
        .await
        .unwrap();
    let (_, key) = elsewhere
        .create(&admin, new(Role::Submitter, &[]))
        .await
        .unwrap();
    let access = Arc::new(Access::new(redis.store().await, None, FEW));
    for _ in 0..FEW.get() + 1 {
        access
            .authenticate(&Presented::header(None))
            .await
            .unwrap_err();
    }
    let (over, mut tending) = (CancellationToken::new(), JoinSet::new());
    let (tended, until_over) = (Arc::clone(&access), over.clone());
    tending.spawn(async move { tended.tend(until_over).await });
    until("the ids are read", BOUND, async || {
        let presented = Presented::header(Some(&bearer(&key)));
        access.authenticate(&presented).await.ok()
    })
    .await;
    let unknown = Presented::header(Some(&bearer(&AccessKey::generate().unwrap())));
    let refused = access.authenticate(&unknown).await.unwrap_err();
    assert!(matches!(refused, AccessError::TooManyFailures { .. }));
    over.cancel();
    tending.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_refusal_says_how_long_to_wait_and_the_blog_goes_on() {
    let desk = limited(1).await;
    let blog = desk.site("gazette", everything_waits()).await;
    blog.events("gazette", "").await.unwrap();
    let guesser = desk.client(0, &stranger());
    fail_too_often(&guesser).await;
    let refused = guesser.events("gazette", "").await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::ResourceExhausted, "TOO_MANY_FAILURES".to_owned())
    );
    assert!(wait(&refused) > Duration::ZERO && wait(&refused) <= Duration::from_secs(12));
    assert_eq!(quotas(&refused), ["peer"]);
    for _ in 0..20 {
        blog.events("gazette", "").await.unwrap();
        guesser.events("gazette", "").await.unwrap_err();
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_s_stream_ends_also_where_its_peer_failed_too_often() {
    let desk = limited(1).await;
    desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], v1::Role::Moderator, "ada").await;
    let mut watch = desk.client(0, &key).watch("gazette", "").await.unwrap();
    fail_too_often(&desk.client(0, &stranger())).await;
    let request = v1::RevokeKeyRequest {
        key_id: key.split('_').nth(1).unwrap().to_owned(),
    };
    desk.admin().sites.revoke_key(request).await.unwrap();
    let end = soon("the watch ends", BOUND, watch.next())
        .await
        .unwrap_err();
    assert_eq!(end.code(), Code::Unauthenticated);
    desk.finish().await;
}
