//! Counts of comments by state, as the hashes of sites, threads and authors have them: one field for each state's number.

use crate::comment::{observed::AuthorHistory, state::Timestamp};

/// The fields of an author's hash, in the order in which they are read; the first six are those of every count by state.
pub(super) const AUTHOR_FIELDS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "f", "v", "st", "su"];

/// Counts in the order of `CommentState::ALL`; what is missing is zero.
pub(super) fn by_state(fields: impl IntoIterator<Item = Option<i64>>) -> [u32; 6] {
    let mut counts = [0; 6];
    for (count, field) in counts.iter_mut().zip(fields) {
        *count = field.map_or(0, saturate);
    }
    counts
}

/// An author's counts and first sight from the fields of [`AUTHOR_FIELDS`].
pub(super) fn history(fields: &[Option<i64>]) -> AuthorHistory {
    let counts = by_state(fields.iter().copied());
    AuthorHistory::new(counts, fields.get(6).copied().flatten().map(Timestamp))
}

/// A count from Redis: none is below zero, and none that matters is above.
pub(super) fn saturate(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}
