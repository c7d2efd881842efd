//! Why a restore is not done.

use crate::{
    backup::BackupError,
    store::{error::StoreError, preflight::PreflightError},
};

/// Why a restore is not done. Unless it is [`RestoreError::HalfDone`], nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Redis.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Redis would not keep the data.
    #[error(transparent)]
    Unfit(#[from] PreflightError),
    /// The operating system.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// Hashes would not match.
    #[error(
        "the backup was made with another pepper (fingerprint {backup}) than the configured one ({configured}): no author, ban or limit would be found again. Configure the pepper that belongs to the backup"
    )]
    OtherPepper {
        /// In the backup.
        backup: String,
        /// Here.
        configured: String,
    },
    /// Contacts could not be opened.
    #[error(
        "the backup is sealed to another privacy key (fingerprint {backup}) than the configured one ({configured}). Configure the officer's key that belongs to the backup; if it was replaced since, configure that one as privacy.previous_public_key_file"
    )]
    OtherPrivacyKey {
        /// In the backup.
        backup: String,
        /// Here.
        configured: String,
    },
    /// Services run on it.
    #[error("{0} replica(s) of ReplyDesk work on this Redis: stop all of them first")]
    InUse(u64),
    /// It is somebody else's.
    #[error(
        "this Redis holds the data of another installation (pepper {0}). Use another Redis; if you are sure that it is wanted no more, empty it yourself (`redis-cli FLUSHDB`)"
    )]
    OtherInstallation(String),
    /// One was broken off, or runs.
    #[error(
        "a restore into this Redis was begun and has not finished. If none runs any more, run it again with --erase-target, which empties the database first"
    )]
    Unfinished,
    /// There is something in it.
    #[error(
        "this Redis is not empty: {0} key(s). Use an empty one (or an empty database), or run it again with --erase-target, which deletes all of them first"
    )]
    NotEmpty(u64),
    /// It would not know the values.
    #[error(
        "the backup is of {server}, which writes values in version {needs}, and this Redis takes up to {takes}: restore into the same release of Redis or a newer one"
    )]
    OlderServer {
        /// The backup's.
        server: String,
        /// The version of its values.
        needs: u32,
        /// The newest that the target takes.
        takes: u32,
    },
    /// It would refuse one.
    #[error(
        "the largest value takes {largest} bytes, and this Redis takes {most} at once: run `redis-cli CONFIG SET proto-max-bulk-len {largest}` for the time of the restore (and raise client-query-buffer-limit if that is less)"
    )]
    ValueTooLarge {
        /// In the backup.
        largest: u64,
        /// Here.
        most: u64,
    },
    /// It would be full.
    #[error(
        "the data took {needs} bytes of memory where the backup was made, and this Redis may take {has}: raise maxmemory"
    )]
    TooLittleMemory {
        /// Where the backup was made.
        needs: u64,
        /// Here.
        has: u64,
    },
    /// Somebody else wrote.
    #[error(
        "somebody else wrote to this Redis while the restore began or ran: stop all services and other restores, and run it again with --erase-target"
    )]
    Raced,
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// A part is there.
    #[error(
        "{0}\nThe restore is half done, and no service starts on this Redis. Mend that, and run it again with --erase-target"
    )]
    HalfDone(Box<RestoreError>),
}
