//! The form of a wrapped data key: what it is and to whom, not what is inside. Final: what is written once is read for
//! ever.
//!
//! Version 1, 97 bytes:
//!
//! | bytes | what |
//! |---|---|
//! | 0 | version, 1 |
//! | 1-8 | officer key id |
//! | 9-16 | data key id |
//! | 17-48 | encapsulated key (RFC 9180 `enc`) |
//! | 49-96 | the 32 bytes of the data key, encrypted, and their tag |

use std::fmt;

use crate::privacy::keys::OfficerKeyId;

pub(super) const VERSION: u8 = 1;
/// How long what is authenticated is: version and both ids.
pub(super) const HEAD: usize = 17;
/// How long the whole is.
pub(super) const WRAPPED: usize = 97;

/// A name that says nothing: 8 random bytes.
pub type DataKeyId = [u8; 8];

/// A data key as it rests. Only who has the officer's private key can tell whether one is inside.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedDataKey([u8; WRAPPED]);

/// Why bytes are no wrapped data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrappedError {
    /// Cut, or something else.
    #[error("must be a wrapped data key, which is {WRAPPED} bytes long; it has {found}")]
    Length {
        /// What it has.
        found: usize,
    },
    /// Written by a later release, or something else.
    #[error("must be a wrapped data key of version {VERSION}; it is of version {found}")]
    Version {
        /// What it says.
        found: u8,
    },
}

impl WrappedDataKey {
    /// From bytes of the right length and version.
    ///
    /// # Errors
    /// As [`WrappedError`] says.
    pub fn parse(bytes: &[u8]) -> Result<Self, WrappedError> {
        let found = bytes.len();
        let bytes: [u8; WRAPPED] = bytes
            .try_into()
            .map_err(|_| WrappedError::Length { found })?;
        match bytes[0] {
            VERSION => Ok(Self(bytes)),
            found => Err(WrappedError::Version { found }),
        }
    }

    /// Which data key.
    #[must_use]
    pub fn id(&self) -> DataKeyId {
        let mut id = [0; 8];
        id.copy_from_slice(&self.0[9..HEAD]);
        id
    }

    /// To whose public key it is wrapped.
    #[must_use]
    pub fn officer(&self) -> OfficerKeyId {
        let mut id = [0; 8];
        id.copy_from_slice(&self.0[1..9]);
        OfficerKeyId::from_bytes(id)
    }

    /// All of it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for WrappedDataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedDataKey(to {})", self.officer())
    }
}
