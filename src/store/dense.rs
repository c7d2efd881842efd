//! Streams with dense, verified ids: `<sequence>-<16 random bits>`, the sequence one higher each time.
//!
//! Redis passes over trimmed entries in silence, and after a fail-over that lost the tail it gives ids out again. So a
//! read starts *at* the last entry that was seen: if that is gone or another, or a sequence is missing, it shows.

use redis::Cmd;

use crate::comment::event::Cursor;

/// Reads what comes after a cursor, and the cursor's own entry before it; `None` reads from the oldest entry.
pub(super) fn range(key: Vec<u8>, after: Option<Cursor>, count: usize) -> Cmd {
    let at_entry = is_at_entry(after);
    let low = match after {
        Some(cursor) if at_entry => cursor.to_string(),
        Some(_) | None => "-".to_owned(),
    };
    let mut range = redis::cmd("XRANGE");
    range.arg(key).arg(low).arg("+").arg("COUNT");
    range.arg(count + usize::from(at_entry));
    range
}

/// Whether a read after this cursor starts with the cursor's own entry.
pub(super) fn is_at_entry(after: Option<Cursor>) -> bool {
    !matches!(after, None | Some(Cursor::START))
}

/// How many of the ids that [`range`] found go on from the cursor without a gap, its own not counted; `None` if they
/// don't even start where it says.
pub(super) fn run(after: Option<Cursor>, found: &[Cursor]) -> Option<usize> {
    let (first, rest) = match after {
        None => match found.split_first() {
            Some((first, _)) => (first.sequence(), found),
            None => return Some(0),
        },
        Some(Cursor::START) => (1, found),
        Some(cursor) => match found.split_first() {
            Some((first, rest)) if *first == cursor => (cursor.sequence().saturating_add(1), rest),
            Some(_) | None => return None,
        },
    };
    // Ids first: behind the end of all numbers comes no number, and no id asks for one.
    let dense = rest
        .iter()
        .zip(first..)
        .take_while(|(id, expected)| id.sequence() == *expected);
    match dense.count() {
        0 if !rest.is_empty() => None,
        count => Some(count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(texts: &str) -> Vec<Cursor> {
        texts
            .split_whitespace()
            .map(|id| id.parse().unwrap())
            .collect()
    }

    #[test]
    fn a_gap_or_another_entry_is_noticed() {
        for (after, found, expected) in [
            ("", "", Some(0)),
            ("", "5-1 6-7", Some(2)),
            ("", "5-1 7-7", Some(1)),
            ("0-0", "", Some(0)),
            ("0-0", "1-9 2-8", Some(2)),
            ("0-0", "2-8", None),
            ("4-1", "4-1", Some(0)),
            ("4-1", "4-1 5-3 6-0", Some(2)),
            ("4-1", "4-1 5-3 7-0", Some(1)),
            ("4-1", "4-1 6-0", None),
            ("4-1", "4-2 5-3", None),
            ("4-1", "5-3", None),
            ("4-1", "", None),
            ("18446744073709551615-1", "18446744073709551615-1", Some(0)),
        ] {
            let after_cursor = ids(after).first().copied();
            assert_eq!(run(after_cursor, &ids(found)), expected, "{after}: {found}");
        }
    }
}
