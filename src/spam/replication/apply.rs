//! Entries of the log, applied to a model. No I/O: it runs where it blocks nobody.

use crate::{
    comment::event::Cursor,
    spam::{lesson::Lesson, model::Model},
    store::model_log::{EntryContent, LogEntry},
};

/// A model at a mark of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AtMark {
    pub(super) position: Cursor,
    pub(super) digest: [u8; 32],
    /// For a snapshot, where one is wanted.
    pub(super) snapshot: Option<Vec<u8>>,
}

/// What applying some entries made.
pub(super) struct Applied {
    pub(super) model: Model,
    /// The last mark among them.
    pub(super) mark: Option<AtMark>,
    /// Entries that were passed over.
    pub(super) corrupt: Vec<Cursor>,
}

/// Applies entries in order. A corrupt one is passed over, by every replica in the same way.
pub(super) fn apply(mut model: Model, entries: &[LogEntry], want_snapshot: bool) -> Applied {
    let (mut mark, mut corrupt) = (None, Vec::new());
    for entry in entries {
        let lesson = match &entry.content {
            EntryContent::Lesson(bytes) => Lesson::from_bytes(bytes).ok(),
            EntryContent::Mark => {
                mark = Some(AtMark {
                    position: entry.position,
                    digest: model.digest(),
                    snapshot: want_snapshot.then(|| model.to_snapshot()),
                });
                continue;
            }
            EntryContent::Corrupt => None,
        };
        match lesson {
            Some(lesson) => model.learn(&lesson),
            None => corrupt.push(entry.position),
        }
    }
    Applied {
        model,
        mark,
        corrupt,
    }
}
