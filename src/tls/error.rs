//! What is wrong with a file of certificates.

use std::{io, path::PathBuf};

use crate::access::identities::IdentitiesError;

/// What is wrong with a file. Never says what stands in it.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// It is not there, or may not be read.
    #[error("{setting} names {path}, which cannot be read: {error}", path = .path.display())]
    Read {
        /// The setting.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It does not hold what it should.
    #[error("{setting} names {path}, which {what}", path = .path.display())]
    Content {
        /// The setting.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// Whom certificates stand for is not said rightly.
    #[error("tls.identities_file names {path}: {error}", path = .path.display())]
    Identities {
        /// The file.
        path: PathBuf,
        /// All that is wrong.
        error: IdentitiesError,
    },
    /// The system gives no answer.
    #[error("the files of [tls] were not read within {0} s")]
    Slow(u64),
}
