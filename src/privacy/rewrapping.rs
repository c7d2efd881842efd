//! Moving data keys from one officer key to another, where the private key is. No replica does this.

use crate::privacy::{
    data_key::{self, UnwrapError, WrapError},
    keyring::Keyring,
    keys::{OfficerKeyId, OfficerPublicKey},
    wrapped::WrappedDataKey,
};

/// Why a data key stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RewrapError {
    /// Its private key is not among those given.
    #[error("it is wrapped to the officer key {needed}, whose private key was not given")]
    OtherOfficer {
        /// The key that opens it.
        needed: OfficerKeyId,
    },
    /// Not what was once wrapped.
    #[error("it does not open: it was changed")]
    Changed,
    /// The new public key or the machine fails.
    #[error("{0}")]
    Wrap(String),
}

/// Opens a wrapped data key with the private key that it names, and wraps it to another officer key, under the same id. The
/// data key itself is gone from memory when this returns. Takes two key exchanges.
///
/// # Errors
/// As [`RewrapError`] says.
pub fn rewrap(
    from: &Keyring,
    to: &OfficerPublicKey,
    wrapped: &WrappedDataKey,
) -> Result<WrappedDataKey, RewrapError> {
    let needed = wrapped.officer();
    let officer = from
        .find(needed)
        .ok_or(RewrapError::OtherOfficer { needed })?;
    let key = data_key::unwrap(officer, wrapped).map_err(|error| match error {
        UnwrapError::OtherOfficer { needed } => RewrapError::OtherOfficer { needed },
        UnwrapError::Form(_) | UnwrapError::Changed => RewrapError::Changed,
    })?;
    let anew = data_key::wrap(to, wrapped.id(), &key);
    anew.map_err(|error: WrapError| RewrapError::Wrap(error.to_string()))
}

#[cfg(test)]
mod tests;
