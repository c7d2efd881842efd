//! What imports leave in Redis.

use std::collections::BTreeMap;

/// What is imported stays where it can be looked at.
pub const NOBODY_TRAINS: &[(&str, &str)] = &[("learning.trainer", "false")];

/// What a site knows from imports: hashes and sets as they are.
#[derive(Debug, PartialEq)]
pub struct Learnt {
    keys: BTreeMap<Vec<u8>, Vec<Vec<u8>>>,
    /// How many lessons were left for the trainer, ever.
    pub lessons: u64,
}

impl Learnt {
    /// What is kept of each author, in no order.
    pub fn histories(&self) -> Vec<&Vec<Vec<u8>>> {
        let authors = self.keys.iter().filter(|(key, _)| key.starts_with(b"a:"));
        let mut histories: Vec<_> = authors.map(|(_, value)| value).collect();
        histories.sort();
        histories
    }

    /// How many comments are known to have been imported.
    pub fn markers(&self) -> usize {
        let sets = self.keys.iter().filter(|(key, _)| key.starts_with(b"im:"));
        sets.map(|(_, members)| members.len()).sum()
    }
}

fn every_key(look: &mut redis::Connection) -> Vec<Vec<u8>> {
    redis::cmd("KEYS").arg("*").query(look).unwrap()
}

pub fn learnt(look: &mut redis::Connection, site: &str) -> Learnt {
    let mut keys = BTreeMap::new();
    let own = format!("{{{site}}}:");
    for key in every_key(look) {
        let Some(rest) = key.strip_prefix(own.as_bytes()) else {
            continue;
        };
        let read = match rest {
            [b'a', b':', ..] => "HGETALL",
            [b'i', b'm', b':', ..] => "SMEMBERS",
            _ => continue,
        };
        let mut value: Vec<Vec<u8>> = redis::cmd(read).arg(&key).query(look).unwrap();
        // Neither has an order.
        value.sort();
        keys.insert(rest.to_vec(), value);
    }
    let taught: Option<u64> = redis::cmd("HGET")
        .arg(format!("{own}n"))
        .arg("il")
        .query(look)
        .unwrap();
    Learnt {
        keys,
        lessons: taught.unwrap_or(0),
    }
}
