//! What imports leave in Redis.

use std::collections::BTreeMap;

/// What a site has learnt and will learn: hashes and sets as they are, lessons in order.
#[derive(Debug, PartialEq)]
pub struct Learnt {
    keys: BTreeMap<Vec<u8>, Vec<Vec<u8>>>,
    pub lessons: Vec<Vec<u8>>,
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
    let stream: redis::streams::StreamRangeReply = redis::cmd("XRANGE")
        .arg(format!("{own}il"))
        .arg(&["-", "+"])
        .query(look)
        .unwrap();
    let sequences = stream.ids.iter().map(|entry| {
        let (sequence, bits) = entry.id.split_once('-').unwrap();
        assert!(bits.parse::<u16>().is_ok());
        sequence.parse::<usize>().unwrap()
    });
    assert!(sequences.eq(1..=stream.ids.len()), "the ids are dense");
    let lessons = stream.ids.iter();
    Learnt {
        keys,
        lessons: lessons.map(|entry| entry.get("l").unwrap()).collect(),
    }
}
