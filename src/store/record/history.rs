//! The history at the end of a comment's value, as `scripts/parts/change.lua` writes it.
//!
//! | bytes (little endian) | what |
//! |---|---|
//! | 0-3 | the version that it made, or was done at |
//! | 4 | what was done |
//! | 5 | 1 while a ruling is in force, 2 while one is that teaches the model nothing |
//! | 6-13 | whose access key |
//! | 14-21 | when, milliseconds |
//! | 22-29 | its entry in the audit log |
//! | 30 | the state before |
//! | 31 | the lane before, 0 for none |
//! | 32-39 | when it was due there, milliseconds, a double |

use super::{bytes_at, i64_at, u32_at};
use crate::comment::{
    history::{Deed, Entry, History},
    ids::KeyId,
    lane::Lane,
    state::{CommentState, Timestamp, Version},
};

const ENTRY: usize = 40;

/// The record and the history behind it, by the number of entries; `None` if there are not so many.
pub(super) fn split(rest: &[u8], entries: u8) -> Option<(&[u8], &[u8])> {
    let history = usize::from(entries) * ENTRY;
    rest.split_at_checked(rest.len().checked_sub(history)?)
}

pub(super) fn decode(bytes: &[u8]) -> Option<History> {
    let (entries, rest) = bytes.as_chunks::<ENTRY>();
    let entries: Option<Vec<Entry>> = entries.iter().map(decode_entry).collect();
    rest.is_empty().then(|| entries.map(History::new))?
}

fn decode_entry(bytes: &[u8; ENTRY]) -> Option<Entry> {
    Some(Entry {
        version: Version::new(u32_at(bytes, 0))?,
        deed: Deed::from_number(bytes[4])?,
        in_force: bytes[5] > 0,
        by: KeyId::from_bytes(bytes_at(bytes, 6)),
        at: Timestamp(i64_at(bytes, 14)),
        audit: u64::try_from(i64_at(bytes, 22)).ok()?,
        state_before: CommentState::from_number(bytes[30])?,
        lane_before: Lane::from_number(bytes[31]),
    })
}
