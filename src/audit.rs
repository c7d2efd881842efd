//! The audit log as people read it: filtered pages of bounded cost.

mod seek;

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

    /// At most `count` entries that the filter takes, after a sequence in this order; without one from where the filter's
    /// time begins. Looks at 2,000 entries at most, in ten reads, and finds a beginning in a few more.
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
        let mut after = match after {
            Some(after) => Some(after),
            None => self.beginning(log, filter, order).await?,
        };
        let deeds = self.deeds(log, filter).await?;
        let mut entries = Vec::new();
        for _ in 0..LOOKED_AT / STRETCH {
            let read = self.store.audit_entries(log, order, after, STRETCH).await?;
            let is_last =
                read.len() < STRETCH || read.iter().all(|entry| is_past_end(entry, filter, order));
            for entry in read {
                if entries.len() == count {
                    return Ok(AuditPage {
                        entries,
                        next: after,
                    });
                }
                after = Some(entry.sequence);
                if filter.takes(&entry, &deeds) {
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

    /// The entries that the wanted comment's record names: its last sixteen deeds.
    async fn deeds(&self, log: &AuditLog, filter: &AuditFilter) -> Result<Vec<u64>, StoreError> {
        let (AuditLog::Site(site), Some(comment)) = (log, filter.comment) else {
            return Ok(Vec::new());
        };
        let comment = self.store.comment(site, comment).await?;
        let history = comment.map(|comment| comment.history).unwrap_or_default();
        let deeds = history.entries().iter().map(|deed| deed.audit);
        Ok(deeds.collect())
    }

    /// After which sequence to begin; `None` for the order's own beginning.
    async fn beginning(
        &self,
        log: &AuditLog,
        filter: &AuditFilter,
        order: AuditOrder,
    ) -> Result<Option<u64>, StoreError> {
        let time = match order {
            AuditOrder::OldestFirst => filter.since,
            AuditOrder::NewestFirst => filter.before,
        };
        let Some(time) = time else {
            return Ok(None);
        };
        let first = seek::seek(&self.store, log, time).await?;
        // Times rise with sequences, but where the clock was set back: so a stretch more is looked at.
        let margin = STRETCH as u64;
        Ok(match order {
            AuditOrder::OldestFirst => first.checked_sub(margin + 1),
            AuditOrder::NewestFirst => first.checked_add(margin),
        })
    }
}

/// Times rise with sequences, so behind a stretch of such entries nothing is taken; a single one can be from before the
/// clock was set back.
fn is_past_end(entry: &AuditEntry, filter: &AuditFilter, order: AuditOrder) -> bool {
    match order {
        AuditOrder::OldestFirst => filter.before.is_some_and(|before| entry.at >= before),
        AuditOrder::NewestFirst => filter.since.is_some_and(|since| entry.at < since),
    }
}
