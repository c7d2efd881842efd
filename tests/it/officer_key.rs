//! The privacy officer's key: how another takes its place, and that no replica ever has the private half.

mod commands;
mod data_keys;
mod lapse;
mod machine;
mod memory;
mod rotation;
mod seal_lease;
mod sites;

use std::collections::HashMap;

use replydesk::{
    comment::{
        contact::Contact,
        ids::{CommentId, SiteId},
    },
    privacy::{
        keys::{OfficerPrivateKey, OfficerPublicKey},
        rewrapping::rewrap,
        sealing::Sealer,
        wrapped::WrappedDataKey,
    },
    store::keys,
};

use crate::harness::Desk;

fn gazette() -> SiteId {
    "gazette".parse().unwrap()
}

/// A data key as it rests.
fn data_key(officer: &OfficerPublicKey) -> WrappedDataKey {
    let sealer = Sealer::new(officer.clone());
    let sealed = sealer.seal(&gazette(), &CommentId::fresh(), &Contact::default());
    WrappedDataKey::parse(&sealed.unwrap().wrapped_data_key).unwrap()
}

/// When planted data keys came, in milliseconds: long after these tests, so that no retention of its own looks at them.
const CAME: i64 = 4_000_000_000_000;

/// Data keys in the site's slot as a submission leaves them, one a millisecond; those from `held` on as a legal hold does.
fn plant(desk: &Desk, officer: &OfficerPublicKey, count: usize, held: i64) -> Vec<WrappedDataKey> {
    let mut redis = desk.redis.look();
    let planted: Vec<_> = (0..count).map(|_| data_key(officer)).collect();
    for (n, key) in (0..).zip(&planted) {
        let mut pipe = redis::pipe();
        pipe.set(keys::data_key(&gazette(), key.id()), key.as_bytes())
            .ignore();
        if n < held {
            pipe.zadd(keys::data_keys(&gazette()), &key.id()[..], CAME + n)
                .ignore();
        } else {
            pipe.sadd(keys::held_data_keys(&gazette()), &key.id()[..])
                .ignore();
        }
        let () = pipe.query(&mut redis).unwrap();
    }
    planted
}

/// The data keys of `gazette` that are there, by their ids.
fn stored(desk: &Desk) -> HashMap<[u8; 8], WrappedDataKey> {
    stored_of(desk, &gazette())
}

fn stored_of(desk: &Desk, site: &SiteId) -> HashMap<[u8; 8], WrappedDataKey> {
    let mut redis = desk.redis.look();
    let prefix = keys::data_key(site, [0; 8]);
    let prefix = &prefix[..prefix.len() - 8];
    let names = desk.redis.keys().into_iter();
    let names = names.filter(|name| name.starts_with(prefix) && name.len() == prefix.len() + 8);
    names
        .map(|name| {
            let value: Vec<u8> = redis::cmd("GET").arg(&name).query(&mut redis).unwrap();
            let key = WrappedDataKey::parse(&value).unwrap();
            assert_eq!(name, keys::data_key(site, key.id()), "under its own name");
            (key.id(), key)
        })
        .collect()
}

/// Wrapped anew at the officer's.
fn moved(
    old: &OfficerPrivateKey,
    new: &OfficerPublicKey,
    data_keys: &[WrappedDataKey],
) -> Vec<Vec<u8>> {
    let moved = data_keys.iter().map(|key| {
        let key = rewrap(&old.clone().into(), new, key).unwrap();
        key.as_bytes().to_vec()
    });
    moved.collect()
}
