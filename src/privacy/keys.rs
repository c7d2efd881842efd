//! The privacy officer's key pair: X25519, as RFC 9180 uses it. Replicas have the public half only.
//!
//! Text form: `rdpub1_` or `rdpriv1_`, then base64url of the 32 bytes and a checksum, the first 4 bytes of SHA-256 over
//! the prefix and the 32 bytes. So a typo is caught before anything is sealed that nobody can open.

use std::{fmt, str::FromStr};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use hpke::{Deserializable, Kem, Serializable};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub(super) type OfficerKem = hpke::kem::X25519HkdfSha256;

const PUBLIC: &str = "rdpub1_";
const PRIVATE: &str = "rdpriv1_";

/// Why a text is no key. The text itself is never repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Another kind of text.
    #[error("must be a key that starts with {expected}; `replydesk privacy keygen` makes one")]
    Prefix {
        /// `rdpub1_` or `rdpriv1_`.
        expected: &'static str,
    },
    /// The other half.
    #[error(
        "is the privacy officer's private key where none belongs: keep it away from here and treat it as leaked"
    )]
    Private,
    /// Characters missing, added or not of the alphabet.
    #[error("must be {prefix} and 48 characters of base64url; some are missing or wrong")]
    Spelling {
        /// `rdpub1_` or `rdpriv1_`.
        prefix: &'static str,
    },
    /// A typo.
    #[error("has a typo: its checksum does not match")]
    Checksum,
    /// One of the few points that make every shared secret zero (RFC 9180, 7.1.4).
    #[error("is not a usable X25519 public key")]
    Weak,
}

/// Whether a text is, or was to be, an officer's private key: no setting takes one.
#[must_use]
pub fn is_private_key(text: &str) -> bool {
    text.trim_start().starts_with(PRIVATE)
}

/// Names a key pair: the first 8 bytes of SHA-256 over `rdpub1_` and the public key. Written as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfficerKeyId([u8; 8]);

impl OfficerKeyId {
    /// The 8 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    /// From the 8 bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for OfficerKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl FromStr for OfficerKeyId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        let wrong = "must be the fingerprint of an officer's public key: 16 hexadecimal digits";
        bytes.map(Self).ok_or(wrong)
    }
}

impl fmt::Debug for OfficerKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfficerKeyId({self})")
    }
}

/// Seals to the officer. Not secret; its text is the whole of it.
#[derive(Clone, PartialEq, Eq)]
pub struct OfficerPublicKey {
    key: <OfficerKem as Kem>::PublicKey,
    id: OfficerKeyId,
}

impl OfficerPublicKey {
    fn new(key: <OfficerKem as Kem>::PublicKey) -> Self {
        let mut id = [0; 8];
        id.copy_from_slice(&digest(PUBLIC, &key.to_bytes())[..8]);
        Self {
            key,
            id: OfficerKeyId(id),
        }
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> OfficerKeyId {
        self.id
    }

    /// Its name as text: 16 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.id.to_string()
    }

    /// As `rdpub1_…`.
    #[must_use]
    pub fn to_text(&self) -> String {
        encode(PUBLIC, &self.key.to_bytes()).to_string()
    }

    pub(super) fn kem(&self) -> &<OfficerKem as Kem>::PublicKey {
        &self.key
    }
}

impl FromStr for OfficerPublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if is_private_key(text) {
            return Err(KeyError::Private);
        }
        let bytes = decode(PUBLIC, text)?;
        let key =
            <OfficerKem as Kem>::PublicKey::from_bytes(&*bytes).map_err(|_| KeyError::Weak)?;
        // X25519 takes any 32 bytes; the points of low order show when they are first used.
        <OfficerKem as Kem>::encap(&key, None).map_err(|_| KeyError::Weak)?;
        Ok(Self::new(key))
    }
}

impl fmt::Debug for OfficerPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfficerPublicKey({})", self.id)
    }
}

/// Opens what was sealed to the officer. Leaves memory when dropped; belongs on the officer's machine only.
#[derive(Clone)]
pub struct OfficerPrivateKey {
    key: <OfficerKem as Kem>::PrivateKey,
    public: OfficerPublicKey,
}

impl OfficerPrivateKey {
    /// A fresh one.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        // The bytes are drawn here, since hpke's own generator panics where there are none.
        let mut material = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *material)?;
        let (key, public) = OfficerKem::derive_keypair(&*material);
        Ok(Self {
            key,
            public: OfficerPublicKey::new(public),
        })
    }

    /// The half that replicas get.
    #[must_use]
    pub fn public(&self) -> &OfficerPublicKey {
        &self.public
    }

    /// As `rdpriv1_…`, for a file that only the officer may read.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; 32]);
        self.key.write_exact(&mut *bytes);
        encode(PRIVATE, &*bytes)
    }

    pub(super) fn kem(&self) -> &<OfficerKem as Kem>::PrivateKey {
        &self.key
    }
}

impl FromStr for OfficerPrivateKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = decode(PRIVATE, text)?;
        let key =
            <OfficerKem as Kem>::PrivateKey::from_bytes(&*bytes).map_err(|_| KeyError::Weak)?;
        let public = OfficerPublicKey::new(OfficerKem::sk_to_pk(&key));
        Ok(Self { key, public })
    }
}

impl fmt::Debug for OfficerPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

fn digest(prefix: &str, bytes: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(prefix)
        .chain_update(bytes)
        .finalize()
        .into()
}

fn encode(prefix: &'static str, bytes: &[u8]) -> Zeroizing<String> {
    let mut checked = Zeroizing::new([0; 36]);
    checked[..32].copy_from_slice(bytes);
    checked[32..].copy_from_slice(&digest(prefix, bytes)[..4]);
    let mut text = Zeroizing::new(String::with_capacity(prefix.len() + 48));
    text.push_str(prefix);
    BASE64URL_NOPAD.encode_append(&*checked, &mut text);
    text
}

fn decode(prefix: &'static str, text: &str) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let rest = text
        .trim()
        .strip_prefix(prefix)
        .ok_or(KeyError::Prefix { expected: prefix })?;
    let mut checked = Zeroizing::new([0; 36]);
    if rest.len() != 48 {
        return Err(KeyError::Spelling { prefix });
    }
    BASE64URL_NOPAD
        .decode_mut(rest.as_bytes(), &mut *checked)
        .map_err(|_| KeyError::Spelling { prefix })?;
    let (bytes, checksum) = checked.split_at(32);
    if digest(prefix, bytes)[..4] != *checksum {
        return Err(KeyError::Checksum);
    }
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(bytes);
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_read_back() {
        let private = OfficerPrivateKey::generate().unwrap();
        let again: OfficerPrivateKey = private.to_text().parse().unwrap();
        let public: OfficerPublicKey = format!(" {}\n", private.public().to_text())
            .parse()
            .unwrap();
        assert_eq!(again.public(), &public);
        assert_eq!(again.public().id(), private.public().id());
        assert_eq!(public.fingerprint().len(), 16);
        assert_eq!(format!("{private:?}"), "[redacted]");
    }

    #[test]
    fn every_wrong_character_is_noticed() {
        let text = OfficerPrivateKey::generate().unwrap().public().to_text();
        for at in PUBLIC.len()..text.len() {
            let mut typo = text.clone().into_bytes();
            typo[at] = if typo[at] == b'A' { b'B' } else { b'A' };
            let typo = String::from_utf8(typo).unwrap();
            assert_eq!(typo.parse::<OfficerPublicKey>(), Err(KeyError::Checksum));
        }
    }

    #[test]
    fn other_texts_are_told_apart() {
        let private = OfficerPrivateKey::generate().unwrap();
        let text = private.public().to_text();
        let foreign = format!("{}!", &text[..text.len() - 1]);
        let weak = encode(PUBLIC, &[0; 32]);
        let spelling = KeyError::Spelling { prefix: PUBLIC };
        for (wrong, expected) in [
            ("", KeyError::Prefix { expected: PUBLIC }),
            (&private.to_text(), KeyError::Private),
            (&text[..text.len() - 1], spelling.clone()),
            (&format!("{text}A"), spelling.clone()),
            (&foreign, spelling.clone()),
            (&weak, KeyError::Weak),
        ] {
            assert_eq!(wrong.parse::<OfficerPublicKey>(), Err(expected));
        }
        assert!(text.parse::<OfficerPrivateKey>().is_err());
    }
}
