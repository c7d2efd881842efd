//! When keys were used last, to the hour: noted beside the calls, never in their way.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use crate::{
    comment::{calendar::Hour, ids::KeyId},
    store::{access_keys::MAX_KEYS, connection::Store, error::StoreError},
};

/// Uses that Redis does not know of yet: one hour a key, and no more keys than there can be.
#[derive(Default)]
pub(super) struct Usage {
    pending: Mutex<HashMap<KeyId, Hour>>,
    woken: Notify,
}

impl Usage {
    /// That a key was used in this hour. Asked for once an hour and key.
    pub(super) fn note(&self, id: KeyId, hour: Hour) {
        {
            let mut pending = self.lock();
            if pending.len() < MAX_KEYS || pending.contains_key(&id) {
                pending.insert(id, hour);
            }
        }
        self.woken.notify_one();
    }

    /// Until there is something to write.
    pub(super) async fn woken(&self) {
        self.woken.notified().await;
    }

    /// Writes what there is, one key after the other. What is not written yet, for an error or because the caller waits no
    /// longer, is there for the next time.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub(super) async fn write(&self, store: &Store) -> Result<(), StoreError> {
        while let Some((id, hour)) = self.next() {
            if let Err(error) = store.note_key_use(id, hour.start()).await {
                self.woken.notify_one();
                return Err(error);
            }
            let mut pending = self.lock();
            // It may have been used in another hour meanwhile.
            if pending.get(&id) == Some(&hour) {
                pending.remove(&id);
            }
        }
        Ok(())
    }

    fn next(&self) -> Option<(KeyId, Hour)> {
        let pending = self.lock();
        pending.iter().next().map(|(id, hour)| (*id, *hour))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<KeyId, Hour>> {
        // No code that can panic runs under the lock.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
