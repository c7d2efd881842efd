//! Data keys: each seals the contacts of some minutes, and rests wrapped to the privacy officer.
//!
//! Wrapped form, version 1, 97 bytes:
//!
//! | bytes | what |
//! |---|---|
//! | 0 | version, 1 |
//! | 1-8 | officer key id |
//! | 9-16 | data key id |
//! | 17-48 | encapsulated key (RFC 9180 `enc`) |
//! | 49-96 | the 32 bytes of the data key, encrypted, and their tag |
//!
//! HPKE in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305; `info` is `replydesk data key`, the
//! associated data are bytes 0-16. The site is not bound: a replica's data key serves all its sites, and the same
//! bytes lie in the slot of each. What binds a contact to its site and comment is its own associated data; wrapping
//! anew for each site would cost a key exchange for each and protect nothing more, since one officer opens them all.

use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hpke::{
    Deserializable, OpModeR, OpModeS, Serializable, aead::AeadTag, inout::InOutBuf, kdf::HkdfSha256,
};
use zeroize::Zeroizing;

use crate::privacy::keys::{OfficerKem, OfficerKeyId, OfficerPrivateKey, OfficerPublicKey};

type WrapAead = hpke::aead::ChaCha20Poly1305;

const VERSION: u8 = 1;
const INFO: &[u8] = b"replydesk data key";
const HEAD: usize = 17;
const ENC_END: usize = 49;
const KEY_END: usize = 81;
const WRAPPED: usize = 97;

/// A name that says nothing: 8 random bytes.
pub(super) type DataKeyId = [u8; 8];

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
    Length { found: usize },
    Version { found: u8 },
    OtherOfficer { needed: OfficerKeyId },
    Changed,
}

/// A data key ready to seal, with its wrapped form.
pub(super) struct DataKey {
    pub(super) id: DataKeyId,
    pub(super) cipher: XChaCha20Poly1305,
    pub(super) wrapped: [u8; WRAPPED],
}

impl DataKey {
    /// A fresh one, wrapped to the officer. Takes a key exchange: about 100 microseconds.
    pub(super) fn generate(officer: &OfficerPublicKey) -> Result<Self, WrapError> {
        let mut id = [0; 8];
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut *key)?;
        let mut wrapped = [0; WRAPPED];
        wrapped[0] = VERSION;
        wrapped[1..9].copy_from_slice(officer.id().as_bytes());
        wrapped[9..HEAD].copy_from_slice(&id);
        let mut encrypted = *key;
        let (enc, tag) = hpke::single_shot_seal_inout_detached::<WrapAead, HkdfSha256, OfficerKem>(
            &OpModeS::Base,
            officer.kem(),
            INFO,
            InOutBuf::from(encrypted.as_mut_slice()),
            &wrapped[..HEAD],
        )
        .map_err(|_| WrapError::Key)?;
        enc.write_exact(&mut wrapped[HEAD..ENC_END]);
        wrapped[ENC_END..KEY_END].copy_from_slice(&encrypted);
        tag.write_exact(&mut wrapped[KEY_END..]);
        Ok(Self {
            id,
            cipher: XChaCha20Poly1305::new((&*key).into()),
            wrapped,
        })
    }
}

/// Opens a wrapped data key with the officer's private key.
pub(super) fn unwrap(
    officer: &OfficerPrivateKey,
    wrapped: &[u8],
) -> Result<(DataKeyId, XChaCha20Poly1305), UnwrapError> {
    let wrapped: &[u8; WRAPPED] = wrapped.try_into().map_err(|_| UnwrapError::Length {
        found: wrapped.len(),
    })?;
    if wrapped[0] != VERSION {
        return Err(UnwrapError::Version { found: wrapped[0] });
    }
    let mut needed = [0; 8];
    needed.copy_from_slice(&wrapped[1..9]);
    let needed = OfficerKeyId::from_bytes(needed);
    if needed != officer.public().id() {
        return Err(UnwrapError::OtherOfficer { needed });
    }
    let mut id = [0; 8];
    id.copy_from_slice(&wrapped[9..HEAD]);
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
    Ok((id, XChaCha20Poly1305::new((&*key).into())))
}
