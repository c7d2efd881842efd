//! Snapshots of the model with their place in the log: the typed twin of `model_snapshot.lua`.
//!
//! A snapshot's value, little endian: `RDSNAP1` and a zero byte, the place's sequence (u64) and bits (u16), the SHA-256
//! of the place and the model's bytes, and the model's bytes.

use sha2::{Digest, Sha256};

use crate::{
    comment::{event::Cursor, lease::LeaseToken, state::Timestamp},
    store::{
        connection::Store,
        error::StoreError,
        keys,
        reply::unexpected,
        script::{Script, ScriptCall},
    },
};

static SNAPSHOT: Script = Script::new(
    "model_snapshot.lua",
    include_str!("scripts/model_snapshot.lua"),
);

const MAGIC: &[u8; 8] = b"RDSNAP1\0";
const PLACE: usize = 10;
const CHECKSUM: usize = 32;

/// A model at a place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last entry that the model has learnt.
    pub position: Cursor,
    /// The model, opaque here.
    pub model: Vec<u8>,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The newest.
    Newest,
    /// The one before it.
    Before,
}

/// What a read found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundSnapshot {
    /// None was kept.
    None,
    /// Not what was kept.
    Corrupt,
    /// A snapshot whose checksum is right.
    Whole(Snapshot),
}

/// What became of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// It is the newest now.
    Kept,
    /// Another is the trainer.
    LeaseLost,
    /// One as new is kept, or the log has not its place any more.
    Outdated,
}

/// How log and snapshots stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogState {
    /// The log's last sequence; 0 before the first lesson.
    pub last: u64,
    /// The last one that was a lesson and no mark.
    pub last_lesson: u64,
    /// Where the newest snapshot was made.
    pub snapshot: Option<Cursor>,
    /// Where the one before it was made.
    pub snapshot_before: Option<Cursor>,
    /// When the newest was kept.
    pub kept_at: Option<Timestamp>,
    /// The digest of the newest's model.
    pub digest: Option<[u8; 32]>,
    /// Whether a replica holds the trainer's lease, or held it last.
    pub has_trainer: bool,
    /// Redis's time at the read.
    pub now: Timestamp,
}

impl Store {
    /// Keeps a snapshot, if it is newer than what is kept.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be kept, and the same again is then outdated.
    pub async fn keep_snapshot(
        &self,
        token: LeaseToken,
        snapshot: &Snapshot,
        digest: [u8; 32],
    ) -> Result<Keeping, StoreError> {
        let call = ScriptCall::new()
            .key(keys::model())
            .key(keys::model_snapshot())
            .key(keys::model_snapshot_before())
            .key(keys::model_log())
            .arg(&token.as_bytes()[..])
            .arg(encode(snapshot))
            .arg(snapshot.position.to_string())
            .arg(&digest[..]);
        Ok(match self.call::<u8>(&SNAPSHOT, &call).await? {
            0 => Keeping::LeaseLost,
            1 => Keeping::Kept,
            2 => Keeping::Outdated,
            _ => return Err(unexpected()),
        })
    }

    /// One of the two snapshots.
    ///
    /// # Errors
    /// As [`StoreError`] says; a damaged one is a value, not an error.
    pub async fn snapshot(&self, which: Which) -> Result<FoundSnapshot, StoreError> {
        let key = match which {
            Which::Newest => keys::model_snapshot(),
            Which::Before => keys::model_snapshot_before(),
        };
        let value: Option<Vec<u8>> = self.query(redis::cmd("GET").arg(key)).await?;
        Ok(match value {
            None => FoundSnapshot::None,
            Some(value) => decode(&value).map_or(FoundSnapshot::Corrupt, FoundSnapshot::Whole),
        })
    }

    /// How log and snapshots stand.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn log_state(&self) -> Result<LogState, StoreError> {
        const FIELDS: [&str; 7] = [
            "seq",
            "taught",
            "place",
            "place_before",
            "kept",
            "digest",
            "holder",
        ];
        let mut pipe = redis::pipe();
        pipe.cmd("HMGET").arg(keys::model()).arg(&FIELDS[..]);
        pipe.cmd("TIME");
        type State = (Vec<Option<Vec<u8>>>, (i64, i64));
        let (fields, (seconds, micros)): State = self.pipeline(&pipe).await?;
        let field = |at: usize| fields.get(at).and_then(Option::as_deref);
        let text = |at: usize| field(at).and_then(|bytes| std::str::from_utf8(bytes).ok());
        let number = |at: usize| text(at).and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(LogState {
            last: number(0),
            last_lesson: number(1),
            snapshot: text(2).and_then(|text| text.parse().ok()),
            snapshot_before: text(3).and_then(|text| text.parse().ok()),
            kept_at: text(4).and_then(|text| text.parse().ok()).map(Timestamp),
            digest: field(5).and_then(|bytes| bytes.try_into().ok()),
            has_trainer: field(6).is_some(),
            now: Timestamp(seconds * 1_000 + micros / 1_000),
        })
    }
}

fn place(position: Cursor) -> [u8; PLACE] {
    let mut place = [0; PLACE];
    place[..8].copy_from_slice(&position.sequence().to_le_bytes());
    place[8..].copy_from_slice(&position.bits().to_le_bytes());
    place
}

fn checksum(place: &[u8], model: &[u8]) -> [u8; CHECKSUM] {
    Sha256::new_with_prefix(place)
        .chain_update(model)
        .finalize()
        .into()
}

fn encode(snapshot: &Snapshot) -> Vec<u8> {
    let mut out = Vec::with_capacity(MAGIC.len() + PLACE + CHECKSUM + snapshot.model.len());
    let place = place(snapshot.position);
    out.extend(MAGIC);
    out.extend(place);
    out.extend(checksum(&place, &snapshot.model));
    out.extend(&snapshot.model);
    out
}

fn decode(value: &[u8]) -> Option<Snapshot> {
    let (magic, rest) = value.split_first_chunk::<8>()?;
    let (at, rest) = rest.split_first_chunk::<PLACE>()?;
    let (sum, model) = rest.split_first_chunk::<CHECKSUM>()?;
    if magic != MAGIC || *sum != checksum(at, model) {
        return None;
    }
    let (sequence, bits) = at.split_first_chunk::<8>()?;
    let position = Cursor::new(
        u64::from_le_bytes(*sequence),
        u16::from_le_bytes(bits.try_into().ok()?),
    );
    Some(Snapshot {
        position,
        model: model.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_makes_a_snapshot_corrupt() {
        let snapshot = Snapshot {
            position: Cursor::new(7, 9),
            model: b"weights".to_vec(),
        };
        let value = encode(&snapshot);
        assert_eq!(decode(&value), Some(snapshot));
        for at in 0..value.len() {
            let mut changed = value.clone();
            changed[at] ^= 1;
            assert_eq!(decode(&changed), None, "byte {at}");
            assert_eq!(decode(&value[..at]), None, "cut at {at}");
        }
    }
}
