//! Who is woken when a queue has something: one of each group, since a group's members look at the same lanes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::Notify;

use crate::comment::lanes::Lanes;

/// One bell a group that has waiters, and none for the others: bounded by the waiters that live.
#[derive(Default)]
pub(super) struct Groups(Mutex<HashMap<Lanes, Weak<Notify>>>);

impl Groups {
    fn all(&self) -> MutexGuard<'_, HashMap<Lanes, Weak<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bell of those who look at the same lanes. It wakes one, and remembers one call while nobody waits.
    pub(super) fn of(&self, lanes: Lanes) -> Arc<Notify> {
        let mut all = self.all();
        if let Some(bell) = all.get(&lanes).and_then(Weak::upgrade) {
            return bell;
        }
        all.retain(|_, bell| bell.strong_count() > 0);
        let bell = Arc::new(Notify::new());
        all.insert(lanes, Arc::downgrade(&bell));
        bell
    }

    /// Wakes one of each group.
    pub(super) fn ring(&self) {
        for bell in self.all().values().filter_map(Weak::upgrade) {
            bell.notify_one();
        }
    }

    /// Wakes everyone.
    pub(super) fn ring_all(&self) {
        for bell in self.all().values().filter_map(Weak::upgrade) {
            bell.notify_waiters();
            // For one that has looked and does not wait yet.
            bell.notify_one();
        }
    }
}
