//! The audit log as people read it: filtered pages of bounded cost.

use crate::{
    comment::audit::{AuditEntry, AuditFilter},
    store::{
        audit::{AuditLog, AuditOrder},
        connection::Store,
        error::StoreError,
    },
};

/// How many entries one page looks at, at most.
const LOOKED_AT: usize = 2_000;
/// How many are read at once.
const STRETCH: usize = 200;

/// The log of a store. Cheap to clone.
#[derive(Clone)]
pub struct Audit {
    store: Store,
}

/// Some entries, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// Those that the filter takes; may be none.
    pub entries: Vec<AuditEntry>,
    /// The sequence of the last entry that was looked at; `None` at the log's end.
    pub next: Option<u64>,
}

impl Audit {
    /// The log of this store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// At most `count` entries that the filter takes, after a sequence in this order. Looks at 2,000 entries at most, in
    /// ten reads.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn page(
        &self,
        log: &AuditLog,
        filter: &AuditFilter,
        order: AuditOrder,
        after: Option<u64>,
        count: usize,
    ) -> Result<AuditPage, StoreError> {
        let (mut after, mut entries) = (after, Vec::new());
        for _ in 0..LOOKED_AT / STRETCH {
            let read = self.store.audit_entries(log, order, after, STRETCH).await?;
            let is_last = read.len() < STRETCH;
            for entry in read {
                if entries.len() == count || past_end(&entry, filter, order) {
                    let next = after.filter(|_| entries.len() == count);
                    return Ok(AuditPage { entries, next });
                }
                after = Some(entry.sequence);
                if filter.takes(&entry) {
                    entries.push(entry);
                }
            }
            if is_last {
                return Ok(AuditPage {
                    entries,
                    next: None,
                });
            }
        }
        Ok(AuditPage {
            entries,
            next: after,
        })
    }
}

/// Times rise with sequences, so nothing behind such an entry is taken.
fn past_end(entry: &AuditEntry, filter: &AuditFilter, order: AuditOrder) -> bool {
    match order {
        AuditOrder::OldestFirst => filter.before.is_some_and(|before| entry.at >= before),
        AuditOrder::NewestFirst => filter.since.is_some_and(|since| entry.at < since),
    }
}
