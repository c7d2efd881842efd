//! Where in the log a time begins, found in few reads however long the log is.

use crate::{
    comment::state::Timestamp,
    store::{audit::AuditLog, connection::Store, error::StoreError},
};

/// Into so many parts a stretch is divided by one read.
const PARTS: u64 = 16;
/// More reads than any log takes: 16^16 is the number of sequences that there are. Rounding costs some.
const MOST_READS: usize = 20;

/// The sequence of the first entry at or after a time; the one behind the last entry if there is none. Looks at the log's
/// ends in one read, and at 15 entries in each further one: one read for 16 entries, two for 256, five for a million.
///
/// # Errors
/// As [`StoreError`] says.
pub(super) async fn seek(
    store: &Store,
    log: &AuditLog,
    time: Timestamp,
) -> Result<u64, StoreError> {
    let Some((first, last)) = store.audit_ends(log).await? else {
        return Ok(1);
    };
    if first.at >= time {
        return Ok(first.sequence);
    }
    if last.at < time {
        return Ok(last.sequence.saturating_add(1));
    }
    // The entry `before` is before that time, and `after` is not.
    let (mut before, mut after) = (first.sequence, last.sequence);
    for _ in 0..MOST_READS {
        let between = probes(before, after);
        if between.is_empty() {
            break;
        }
        // What is trimmed meanwhile is missing at the beginning alone.
        for entry in store.audit_at(log, &between).await? {
            if entry.at >= time {
                after = entry.sequence;
                break;
            }
            before = entry.sequence;
        }
    }
    Ok(after)
}

/// At most 15 sequences between two, about equally far from each other.
fn probes(before: u64, after: u64) -> Vec<u64> {
    let step = after.saturating_sub(before).div_ceil(PARTS).max(1);
    let steps = (1..PARTS).map_while(|n| before.checked_add(step.checked_mul(n)?));
    steps.take_while(|sequence| *sequence < after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_close_in_on_a_place_in_few_steps() {
        assert_eq!(probes(7, 8), [0; 0]);
        assert_eq!(probes(7, 9), [8]);
        assert_eq!(probes(0, 16), (1..16).collect::<Vec<_>>());
        for wanted in [1, 2, 999, 1_000_000, u64::MAX - 1] {
            let (mut before, mut after, mut reads) = (0, u64::MAX, 0);
            loop {
                let between = probes(before, after);
                assert!(between.len() < 16);
                if between.is_empty() {
                    break;
                }
                reads += 1;
                let found = between.iter().position(|sequence| *sequence >= wanted);
                let index = found.unwrap_or(between.len());
                before = index.checked_sub(1).map_or(before, |below| between[below]);
                after = between.get(index).copied().unwrap_or(after);
            }
            assert_eq!(after, wanted);
            assert!(reads <= MOST_READS, "{reads}");
        }
    }
}
