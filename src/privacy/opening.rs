//! Opening what was sealed, where the officer's private key is. No replica does this.

use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::AeadInOut};
use zeroize::Zeroizing;

use crate::{
    comment::ids::{CommentId, SiteId},
    privacy::{
        data_key::{self, UnwrapError},
        keyring::Keyring,
        keys::{OfficerKeyId, OfficerPrivateKey},
        opened::OpenedContact,
        plaintext,
        sealed::{BODY, HEAD, TAG, VERSION, associated_data},
        wrapped::{WrappedDataKey, WrappedError},
    },
};

/// Why sealed contact data does not open. Tells nothing of what is inside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Cut, or something else.
    #[error("{what} is {found} bytes long, which is not a length it can have; was it cut?")]
    Length {
        /// `the sealed contact` or `the wrapped data key`.
        what: &'static str,
        /// What it has.
        found: usize,
    },
    /// Written by a later release, or something else.
    #[error("{what} has version {found}; this release knows version 1")]
    Version {
        /// `the sealed contact` or `the wrapped data key`.
        what: &'static str,
        /// What it says.
        found: u8,
    },
    /// Sealed to another key pair.
    #[error("it is sealed to the officer key {needed}; open it with that private key")]
    OtherOfficer {
        /// The key that opens it.
        needed: OfficerKeyId,
    },
    /// The two values do not belong together.
    #[error("the sealed contact and the wrapped data key do not belong together")]
    OtherDataKey,
    /// Not what was once sealed for this place.
    #[error("it does not open: it was changed, or belongs to another site or comment")]
    Changed,
}

/// Opens a sealed contact with the private key that its data key names.
///
/// # Errors
/// As [`OpenError`] says.
pub fn open_with(
    keyring: &Keyring,
    site: &SiteId,
    id: &CommentId,
    wrapped_data_key: &[u8],
    sealed: &[u8],
) -> Result<OpenedContact, OpenError> {
    let wrapped = WrappedDataKey::parse(wrapped_data_key).map_err(UnwrapError::Form)?;
    let needed = wrapped.officer();
    let officer = keyring.find(needed);
    let officer = officer.ok_or(OpenError::OtherOfficer { needed })?;
    open(officer, site, id, wrapped_data_key, sealed)
}

/// Opens a sealed contact, where the officer's private key is.
///
/// # Errors
/// As [`OpenError`] says.
pub fn open(
    officer: &OfficerPrivateKey,
    site: &SiteId,
    id: &CommentId,
    wrapped_data_key: &[u8],
    sealed: &[u8],
) -> Result<OpenedContact, OpenError> {
    let what = "the sealed contact";
    let found = sealed.len();
    let length_error = OpenError::Length { what, found };
    if !(BODY + 1 + TAG..=BODY + plaintext::MOST + TAG).contains(&found) {
        return Err(length_error);
    }
    if sealed[0] != VERSION {
        return Err(OpenError::Version {
            what,
            found: sealed[0],
        });
    }
    let wrapped = WrappedDataKey::parse(wrapped_data_key).map_err(UnwrapError::Form)?;
    let data_key_id = wrapped.id();
    let cipher = XChaCha20Poly1305::new((&*data_key::unwrap(officer, &wrapped)?).into());
    if sealed[1..HEAD] != data_key_id {
        return Err(OpenError::OtherDataKey);
    }
    let (head, tag) = sealed.split_at(found - TAG);
    let mut clear = Zeroizing::new(head[BODY..].to_vec());
    let (associated, length) = associated_data(&data_key_id, site, id);
    let nonce = XNonce::try_from(&sealed[HEAD..BODY]).map_err(|_| OpenError::Changed)?;
    let tag = tag.try_into().map_err(|_| OpenError::Changed)?;
    cipher
        .decrypt_inout_detached(
            &nonce,
            &associated[..length],
            clear.as_mut_slice().into(),
            &tag,
        )
        .map_err(|_| OpenError::Changed)?;
    plaintext::read(&clear).ok_or(OpenError::Changed)
}

impl From<UnwrapError> for OpenError {
    fn from(error: UnwrapError) -> Self {
        let what = "the wrapped data key";
        match error {
            UnwrapError::Form(WrappedError::Length { found }) => Self::Length { what, found },
            UnwrapError::Form(WrappedError::Version { found }) => Self::Version { what, found },
            UnwrapError::OtherOfficer { needed } => Self::OtherOfficer { needed },
            UnwrapError::Changed => Self::Changed,
        }
    }
}
