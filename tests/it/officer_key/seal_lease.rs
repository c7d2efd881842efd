//! Until when a replica may store what it seals: what Redis lets, and that Redis's clock decides.

use std::time::Duration;

use replydesk::{
    comment::{
        contact::Contact,
        ids::CommentId,
        limits::{Limit, Limits},
        observed::Fingerprints,
        state::{Outcome, Timestamp},
        stored::{CommentContent, ThreadDetails},
    },
    privacy::sealing::Sealer,
    store::{
        identity::{self, Claim, Configured, Identity, IdentityError},
        seal_lease::SealLease,
        submit::{NewComment, NewContact, Stored},
    },
};

use super::{
    gazette,
    lapse::{nameless, nobody_is_asked},
};
use crate::{
    harness::Desk,
    store_server::{Server, cmd},
};

fn installation(current: &str, previous: Option<&str>) -> Identity {
    let configured = |current: &str, previous: Option<&str>| Configured {
        current: current.to_owned(),
        previous: previous.map(str::to_owned),
        next: None,
    };
    Identity {
        pepper: configured("pepper", None),
        privacy_key: configured(current, previous),
    }
}

/// What becomes of claims, one after the other, and how long ago the last was heard of who seals to a key.
#[tokio::test]
async fn a_replaced_key_is_let_for_as_long_as_the_officer_is_told_of_it_and_then_never_more() {
    let server = Server::start().await;
    let store = server.store().await;
    let quiet = async |key: &str, ms: i64| {
        let command = format!("ZINCRBY {{replydesk}}:sealing -{ms} {key}");
        let _: f64 = store.query(&cmd(&command)).await.unwrap();
    };
    let claim = async |current: &str, previous| {
        let identity = installation(current, previous);
        let Claim { seals_until, .. } = identity::claim(&store, &identity).await.unwrap();
        let now = store.now().await.unwrap();
        if let Some(until) = seals_until {
            let left = until.0 - now.0;
            assert!((30_000..=45_000).contains(&left), "{left} ms left");
        }
        seals_until.is_some()
    };
    assert!(claim("k1", None).await);
    // The one in use is let whatever happened.
    quiet("k1", 3_600_000).await;
    assert!(claim("k1", None).await);
    assert!(claim("k2", Some("k1")).await);
    // In the middle of a roll-out.
    assert!(claim("k1", None).await);
    quiet("k1", 50_000).await;
    assert!(claim("k1", None).await);
    let sealed_to = async || {
        let mut sealed_to = store.sealed_to().await.unwrap();
        sealed_to.sort();
        sealed_to
    };
    assert_eq!(sealed_to().await, ["k1", "k2"]);
    quiet("k1", 60_001).await;
    assert!(!claim("k1", None).await, "the officer may have been told");
    assert_eq!(sealed_to().await, ["k2"]);
    assert!(!claim("k1", None).await, "nor does it count by asking");
    assert!(!claim("stranger", None).await);
    assert_eq!(sealed_to().await, ["k2"]);
    // And back.
    assert!(claim("k1", Some("k2")).await);
    assert!(claim("k2", None).await);
    // The clock was set back after the officer was told: what was forgotten stays so.
    quiet("k2", 60_001).await;
    assert_eq!(sealed_to().await, ["k1"]);
    assert!(!claim("k2", None).await);

    let lease = SealLease::new(store.clone(), &installation("k2", Some("k1")), None);
    let lapsed = lease.renew().await.unwrap_err();
    assert!(
        matches!(lapsed, IdentityError::SealLapsed { .. }) && !lapsed.is_replaced(),
        "{lapsed}"
    );
    assert_eq!(lease.until().0, 0);
    // It replaces nothing, though it could.
    assert!(claim("k1", None).await);
    let current = SealLease::new(store.clone(), &installation("k1", None), None);
    current.renew().await.unwrap();
    assert!(current.until() > store.now().await.unwrap());
    server.stop().await;
}

/// Whatever a replica believes, Redis's clock decides; and nothing is written where it does.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_its_lease_or_before_a_clock_that_was_set_back_is_not_stored() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", nobody_is_asked()).await;
    let request = nameless(0);
    blog.submit(request.clone()).await.unwrap();
    let store = desk.redis.store().await;
    let site = gazette();
    let known: CommentId = request.comment_id.parse().unwrap();
    let model = store.comment(&site, known).await.unwrap().unwrap();
    let content: CommentContent = model.content.clone();
    let most = Limit::new(Limit::MAX, Limit::MAX).unwrap();
    let limits = Limits {
        author: most,
        ip_address: most,
        thread: most,
        site: most,
    };
    let sealer = Sealer::new(desk.officer.public().clone());
    let now = store.now().await.unwrap();
    let mut became = Vec::new();
    for (id, digest, ms) in [
        (CommentId::fresh(), [7; 8], -1_i64),
        (CommentId::fresh(), [7; 8], 3_600_000),
        (known, model.digest, -1),
        (known, [7; 8], -1),
        (CommentId::fresh(), [7; 8], 45_000),
    ] {
        let sealed = sealer.seal(&site, &id, &Contact::default()).unwrap();
        let new = NewComment {
            site: &site,
            id,
            digest,
            outcome: Outcome::Pending,
            content: &content,
            thread: &ThreadDetails::default(),
            contact: Some(NewContact {
                sealed: &sealed,
                until: Timestamp(now.0 + ms),
            }),
            prints: &Fingerprints::default(),
            thread_words: None,
            wave_decision: None,
            limits: &limits,
            close_threads_after: None,
            subject_marks: &[],
            named: &[],
            judged_at: None,
            due_in: Some(Duration::ZERO),
            only_check: false,
        };
        let before = desk.redis.keys().len();
        became.push(match store.submit(&new).await.unwrap() {
            Stored::SealLapsed => {
                assert_eq!(desk.redis.keys().len(), before);
                assert!(store.comment(&site, id).await.unwrap().is_none());
                "lapsed"
            }
            Stored::Known(_) => "known",
            Stored::IdReused => "reused",
            Stored::Admitted { .. } => "admitted",
            other @ (Stored::Erased
            | Stored::Stale { .. }
            | Stored::ThreadClosed { .. }
            | Stored::Duplicate { .. }
            | Stored::Refused { .. }
            | Stored::NoSite) => panic!("{other:?}"),
        });
    }
    assert_eq!(became, ["lapsed", "lapsed", "known", "reused", "admitted"]);
    desk.finish().await;
}
