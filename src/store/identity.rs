//! Which pepper and which privacy key the data in this Redis belongs to.

use crate::store::{
    connection::Store,
    error::StoreError,
    script::{Script, ScriptCall},
};

static CLAIM: Script = Script::new("identity", include_str!("scripts/identity.lua"));

const KEY: &str = "{replydesk}:identity";

/// Why a replica must not work on this Redis.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Hashes, limits and bans of this replica would not match the others'.
    #[error(
        "the data in this Redis was written with another pepper (fingerprint {stored}) than the configured one ({configured}). Configure the pepper that the other replicas have, or use another Redis"
    )]
    Pepper {
        /// In Redis.
        stored: String,
        /// Here.
        configured: String,
    },
    /// The officer could not open what this replica seals.
    #[error(
        "the data in this Redis was sealed to another privacy key (fingerprint {stored}) than the configured one ({configured}). Configure the public key that the other replicas have, or use another Redis"
    )]
    PrivacyKey {
        /// In Redis.
        stored: String,
        /// Here.
        configured: String,
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
    /// It could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stores both fingerprints if there are none yet, and compares them with what is stored.
///
/// # Errors
/// Which of them differs, or that Redis could not be asked.
pub async fn claim(store: &Store, pepper: &str, privacy_key: &str) -> Result<(), IdentityError> {
    let call = ScriptCall::new().key(KEY).arg(pepper).arg(privacy_key);
    let (stored_pepper, stored_key): (String, String) = store.call(&CLAIM, &call).await?;
    match (stored_pepper == pepper, stored_key == privacy_key) {
        (true, true) => Ok(()),
        (false, true) => Err(IdentityError::Pepper {
            stored: stored_pepper,
            configured: pepper.to_owned(),
        }),
        (true, false) => Err(IdentityError::PrivacyKey {
            stored: stored_key,
            configured: privacy_key.to_owned(),
        }),
        (false, false) => Err(IdentityError::Both {
            pepper: stored_pepper,
            privacy_key: stored_key,
        }),
    }
}
