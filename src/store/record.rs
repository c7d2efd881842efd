//! The packed comment: one Redis value, a fixed head that scripts read and write, then a protobuf message.
//!
//! | bytes (little endian) | what |
//! |---|---|
//! | 0 | format, 2 |
//! | 1 | state |
//! | 2-5 | version |
//! | 6 | outcome |
//! | 7-14 | submitted at, milliseconds |
//! | 15-22 | digest of what was sent |
//! | 23 | how many entries of history there are, at most 16 |
//! | 24 | the lane that it waits in, or is held from; 0 for none |
//! | 25 | flags: 1 if it said something else before (`was_changed`), 2 if retention has taken the rest (`was_purged`) |
//! | 26- | `CommentRecord` |
//! | last 40 for each | the entries of its history, the oldest first: see `record/history.rs` |
//!
//! One value instead of a hash halves the memory of a queued comment, and history is only there once something was done:
//! see `docs/decisions/`.

mod contributions;
mod history;

use prost::Message;

use crate::{
    comment::{
        ids::{CommentId, IpHash, KeyedHash, WaveId},
        lane::Lane,
        reason::{Reason, ReasonCode},
        score::{Probability, Score},
        state::{CommentState, Outcome, Timestamp, Version},
        stored::{CommentContent, StoredComment},
    },
    proto::store::{CommentRecord, ReasonRecord},
    store::error::StoreError,
};

/// How long the fixed head is.
pub const HEAD: usize = 26;
const FORMAT: u8 = 2;
/// The flag of a comment that has earlier versions.
const HAS_EARLIER: u8 = 1;
/// The flag of a tombstone that retention left.
const PURGED: u8 = 2;

const UNREADABLE: StoreError = StoreError::Corrupt {
    what: "a stored comment",
};

/// The protobuf part of a comment's value.
#[must_use]
pub fn encode_content(content: &CommentContent) -> Vec<u8> {
    let record = CommentRecord {
        thread_id: content.thread.as_str().to_owned(),
        parent_id: content
            .parent
            .map(|id| id.as_bytes().to_vec())
            .unwrap_or_default(),
        display_name: content.display_name.verbatim().to_owned(),
        website: content.website.clone(),
        account_id: content.account_id.clone(),
        body: content.body.verbatim().to_owned(),
        author: content
            .author
            .map(|hash| hash.as_bytes().to_vec())
            .unwrap_or_default(),
        sealed_contact: content.sealed_contact.clone(),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a probability needs no more than 24 bits"
        )]
        probability: content.score.probability.get() as f32,
        reasons: encode_reasons(&content.reasons),
        contributions: contributions::pack(content.body.verbatim(), &content.score.contributions),
        model: content.score.model,
        lessons: content.score.lessons,
        signals: content.signals.clone(),
        ip: content.ip.map_or(0, ip_number),
        other_ip: content.other_ip.map_or(0, ip_number),
        email: content
            .email
            .map(|hash| hash.as_bytes().to_vec())
            .unwrap_or_default(),
        // `submit.lua` knows it, and appends it.
        wave: 0,
    };
    record.encode_to_vec()
}

/// The same for a comment that is of a wave, as `submit.lua` would write it.
#[must_use]
pub fn encode_of_wave(content: &CommentContent, wave: Option<WaveId>) -> Vec<u8> {
    let mut record = encode_content(content);
    if let Some(wave) = wave {
        let field = CommentRecord {
            wave: wave.get(),
            ..CommentRecord::default()
        };
        record.extend(field.encode_to_vec());
    }
    record
}

/// Reasons as records.
#[must_use]
pub fn encode_reasons(reasons: &[Reason]) -> Vec<ReasonRecord> {
    reasons
        .iter()
        .map(|r| ReasonRecord {
            code: r.code as u32,
            detail: r.detail.clone(),
        })
        .collect()
}

/// Records as reasons; codes of a later release are left out.
#[must_use]
pub fn decode_reasons(records: Vec<ReasonRecord>) -> Vec<Reason> {
    let known = |r: ReasonRecord| {
        Some(Reason {
            code: ReasonCode::from_number(r.code)?,
            detail: r.detail,
        })
    };
    records.into_iter().filter_map(known).collect()
}

/// Reads a comment's value.
///
/// # Errors
/// `Corrupt` if the value is not what we wrote.
pub fn decode(id: CommentId, value: &[u8]) -> Result<StoredComment, StoreError> {
    let (head, rest) = value.split_first_chunk::<HEAD>().ok_or(UNREADABLE)?;
    if head[0] != FORMAT {
        return Err(UNREADABLE);
    }
    let (record, history) = history::split(rest, head[23]).ok_or(UNREADABLE)?;
    let history = history::decode(history).ok_or(UNREADABLE)?;
    let lane = match head[24] {
        0 => None,
        lane => Some(Lane::from_number(lane).ok_or(UNREADABLE)?),
    };
    let record = CommentRecord::decode(record).map_err(|_| UNREADABLE)?;
    Ok(StoredComment {
        id,
        state: CommentState::from_number(head[1]).ok_or(UNREADABLE)?,
        version: Version::new(u32_at(head, 2)).ok_or(UNREADABLE)?,
        outcome: Outcome::from_number(head[6]).ok_or(UNREADABLE)?,
        submitted_at: Timestamp(i64_at(head, 7)),
        digest: bytes_at(head, 15),
        wave: WaveId::new(record.wave),
        content: decode_content(record).ok_or(UNREADABLE)?,
        lane,
        was_changed: head[25] & HAS_EARLIER != 0,
        was_purged: head[25] & PURGED != 0,
        history,
    })
}

/// Reads the protobuf part of a comment's value.
///
/// # Errors
/// `Corrupt` if it is not what we wrote.
pub(super) fn decode_record(record: &[u8]) -> Result<CommentContent, StoreError> {
    let record = CommentRecord::decode(record).map_err(|_| UNREADABLE)?;
    decode_content(record).ok_or(UNREADABLE)
}

fn decode_content(record: CommentRecord) -> Option<CommentContent> {
    let sixteen = |bytes: &[u8]| <[u8; 16]>::try_from(bytes).ok();
    let contributions = contributions::unpack(&record.body, &record.contributions);
    Some(CommentContent {
        thread: record.thread_id.parse().ok()?,
        parent: sixteen(&record.parent_id).map(CommentId::from_bytes),
        display_name: record.display_name.into(),
        website: record.website,
        account_id: record.account_id,
        author: sixteen(&record.author).map(KeyedHash::from_bytes),
        ip: ip_hash(record.ip),
        other_ip: ip_hash(record.other_ip),
        email: sixteen(&record.email).map(KeyedHash::from_bytes),
        sealed_contact: record.sealed_contact,
        reasons: decode_reasons(record.reasons),
        score: Score {
            probability: Probability::new(f64::from(record.probability))?,
            contributions,
            model: record.model,
            lessons: record.lessons,
        },
        signals: record.signals,
        body: record.body.into(),
    })
}

fn ip_number(ip: IpHash) -> u64 {
    u64::from_le_bytes(*ip.as_bytes())
}

fn ip_hash(number: u64) -> Option<IpHash> {
    (number != 0).then(|| IpHash::from_bytes(number.to_le_bytes()))
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes_at(bytes, at))
}

pub(super) fn i64_at(bytes: &[u8], at: usize) -> i64 {
    i64::from_le_bytes(bytes_at(bytes, at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_wave_that_a_script_appends_is_read_and_older_records_have_none() {
        let mut value = vec![FORMAT, 1, 1, 0, 0, 0, 1];
        value.resize(HEAD, 0);
        value.extend(
            CommentRecord {
                thread_id: "tram".to_owned(),
                ..CommentRecord::default()
            }
            .encode_to_vec(),
        );
        let wave = |value: &[u8]| decode(CommentId::from_bytes([1; 16]), value).map(|c| c.wave);
        assert_eq!(wave(&value).unwrap(), None);
        value.extend([112, 0xE7, 0x24]);
        assert_eq!(wave(&value).unwrap(), WaveId::new(4_711));
    }

    proptest! {
        #[test]
        fn no_value_makes_decoding_panic(value in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut value = value;
            if let Some(first) = value.first_mut() {
                *first = FORMAT;
            }
            let _ = decode(CommentId::from_bytes([1; 16]), &value);
        }
    }
}
