//! Promise: once `rewrap` has said that all is moved, nothing is stored any more that the old private key alone opens; a
//! replica that hung meanwhile finds that out from Redis.

use replydesk::{proto::v1, store::keys};
use tonic::Code;
use tonic_health::pb::health_check_response::ServingStatus::{NotServing, Serving};

use super::{machine::Officer, stored};
use crate::harness::{
    Desk,
    comments::{everything_waits, nth},
    health::Probe,
    refusals::{assert_unavailable, told},
};

/// Everything waits, and nobody has to leave an address.
pub(super) fn nobody_is_asked() -> v1::Policy {
    v1::Policy {
        required: Some(v1::RequiredFields {
            email: Some(false),
            ..Default::default()
        }),
        ..everything_waits()
    }
}

/// A comment of which nothing has to be sealed.
pub(super) fn nameless(n: usize) -> v1::SubmitCommentRequest {
    let mut request = nth("gazette", n);
    request.transport = None;
    if let Some(author) = &mut request.author {
        author.email.clear();
    }
    request
}

/// As if nobody had said for so long that they seal to this key.
fn quiet_for(desk: &Desk, key: &str, ms: i64) {
    let mut earlier = redis::cmd("ZINCRBY");
    earlier.arg(keys::sealing()).arg(-ms).arg(key);
    let _: f64 = earlier.query(&mut desk.redis.look()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_hung_while_the_key_was_replaced_stores_nothing_more_that_it_seals() {
    let mut desk = Desk::start().await;
    let blog = desk.site("gazette", nobody_is_asked()).await;
    let access_key = desk.admin().officer_key("gazette").await;
    let mut hung = desk.process().await;
    let at_hung = blog.through(hung.address);
    let first = nth("gazette", 0);
    at_hung.submit(first.clone()).await.unwrap();
    Probe::new(hung.address).until(Serving).await;
    desk.replicas[0].stop().await;

    hung.signal("STOP");
    let old = desk.replace_officer();
    let newest = desk.add_replica().await;
    let officer = Officer {
        place: tempfile::tempdir().unwrap(),
        address: format!("http://{}", desk.replicas[newest].address),
        access_key,
    };
    let old_file = officer.file("old.key", &old.to_text());
    let new_pub = officer.file("new.pub", &desk.officer.public().to_text());
    quiet_for(&desk, &old.public().fingerprint(), 60_001);
    let (code, moved, said) = officer.rewrap(&old_file, &new_pub, &[]).await;
    assert_eq!((code, &moved["moved"]), (Some(0), &1.into()), "{said}");

    hung.signal("CONT");
    Probe::new(hung.address).until(NotServing).await;
    let refused = at_hung.submit(nth("gazette", 1)).await.unwrap_err();
    assert_unavailable(&refused);
    let expected = (Code::Unavailable, "SEAL_LAPSED".to_owned());
    assert_eq!(told(&refused), expected);
    assert!(refused.message().contains("privacy.public_key_file"));
    // What is there is answered, and what needs no sealing is taken.
    assert!(at_hung.submit(first).await.unwrap().replayed);
    at_hung.submit(nameless(2)).await.unwrap();
    let at_new = blog.through(desk.replicas[newest].address);
    at_new.submit(nth("gazette", 1)).await.unwrap();

    let (code, moved, said) = officer.rewrap(&old_file, &new_pub, &[]).await;
    assert_eq!((code, &moved["moved"]), (Some(0), &0.into()), "{said}");
    let new = desk.officer.public().id();
    assert!(stored(&desk).values().all(|key| key.officer() == new));
    let log = String::from_utf8(hung.log()).unwrap();
    assert_eq!(log.matches("seal.lapsed").count(), 1, "{log}");

    // Led back, it is right again, and finds out by itself.
    let identity = [&desk.officer, &old].map(|key| key.public().fingerprint());
    set_privacy_keys(&desk, &identity[1], &identity[0]);
    at_hung.submit(nth("gazette", 3)).await.unwrap();
    Probe::new(hung.address).until(Serving).await;
    drop(hung);
    desk.finish().await;
}

/// As if these had come to be in use.
fn set_privacy_keys(desk: &Desk, current: &str, previous: &str) {
    let mut set = redis::cmd("HSET");
    set.arg("{replydesk}:identity");
    set.arg(&["privacy_key", current, "previous_privacy_key", previous]);
    let _: i64 = set.query(&mut desk.redis.look()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_ended_without_redis_is_renewed_by_the_first_who_needs_it() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", nobody_is_asked()).await;
    Probe::new(desk.replicas[0].address).until(Serving).await;
    let own = desk.officer.public().fingerprint();
    // For as long as another installation's key is there, nothing is let.
    set_privacy_keys(&desk, "another", "yet another");
    Probe::new(desk.replicas[0].address).until(NotServing).await;
    let refused = blog.submit(nth("gazette", 0)).await.unwrap_err();
    assert_eq!(told(&refused).1, "SEAL_LAPSED");
    assert_eq!(stored(&desk).len(), 0);
    set_privacy_keys(&desk, &own, "");
    blog.submit(nth("gazette", 0)).await.unwrap();
    assert_eq!(stored(&desk).len(), 1);
    desk.finish().await;
}
