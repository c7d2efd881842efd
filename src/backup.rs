//! Backups: a snapshot of Redis in a file of ours, checked from end to end, and back.
//!
//! A backup is what Redis itself writes of one moment, in frames that are chained by SHA-256 and end with an end. It is
//! read through while it is written, so that a backup that was made is one that can be restored; a restore reads it through
//! before it writes anything. What is sealed stays sealed: nothing here knows a key. The format is in
//! `docs/decisions/0030-a-backup-is-redis-own-snapshot.md`.

mod checking;
pub mod format;
pub mod rdb;
mod restoring;
mod taking;

use std::{
    io,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

pub use checking::{Checked, check};
pub use format::head::{End, Head, SourceHead};
pub use restoring::{RestoreError, Restored, Restoring, Target};
pub use taking::{Destination, Taken, Taking};

use crate::store::{error::StoreError, schema::SchemaError, snapshot::SnapshotError};
use format::FormatError;
use rdb::RdbError;

/// Why there is no backup, or why it cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Redis.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its snapshot.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// What the snapshot holds.
    #[error(transparent)]
    Rdb(#[from] RdbError),
    /// The file's own form.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// Written by a later release, or half restored.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// Another program's Redis, or an empty one.
    #[error(
        "this Redis holds no data of ReplyDesk (database {0}): nothing is backed up. Is store.redis_url the right one?"
    )]
    NothingThere(u64),
    /// The file that was to be written.
    #[error("{path} cannot be {verb}: {error}", path = .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// `written`, `read`, …
        verb: &'static str,
        /// Why.
        error: io::Error,
    },
    /// Standard output.
    #[error("the backup cannot be written: {0}")]
    Output(io::Error),
    /// The work ended in disorder.
    #[error("the work was broken off: {0}")]
    BrokenOff(String),
}

/// How far a backup or a restore is, for whoever watches.
#[derive(Debug, Default)]
pub struct Progress {
    bytes: AtomicU64,
    keys: AtomicU64,
}

impl Progress {
    /// Of the snapshot, so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Keys so far.
    #[must_use]
    pub fn keys(&self) -> u64 {
        self.keys.load(Ordering::Relaxed)
    }

    fn is(&self, bytes: u64, keys: u64) {
        self.bytes.store(bytes, Ordering::Relaxed);
        self.keys.store(keys, Ordering::Relaxed);
    }
}

/// Runs what blocks where it may, and waits for its end.
async fn blocking<T: Send + 'static, E: Send + From<BackupError> + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(BackupError::BrokenOff(error.to_string()).into()),
    }
}
