//! How far each source is taught, as the trainer knows it.

use std::collections::{HashMap, HashSet};

use crate::{
    comment::{event::Cursor, ids::SiteId},
    store::{connection::Store, error::StoreError, model_log::LessonSource},
};

/// A cursor is written after so many events without a lesson; until then only the trainer knows it.
const PASSED: u64 = 1_000;

/// How far a source is taught.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// As Redis has it.
    pub(super) written: Option<Cursor>,
    /// As it is: only what teaches nothing lies between.
    pub(super) at: Option<Cursor>,
}

impl Place {
    /// Whether a cursor without lessons need not be written yet.
    pub(super) fn may_wait(&self, to: Cursor) -> bool {
        let written = self.written.map_or(0, Cursor::sequence);
        to.sequence().abs_diff(written) < PASSED
    }
}

/// All sources. Bounded by the sites, two for each.
#[derive(Debug, Default)]
pub(super) struct Places {
    known: HashMap<LessonSource, Place>,
    /// Sources that can't be read. They are told once, and looked at again by the next trainer.
    unreadable: HashSet<LessonSource>,
}

impl Places {
    /// As Redis has them.
    pub(super) async fn read(store: &Store) -> Result<Self, StoreError> {
        let mut places = Self::default();
        for (source, cursor) in store.lesson_cursors().await? {
            if cursor.is_some() {
                places.written(&source, cursor);
            } else {
                tracing::error!(?source, "model.cursor_unreadable");
                places.unreadable.insert(source);
            }
        }
        Ok(places)
    }

    /// Sites with imported lessons that are taught, and up to where.
    pub(super) fn imported(&self) -> Vec<(SiteId, Cursor)> {
        let taught = self
            .known
            .iter()
            .filter_map(|(source, place)| match source {
                LessonSource::Import(site) => Some((site.clone(), place.written?)),
                LessonSource::Decisions(_) => None,
            });
        taught.collect()
    }

    /// `None` for a source that can't be read.
    pub(super) fn of(&self, source: &LessonSource) -> Option<Place> {
        if self.unreadable.contains(source) {
            return None;
        }
        Some(self.known.get(source).copied().unwrap_or_default())
    }

    /// Whether a source has something, by its last sequence.
    pub(super) fn is_behind(&self, source: &LessonSource, head: u64) -> bool {
        let place = self.of(source);
        place.is_some_and(|place| place.at.map_or(0, Cursor::sequence) != head)
    }

    /// Up to here nothing more was to be taught; Redis does not know yet.
    pub(super) fn passed(&mut self, source: &LessonSource, to: Cursor) {
        self.known.entry(source.clone()).or_default().at = Some(to);
    }

    /// Redis has this cursor.
    pub(super) fn written(&mut self, source: &LessonSource, to: Option<Cursor>) {
        let place = Place {
            written: to,
            at: to,
        };
        self.known.insert(source.clone(), place);
    }

    pub(super) fn is_unreadable(&mut self, source: LessonSource) {
        self.unreadable.insert(source);
    }
}
