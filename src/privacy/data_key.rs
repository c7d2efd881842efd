//! Data keys: each seals the contacts of some minutes, and rests wrapped to the privacy officer.
//!
//! See `wrapped.rs` for the form. HPKE in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305; `info` is
//! `replydesk data key`, the associated data are bytes 0-16. The site is not bound in here: what binds a contact to its
//! site and comment is its own associated data. But a data key serves one site only and lies in no other's slot, or
//! destroying it with the contact data of a site would not destroy it. That costs a key exchange a site every ten minutes.

use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hpke::{
    Deserializable, OpModeR, OpModeS, Serializable, aead::AeadTag, inout::InOutBuf, kdf::HkdfSha256,
};
use zeroize::Zeroizing;

use crate::privacy::{
    keys::{OfficerKem, OfficerKeyId, OfficerPrivateKey, OfficerPublicKey},
    wrapped::{DataKeyId, HEAD, VERSION, WRAPPED, WrappedDataKey, WrappedError},
};

type WrapAead = hpke::aead::ChaCha20Poly1305;

const INFO: &[u8] = b"replydesk data key";
const ENC_END: usize = 49;
const KEY_END: usize = 81;

/// Why a data key cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum WrapError {
    #[error("the operating system has no randomness: {0}")]
    Random(#[from] getrandom::Error),
    #[error("the officer's public key cannot be used")]
    Key,
}

/// Why a wrapped data key does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnwrapError {
    Form(WrappedError),
    OtherOfficer { needed: OfficerKeyId },
    Changed,
}

/// A data key ready to seal, with its wrapped form.
pub(super) struct DataKey {
    pub(super) id: DataKeyId,
    pub(super) cipher: XChaCha20Poly1305,
    pub(super) wrapped: WrappedDataKey,
}

impl DataKey {
    /// A fresh one, wrapped to the officer. Takes a key exchange: about 100 microseconds.
    pub(super) fn generate(officer: &OfficerPublicKey) -> Result<Self, WrapError> {
        let mut id = [0; 8];
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut *key)?;
        Ok(Self {
            id,
            cipher: XChaCha20Poly1305::new((&*key).into()),
            wrapped: wrap(officer, id, &key)?,
        })
    }
}

/// Wraps a data key to an officer.
pub(super) fn wrap(
    officer: &OfficerPublicKey,
    id: DataKeyId,
    key: &Zeroizing<[u8; 32]>,
) -> Result<WrappedDataKey, WrapError> {
    let mut wrapped = [0; WRAPPED];
    wrapped[0] = VERSION;
    wrapped[1..9].copy_from_slice(officer.id().as_bytes());
    wrapped[9..HEAD].copy_from_slice(&id);
    let mut encrypted = key.clone();
    let (enc, tag) = hpke::single_shot_seal_inout_detached::<WrapAead, HkdfSha256, OfficerKem>(
        &OpModeS::Base,
        officer.kem(),
        INFO,
        InOutBuf::from(encrypted.as_mut_slice()),
        &wrapped[..HEAD],
    )
    .map_err(|_| WrapError::Key)?;
    enc.write_exact(&mut wrapped[HEAD..ENC_END]);
    wrapped[ENC_END..KEY_END].copy_from_slice(&*encrypted);
    tag.write_exact(&mut wrapped[KEY_END..]);
    WrappedDataKey::parse(&wrapped).map_err(|_| WrapError::Key)
}

/// Opens a wrapped data key with the officer's private key.
pub(super) fn unwrap(
    officer: &OfficerPrivateKey,
    wrapped: &WrappedDataKey,
) -> Result<Zeroizing<[u8; 32]>, UnwrapError> {
    let needed = wrapped.officer();
    if needed != officer.public().id() {
        return Err(UnwrapError::OtherOfficer { needed });
    }
    let wrapped = wrapped.as_bytes();
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(&wrapped[ENC_END..KEY_END]);
    let enc = <OfficerKem as hpke::Kem>::EncappedKey::from_bytes(&wrapped[HEAD..ENC_END])
        .map_err(|_| UnwrapError::Changed)?;
    let tag =
        AeadTag::<WrapAead>::from_bytes(&wrapped[KEY_END..]).map_err(|_| UnwrapError::Changed)?;
    hpke::single_shot_open_inout_detached::<WrapAead, HkdfSha256, OfficerKem>(
        &OpModeR::Base,
        officer.kem(),
        &enc,
        INFO,
        InOutBuf::from(key.as_mut_slice()),
        &wrapped[..HEAD],
        &tag,
    )
    .map_err(|_| UnwrapError::Changed)?;
    Ok(key)
}

impl From<WrappedError> for UnwrapError {
    fn from(error: WrappedError) -> Self {
        Self::Form(error)
    }
}
