//! The tally, as the blog, the moderators, the feed's reader and the progress line share it.

use std::sync::{Arc, Mutex, PoisonError};

use super::tally::Tally;

/// Cheap to clone. The lock is held for the length of one closure, never across an await.
#[derive(Debug, Clone, Default)]
pub struct Shared(Arc<Mutex<Tally>>);

impl Shared {
    /// For so many comments.
    #[must_use]
    pub fn new(total: usize) -> Self {
        Self(Arc::new(Mutex::new(Tally::new(total))))
    }

    /// Reads or changes it.
    pub fn with<T>(&self, what: impl FnOnce(&mut Tally) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
