//! `ListDataKeys` and `ReplaceDataKeys`: nothing is missed, nothing comes back, and what is wrong is refused.

use std::{collections::HashSet, sync::Arc};

use replydesk::{
    comment::state::Timestamp,
    privacy::keys::OfficerPrivateKey,
    proto::v1::{AuditAction, ListDataKeysRequest, Role},
};
use tonic::Code;

use super::{CAME, data_key, gazette, moved, plant, stored};
use crate::harness::{
    Desk,
    clients::Client,
    comments::everything_waits,
    refusals::{told, violations},
};

/// A desk whose officer key has replaced another, and the officer.
struct Room {
    desk: Desk,
    old: Arc<OfficerPrivateKey>,
    olga: Client,
}

impl Room {
    async fn open() -> Self {
        let mut desk = Desk::with(0, &[]).await;
        let old = desk.replace_officer();
        desk.add_replica().await;
        desk.site("gazette", everything_waits()).await;
        let olga = desk
            .someone(0, "gazette", Role::PrivacyOfficer, "olga")
            .await;
        Self { desk, old, olga }
    }

    fn old_id(&self) -> String {
        self.old.public().fingerprint()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_data_key_is_listed_in_small_pages_held_ones_too() {
    let room = Room::open().await;
    assert!(room.olga.data_keys(0).await.is_empty());
    // More than Redis keeps in its small form, in which a page is the whole.
    let planted = plant(&room.desk, room.old.public(), 700, 400);
    for size in [0, 7, 500] {
        let listed = room.olga.data_keys(size).await;
        assert_eq!(listed.len(), 700);
        for key in &planted {
            let found = listed.iter().find(|listed| listed.data_key_id == key.id());
            let found = found.expect("it is listed");
            assert_eq!(found.wrapped, key.as_bytes());
            assert_eq!(found.wrapped_to, room.old_id());
        }
    }
    let ask = |page_size, page_token: String| {
        let request = ListDataKeysRequest {
            site: "gazette".to_owned(),
            page_size,
            page_token,
        };
        let mut privacy = room.olga.privacy.clone();
        async move { privacy.list_data_keys(request).await }
    };
    let page = ask(7, String::new()).await.unwrap().into_inner();
    assert!(
        page.data_keys.len() < 100,
        "{} in a page of 7",
        page.data_keys.len()
    );
    assert_eq!(page.seals_to, room.desk.officer.public().fingerprint());
    let refused = ask(501, "nonsense".to_owned()).await.unwrap_err();
    let fields: Vec<_> = violations(&refused)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["page_size", "page_token"]);
    room.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_key_that_moves_between_the_sets_meanwhile_is_listed() {
    let room = Room::open().await;
    let planted = plant(&room.desk, room.old.public(), 600, 300);
    let mut redis = room.desk.redis.look();
    let (mut met, mut page_token, mut pages) = (HashSet::new(), String::new(), 0);
    loop {
        let request = ListDataKeysRequest {
            site: "gazette".to_owned(),
            page_size: 20,
            page_token,
        };
        let page = room.olga.privacy.clone().list_data_keys(request).await;
        let page = page.unwrap().into_inner();
        met.extend(page.data_keys.into_iter().map(|key| key.data_key_id));
        // With each page ten go under a hold, and ten come out of one.
        for key in planted.iter().skip(pages * 10).take(10) {
            let (of_age, held) = sets();
            let id = &key.id()[..];
            let mut pipe = redis::pipe();
            if pages < 30 {
                pipe.zrem(of_age, id).ignore().sadd(held, id).ignore();
            } else {
                pipe.srem(held, id).ignore().zadd(of_age, id, CAME).ignore();
            }
            let () = pipe.query(&mut redis).unwrap();
        }
        pages += 1;
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(met.len(), 600);
    assert!(pages > 30, "some moved each way: {pages} pages");
    room.desk.finish().await;
}

fn sets() -> (Vec<u8>, Vec<u8>) {
    use replydesk::store::keys;
    (
        keys::data_keys(&gazette()),
        keys::held_data_keys(&gazette()),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_as_it_was_said_is_left_and_a_repetition_changes_nothing() {
    let room = Room::open().await;
    let (old, new) = (&room.old, room.desk.officer.public().clone());
    let other = OfficerPrivateKey::generate().unwrap();
    let at_old = plant(&room.desk, old.public(), 3, 2);
    let at_other = plant(&room.desk, other.public(), 1, 1);
    let never = data_key(old.public());
    let mut wrapped = moved(old, &new, &at_old);
    wrapped.extend(moved(&other, &new, &at_other));
    wrapped.extend(moved(old, &new, &[never]));
    let counts = async || {
        let told = room
            .olga
            .replace_data_keys(&room.old_id(), wrapped.clone())
            .await;
        let told = told.unwrap();
        (
            told.replaced,
            told.replaced_before,
            told.left,
            told.destroyed,
        )
    };
    assert_eq!(counts().await, (3, 0, 1, 1));
    let after = stored(&room.desk);
    assert_eq!(counts().await, (0, 3, 1, 1));
    assert_eq!(stored(&room.desk), after);
    assert_eq!(after.len(), 4, "what never was there is not made");
    assert_eq!(after[&at_other[0].id()], at_other[0]);
    let entries = room.olga.whole_audit("gazette").await;
    let entries = entries.into_iter();
    let told: Vec<_> = entries
        .filter(|entry| entry.action() == AuditAction::DataKeysReplaced)
        .map(|entry| (entry.actor, entry.subject, entry.before, entry.after))
        .collect();
    let entry = (
        "olga".to_owned(),
        "3 data keys".to_owned(),
        room.old_id(),
        new.fingerprint(),
    );
    assert_eq!(told, [entry]);
    room.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_could_use_is_refused_and_nothing_is_replaced() {
    let room = Room::open().await;
    let (old, new) = (&room.old, room.desk.officer.public().clone());
    let planted = plant(&room.desk, old.public(), 2, 2);
    let before = stored(&room.desk);
    let right = moved(old, &new, &planted);
    let mut cut = right.clone();
    cut[1].pop();
    let mut later = right.clone();
    later[0][0] = 2;
    let many: Vec<_> = (0..101).map(|_| right[0].clone()).collect();
    let twice = vec![right[0].clone(), right[0].clone()];
    let old_id = room.old_id();
    for (wrapped_to, wrapped, field, says) in [
        ("", right.clone(), "wrapped_to", "16 hexadecimal digits"),
        ("xyz", right.clone(), "wrapped_to", "16 hexadecimal digits"),
        (
            &*new.fingerprint(),
            right.clone(),
            "wrapped_to",
            "another than the public key",
        ),
        (&*old_id, Vec::new(), "wrapped", "1 to 100 data keys"),
        (&*old_id, many, "wrapped", "1 to 100 data keys"),
        (&*old_id, twice, "wrapped", "no data key twice"),
        (&*old_id, cut, "wrapped", "97 bytes long; it has 96"),
        (&*old_id, later, "wrapped", "of version 2"),
    ] {
        let refused = room
            .olga
            .replace_data_keys(wrapped_to, wrapped)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let found = violations(&refused);
        assert!(
            found.len() == 1 && found[0].0 == field && found[0].1.contains(says),
            "{says}: {found:?}"
        );
    }
    // Wrapped to a key that is not the service's, as somebody in between would like it.
    let stranger = OfficerPrivateKey::generate().unwrap();
    for wrong in [
        moved(old, stranger.public(), &planted),
        vec![
            right[0].clone(),
            moved(old, stranger.public(), &planted[1..]).remove(0),
        ],
    ] {
        let refused = room
            .olga
            .replace_data_keys(&old_id, wrong)
            .await
            .unwrap_err();
        let expected = (Code::FailedPrecondition, "OTHER_OFFICER_KEY".to_owned());
        assert_eq!(told(&refused), expected);
        assert!(
            refused.message().contains(&new.fingerprint()),
            "{refused:?}"
        );
    }
    assert_eq!(stored(&room.desk), before);
    let entries = room.olga.whole_audit("gazette").await;
    assert!(
        entries
            .iter()
            .all(|entry| entry.action() != AuditAction::DataKeysReplaced)
    );
    room.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_retention_destroys_meanwhile_stays_destroyed() {
    let room = Room::open().await;
    let (old, new) = (room.old.clone(), room.desk.officer.public().clone());
    let planted = plant(&room.desk, old.public(), 300, 300);
    let listed = room.olga.data_keys(0).await;
    assert_eq!(listed.len(), 300);
    let wrapped = moved(&old, &new, &planted);
    // Those of the first 200 ms are too old; retention and the officer meet in the middle.
    let retention = async {
        let store = room.desk.redis.store().await;
        let before = Timestamp(CAME + 200);
        let round = store.begin_retention(&gazette()).await.unwrap();
        while store
            .destroy_data_keys(&gazette(), &round, before, 7)
            .await
            .unwrap()
            > 0
        {}
    };
    let officer = async {
        let (mut replaced, mut destroyed) = (0, 0);
        for batch in wrapped.rchunks(9) {
            let told = room
                .olga
                .replace_data_keys(&room.old_id(), batch.to_vec())
                .await;
            let told = told.unwrap();
            replaced += told.replaced;
            destroyed += told.destroyed;
        }
        (replaced, destroyed)
    };
    let ((), (replaced, destroyed)) = tokio::join!(retention, officer);
    assert_eq!(replaced + destroyed, 300);
    assert!(destroyed > 0, "they met");
    let stored = stored(&room.desk);
    assert_eq!(stored.len(), 100, "what was destroyed did not come back");
    for key in &planted[200..] {
        assert_eq!(stored[&key.id()].officer(), new.id());
    }
    let again = room
        .olga
        .replace_data_keys(&room.old_id(), wrapped[..100].to_vec())
        .await;
    assert_eq!(again.unwrap().destroyed, 100);
    room.desk.finish().await;
}

/// While a replica has the old public key, it makes data keys that only the old private key opens.
#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_still_seals_to_the_old_key_is_told_of() {
    let mut desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    let old = desk.replace_officer().public().fingerprint();
    let newest = desk.add_replica().await;
    let key = desk.admin().officer_key("gazette").await;
    let olga = desk.client(newest, &key);
    let told = async || {
        let request = ListDataKeysRequest {
            site: "gazette".to_owned(),
            ..Default::default()
        };
        let mut page = olga.privacy.clone().list_data_keys(request).await.unwrap();
        let first = page.get_ref().also_sealed_to.clone();
        loop {
            let last = page.into_inner();
            if last.next_page_token.is_empty() {
                assert_eq!(first, last.also_sealed_to);
                return first;
            }
            let next = ListDataKeysRequest {
                site: "gazette".to_owned(),
                page_token: last.next_page_token,
                ..Default::default()
            };
            page = olga.privacy.clone().list_data_keys(next).await.unwrap();
        }
    };
    assert_eq!(told().await, [old.as_str()]);
    // The replica is gone, and has said nothing for a minute.
    desk.replicas[0].stop().await;
    let mut earlier = redis::cmd("ZINCRBY");
    earlier.arg("{replydesk}:sealing").arg(-60_001).arg(&old);
    let _: f64 = earlier.query(&mut desk.redis.look()).unwrap();
    assert_eq!(told().await, Vec::<String>::new());
    desk.finish().await;
}
