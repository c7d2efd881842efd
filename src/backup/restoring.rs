//! Brings a backup back into a Redis: everything is looked at before the first write, and while it is written, a mark keeps
//! services away.

mod allowed;
mod error;

use std::{path::PathBuf, sync::Arc};

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use allowed::{fits, may};
pub use error::RestoreError;

use crate::{
    backup::{
        BackupError, Checked, Progress, blocking,
        checking::{check, of_file, open},
        format::{FormatError, Part},
        rdb::Rdb,
    },
    store::{
        connection::{Store, StoreSettings},
        durability::Durability,
        identity::Identity,
        keys, preflight,
        restore::{Dumped, TargetState},
    },
};

/// What is gathered for one round trip, unless a single value is larger.
const BATCH_BYTES: usize = 1024 * 1024;

/// The same, in keys.
const BATCH_KEYS: usize = 512;

/// A batch from this size on is stored before the next is read: large values lie here once, not thrice.
const LARGE: usize = 16 * BATCH_BYTES;

/// The Redis that a backup goes to.
pub struct Target {
    /// How to reach it.
    pub settings: StoreSettings,
    /// What it must keep, as the service would ask.
    pub durability: Durability,
    /// Whether less is put up with.
    pub allow_unsafe: bool,
    /// The configured secrets, which the backup must fit.
    pub identity: Identity,
    /// Whether everything in its database goes first.
    pub erase: bool,
}

/// A restore to do.
pub struct Restoring {
    /// The backup.
    pub file: PathBuf,
    /// Where it goes.
    pub target: Target,
    /// How far the look at the backup is.
    pub looking: Arc<Progress>,
    /// How far the writing is.
    pub writing: Arc<Progress>,
    /// Breaks it off. What was written by then is marked as half of a backup.
    pub cancelled: CancellationToken,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The backup.
    pub backup: Checked,
    /// How many keys were written.
    pub keys: u64,
    /// How many had expired since the backup, and were not.
    pub expired: u64,
    /// How many keys of other databases were passed over.
    pub other_keys: u64,
}

struct Batch {
    keys: Vec<Dumped>,
    bytes: usize,
    /// Told when it is stored.
    _stored: oneshot::Sender<()>,
}

impl Restoring {
    /// Does it: looks at the whole backup, at the target, and writes.
    ///
    /// # Errors
    /// As [`RestoreError`] says. Before the first write nothing has changed; later, a mark says so, and no service starts.
    pub async fn run(self) -> Result<Restored, RestoreError> {
        let (file, looking) = (self.file.clone(), Arc::clone(&self.looking));
        let checked = blocking(move || check(&file, &looking)).await?;
        fits(&checked, &self.target.identity)?;
        let store = Store::open(self.target.settings.clone()).await?;
        let restored = self.into(&store, checked).await;
        store.shutdown().await;
        restored
    }

    async fn into(self, store: &Store, checked: Checked) -> Result<Restored, RestoreError> {
        let target = &self.target;
        preflight::check(store, target.durability, target.allow_unsafe).await?;
        let state = TargetState::ask(store).await?;
        may(&checked, &state, target.erase)?;
        if self.cancelled.is_cancelled() {
            return Err(RestoreError::Interrupted);
        }
        let name = format!("{:016x}", getrandom::u64().map_err(std::io::Error::other)?);
        if !store.begin_restore(&name, target.erase).await? {
            return Err(RestoreError::Unfinished);
        }
        // Whoever came between the look and the mark is seen now; who comes later sees the mark.
        let again = TargetState::ask(store).await?;
        if again.keys > 0 || again.listeners > 0 {
            store.finish_restore(&name).await?;
            return Err(RestoreError::Raced);
        }
        let written = self.write(store, &checked, state.now_ms).await;
        let (keys, expired) = written.map_err(|error| RestoreError::HalfDone(Box::new(error)))?;
        if !store.finish_restore(&name).await? {
            return Err(RestoreError::Raced);
        }
        let other_keys = checked.end.other_keys;
        Ok(Restored {
            backup: checked,
            keys,
            expired,
            other_keys,
        })
    }

    async fn write(
        &self,
        store: &Store,
        checked: &Checked,
        now_ms: i64,
    ) -> Result<(u64, u64), RestoreError> {
        let (batches, mut ready) = mpsc::channel(1);
        let (file, digest) = (self.file.clone(), checked.digest.clone());
        let writing = Arc::clone(&self.writing);
        let reading = tokio::task::spawn_blocking(move || {
            let mut sorter = Sorter::new(batches, now_ms, writing);
            sorter.read(&file, &digest)?;
            Ok::<_, RestoreError>((sorter.keys, sorter.expired))
        });
        let mut stored = Ok(());
        while let Some(batch) = ready.recv().await {
            let batch: Batch = batch;
            stored = match self.cancelled.is_cancelled() {
                true => Err(RestoreError::Interrupted),
                false => store.put_dumped(&batch.keys).await.map_err(Into::into),
            };
            if stored.is_err() {
                break;
            }
        }
        // Without a receiver, the reader ends by itself.
        drop(ready);
        let read = reading
            .await
            .map_err(|error| BackupError::BrokenOff(error.to_string()));
        stored?;
        read?
    }
}

/// Reads the backup for the second time, and hands on what is to be written.
struct Sorter {
    batches: mpsc::Sender<Batch>,
    now_ms: i64,
    progress: Arc<Progress>,
    gathered: Vec<Dumped>,
    bytes: usize,
    keys: u64,
    expired: u64,
}

impl Sorter {
    fn new(batches: mpsc::Sender<Batch>, now_ms: i64, progress: Arc<Progress>) -> Self {
        Self {
            batches,
            now_ms,
            progress,
            gathered: Vec::new(),
            bytes: 0,
            keys: 0,
            expired: 0,
        }
    }

    fn read(&mut self, file: &std::path::Path, digest: &str) -> Result<(), RestoreError> {
        let mut reader = open(file)?;
        let mut before = 0;
        while let Part::Source(source) = reader.next_part().map_err(BackupError::from)? {
            let mut rdb = Rdb::open(&mut reader, true).map_err(of_file)?;
            while let Some(entry) = rdb.next_entry().map_err(of_file)? {
                if entry.database == source.database {
                    self.take(entry)?;
                }
                self.progress.is(before + rdb.position(), self.keys);
            }
            before += rdb.position();
        }
        self.hand_on()?;
        if reader.digest() == digest {
            return Ok(());
        }
        // Not the file that was looked at.
        let (at, what) = (reader.position(), "it was changed meanwhile");
        Err(BackupError::from(FormatError::Wrong { at, what }).into())
    }

    fn take(&mut self, entry: crate::backup::rdb::Entry) -> Result<(), RestoreError> {
        // Both are made anew by whoever needs them.
        if keys::is_probe(&entry.key) || entry.key == keys::restore() {
            return Ok(());
        }
        if entry.expires_at_ms.is_some_and(|at| at <= self.now_ms) {
            self.expired += 1;
            return Ok(());
        }
        let dump = entry.dump.unwrap_or_default();
        if self.bytes + dump.len() > BATCH_BYTES || self.gathered.len() == BATCH_KEYS {
            self.hand_on()?;
        }
        self.keys += 1;
        self.bytes += dump.len() + entry.key.len();
        self.gathered.push(Dumped {
            key: entry.key,
            expires_at_ms: entry.expires_at_ms,
            dump,
        });
        Ok(())
    }

    fn hand_on(&mut self) -> Result<(), RestoreError> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let (stored, when_stored) = oneshot::channel();
        let batch = Batch {
            keys: std::mem::take(&mut self.gathered),
            bytes: std::mem::take(&mut self.bytes),
            _stored: stored,
        };
        let is_large = batch.bytes >= LARGE;
        let sent = self.batches.blocking_send(batch);
        // Whoever stores has ended, and says why.
        sent.map_err(|_| RestoreError::Interrupted)?;
        if is_large {
            // It is dropped once it is stored, which is all that there is to wait for.
            let _ = when_stored.blocking_recv();
        }
        Ok(())
    }
}
