//! Why a replica must not work on a Redis.

use crate::store::{error::StoreError, schema::SchemaError};

/// Why a replica must not work on this Redis.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Hashes, limits and bans of this replica would not match the others'.
    #[error(
        "the data in this Redis was written with another pepper (fingerprint {stored}) than the configured one ({configured}). Configure the pepper that the other replicas have, or use another Redis. {}",
        replacing("pepper", "privacy.previous_pepper_file", .previous.as_deref())
    )]
    Pepper {
        /// In Redis.
        stored: String,
        /// Here.
        configured: String,
        /// The one that is to be replaced, as it is configured.
        previous: Option<String>,
    },
    /// The officer could not open what this replica seals.
    #[error(
        "the data in this Redis was sealed to another privacy key (fingerprint {stored}) than the configured one ({configured}). Configure the public key that the other replicas have, or use another Redis. {}",
        replacing("key", "privacy.previous_public_key_file", .previous.as_deref())
    )]
    PrivacyKey {
        /// In Redis.
        stored: String,
        /// Here.
        configured: String,
        /// The one that is to be replaced, as it is configured.
        previous: Option<String>,
    },
    /// Both differ: most likely this is another installation's Redis.
    #[error(
        "the data in this Redis belongs to another installation: its pepper (fingerprint {pepper}) and its privacy key (fingerprint {privacy_key}) are not the configured ones. Use another Redis, or configure both as the other replicas have them"
    )]
    Both {
        /// The pepper's fingerprint in Redis.
        pepper: String,
        /// The privacy key's fingerprint in Redis.
        privacy_key: String,
    },
    /// Another replica has replaced the pepper. Who runs with the earlier one may go on until it is restarted.
    #[error(
        "the pepper was replaced: this Redis now has {stored}, and {configured} is the one before it. Configure the new one, and {configured} as privacy.previous_pepper_file"
    )]
    ReplacedPepper {
        /// In Redis.
        stored: String,
        /// Here.
        configured: String,
    },
    /// Another replica has replaced the privacy key, as with the pepper.
    #[error(
        "the privacy officer's key was replaced: this Redis now has {stored}, and {configured} is the one before it. Configure the new one as privacy.public_key_file"
    )]
    ReplacedPrivacyKey {
        /// In Redis.
        stored: String,
        /// Here.
        configured: String,
    },
    /// The same, and nobody heard of this replica for so long that its key may be gone.
    #[error(
        "the privacy officer's key {configured} was replaced while this replica was cut off from Redis: it stores no contact data any more. Restart it with the new key as privacy.public_key_file"
    )]
    SealLapsed {
        /// Here.
        configured: String,
    },
    /// Authors from before would not be found by it.
    #[error(
        "privacy.previous_pepper has the fingerprint {configured}, but the pepper that this Redis had before is {stored}. Configure that one, or none"
    )]
    PreviousPepper {
        /// In Redis.
        stored: String,
        /// Here.
        configured: String,
    },
    /// Another release's data, or half of a backup.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// It could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How the one in Redis is replaced, or why it was not.
fn replacing(what: &str, setting: &str, previous: Option<&str>) -> String {
    match previous {
        None => format!("To replace the {what}, configure the one in Redis as {setting}"),
        Some(previous) => format!(
            "{setting} has the fingerprint {previous}, which is not the one in Redis: only that can be replaced"
        ),
    }
}

impl IdentityError {
    /// Whether a replica that was right when it started may go on: another replaced a secret since.
    #[must_use]
    pub fn is_replaced(&self) -> bool {
        matches!(
            self,
            Self::ReplacedPepper { .. } | Self::ReplacedPrivacyKey { .. }
        )
    }
}
