//! Promise: who asks for an export or an erasure by an address is told from when on that finds everybody, also while a next
//! change of the pepper is announced or begun.

use replydesk::{
    comment::state::Timestamp,
    proto::v1::{DataSubject, Role, SetLegalHoldRequest, export_subject_response::Item},
    store::identity::{self, Configured, Identity},
};

use crate::{
    harness::{Desk, clients::Client, comments::everything_waits, privacy::with_email},
    store_server::{Server, cmd},
};

const SITE: &str = "gazette";

/// `b/a>c`: b is in use, a the one before, c the next.
fn configured(text: &str) -> Configured {
    let (text, next) = text
        .split_once('>')
        .map_or((text, None), |(text, next)| (text, Some(next)));
    let (current, previous) = text
        .split_once('/')
        .map_or((text, None), |(current, previous)| {
            (current, Some(previous))
        });
    Configured {
        current: current.to_owned(),
        previous: previous.map(str::to_owned),
        next: next.map(str::to_owned),
    }
}

/// Replicas that start one after the other, and before which change they find nobody.
#[tokio::test]
async fn a_replica_finds_nobody_from_before_the_first_of_its_peppers() {
    let server = Server::start().await;
    let store = server.store().await;
    let privacy_key = configured("key");
    // As if the changes were an hour apart.
    let (mut changes, hour) = (0, 3_600_000);
    for (pepper, changed, expected) in [
        ("a", 0, None),
        ("a>b", 0, None),
        ("b/a", 1, None),
        ("a>b", 1, None),
        ("b/a", 1, None),
        ("b", 1, Some(1)),
        ("b>c", 1, Some(1)),
        ("c/b", 2, Some(1)),
        ("b>c", 2, Some(1)),
        ("c/b", 2, Some(1)),
        ("c", 2, Some(2)),
        ("c>d", 2, Some(2)),
        // Led back, it is the same two as before.
        ("b/c", 3, Some(1)),
        ("c>b", 3, Some(1)),
        ("c/b", 4, Some(1)),
        ("c", 4, Some(4)),
        ("d/c", 5, Some(4)),
        ("d", 5, Some(5)),
    ] {
        let identity = Identity {
            pepper: configured(pepper),
            privacy_key: privacy_key.clone(),
        };
        let claimed = async || {
            let claim = identity::claim(&store, &identity).await.unwrap();
            claim.found.unwrap()
        };
        let mut found = claimed().await;
        if changed > changes {
            changes = changed;
            let at = changed * hour;
            let set = format!("HSET {{replydesk}}:identity pepper_replaced_at {at}");
            let _: i64 = store.query(&cmd(&set)).await.unwrap();
            found = claimed().await;
        }
        let since = expected.map(|change: i64| Timestamp(change * hour));
        assert_eq!(found.not_found_before, since, "{pepper}");
        let last = (changes > 0).then_some(Timestamp(changes * hour));
        assert_eq!(found.pepper_replaced_at, last, "{pepper}");
    }
    server.stop().await;
}

/// A change that was led back at once leaves nobody unknown.
#[tokio::test]
async fn a_change_that_was_led_back_blinds_only_who_forgets_the_other() {
    let server = Server::start().await;
    let store = server.store().await;
    for (pepper, is_blind) in [
        ("a", false),
        ("b/a", false),
        ("a/b", false),
        ("b>a", false),
        ("a", true),
    ] {
        let identity = Identity {
            pepper: configured(pepper),
            privacy_key: configured("key"),
        };
        let claim = identity::claim(&store, &identity).await.unwrap();
        let claimed = claim.found.unwrap();
        assert_eq!(claimed.not_found_before.is_some(), is_blind, "{pepper}");
        assert_eq!(
            claimed.not_found_before,
            claimed.pepper_replaced_at.filter(|_| is_blind),
            "{pepper}"
        );
    }
    server.stop().await;
}

/// When the pepper was replaced last, in milliseconds.
fn replaced_at(desk: &Desk) -> i64 {
    let mut get = redis::cmd("HGET");
    get.arg("{replydesk}:identity").arg("pepper_replaced_at");
    get.query(&mut desk.redis.look()).unwrap()
}

/// What the newest replica says of it, in milliseconds.
async fn not_found_before(desk: &mut Desk, olga: &Client) -> Option<i64> {
    let newest = desk.add_replica().await;
    let olga = olga.through(desk.replicas[newest].address);
    let looked = olga.erase(with_email("ada@readers.example"), true).await;
    let summary = looked.unwrap().summary.unwrap();
    let exported = olga.export(with_email("ada@readers.example")).await;
    let exported = exported.unwrap().into_iter().find_map(|item| {
        let Item::Summary(summary) = item else {
            return None;
        };
        Some(summary)
    });
    assert_eq!(exported.unwrap().not_found_before, summary.not_found_before);
    for held in [true, false] {
        let request = SetLegalHoldRequest {
            site: SITE.to_owned(),
            subject: Some(DataSubject {
                named_by: Some(with_email("ada@readers.example")),
            }),
            held,
            reason: "district court, 12 O 345/26".to_owned(),
        };
        let set = olga.privacy.clone().set_legal_hold(request).await.unwrap();
        let set = set.into_inner();
        assert_eq!(set.not_found_before, summary.not_found_before, "{held}");
    }
    let told = summary.not_found_before?;
    Some(told.seconds * 1000 + i64::from(told.nanos / 1_000_000))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_says_so_while_the_next_change_is_announced_and_begun() {
    let mut desk = Desk::start().await;
    desk.site(SITE, everything_waits()).await;
    let olga = desk.someone(0, SITE, Role::PrivacyOfficer, "olga").await;
    desk.announce_pepper();
    assert_eq!(not_found_before(&mut desk, &olga).await, None);
    desk.replace_pepper();
    assert_eq!(not_found_before(&mut desk, &olga).await, None);
    let first = replaced_at(&desk);
    desk.forget_previous_pepper();
    assert_eq!(not_found_before(&mut desk, &olga).await, Some(first));
    desk.announce_pepper();
    assert_eq!(not_found_before(&mut desk, &olga).await, Some(first));
    desk.replace_pepper();
    assert_eq!(not_found_before(&mut desk, &olga).await, Some(first));
    let second = replaced_at(&desk);
    assert!(second > first);
    desk.forget_previous_pepper();
    assert_eq!(not_found_before(&mut desk, &olga).await, Some(second));
    desk.finish().await;
}
