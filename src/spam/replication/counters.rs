//! What happened to lessons, log and snapshots since this replica started.

use std::sync::atomic::{AtomicU64, Ordering};

/// One count.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(super) fn one(&self) {
        self.add(1);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

macro_rules! counters {
    ($($(#[doc = $meaning:literal])+ $name:ident,)+) => {
        /// The counts as they grow.
        #[derive(Debug, Default)]
        pub struct Counters {
            $($(#[doc = $meaning])+ pub $name: Counter,)+
        }

        /// The counts at one moment.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Counts {
            $($(#[doc = $meaning])+ pub $name: u64,)+
        }

        impl Counts {
            /// Each with its name.
            #[must_use]
            pub fn named(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name),)+]
            }
        }

        impl Counters {
            /// As they are now; each by itself, not all at one instant.
            #[must_use]
            pub fn read(&self) -> Counts {
                Counts { $($name: self.$name.get(),)+ }
            }
        }
    };
}

counters! {
    /// Lessons that this replica appended to the log as the trainer.
    appended,
    /// Decisions that could teach nothing, since their comment is gone or cannot be read.
    comments_gone,
    /// Times that a site's feed did not reach back to its cursor, or its imported lessons had a gap.
    sources_cut,
    /// Imported lessons that are none.
    imports_corrupt,
    /// Entries of the log that this replica passed over, since they are not what was written.
    entries_corrupt,
    /// Snapshots that this replica could not use.
    snapshots_corrupt,
    /// Times that this replica's log did not go on, so that it loaded a snapshot.
    reloads,
    /// Gaps in the log that this replica had to cross.
    gaps,
    /// Times that this replica's model was another than the snapshot's at the same place.
    diverged,
    /// Snapshots that this replica kept as the trainer.
    snapshots,
    /// Entries that this replica trimmed as the trainer.
    trimmed,
    /// Times that this replica became the trainer.
    tenures,
}
