//! The text of an access key: `rd_<id>_<secret>`.
//!
//! `id` is 16 hexadecimal digits. `secret` is base32 (RFC 4648, lower case, no padding) of 32 random bytes and 4 more:
//! the first bytes of SHA-256 over id and secret, so that a typing error is told from a wrong key without asking anyone.
//! The secret is uniformly random and 256 bits wide: plain SHA-256 of it is safe to keep, no slow hash is needed.

use std::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::comment::ids::KeyId;

const SECRET_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 4;
/// 36 bytes in base32.
const SECRET_CHARS: usize = 58;

/// Why a text is no access key. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    /// Not of the form.
    #[error(
        "an access key reads rd_<16 hexadecimal digits>_<58 letters and digits>; this one does not"
    )]
    Malformed,
    /// Of the form, but its checksum is wrong.
    #[error("the access key has a typing error, or a part of it is missing: copy it again")]
    Mistyped,
}

/// An access key with its secret. Leaves memory when dropped; `Debug` shows the id only, and there is no `Display`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct AccessKey {
    #[zeroize(skip)]
    id: KeyId,
    secret: [u8; SECRET_BYTES],
}

impl AccessKey {
    /// A fresh key from the operating system's random numbers.
    ///
    /// # Errors
    /// When the operating system has none.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut id = [0; 8];
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut secret)?;
        let id = KeyId::from_bytes(id);
        let key = Self { id, secret };
        secret.zeroize();
        Ok(key)
    }

    /// The public part.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Gives the secret to another id.
    pub(super) fn put_under(&mut self, id: KeyId) {
        self.id = id;
    }

    /// The whole text, for its holder alone.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; SECRET_BYTES + CHECKSUM_BYTES]);
        let (secret, checksum) = bytes.split_at_mut(SECRET_BYTES);
        secret.copy_from_slice(&self.secret);
        checksum.copy_from_slice(&self.checksum());
        let mut text = Zeroizing::new(String::with_capacity(80));
        text.push_str("rd_");
        text.push_str(&self.id.to_string());
        text.push('_');
        let upper = Zeroizing::new(BASE32_NOPAD.encode(&*bytes));
        text.extend(upper.chars().map(|c| c.to_ascii_lowercase()));
        text
    }

    /// What is kept in place of the secret.
    #[must_use]
    pub fn hash(&self) -> KeyHash {
        KeyHash(Sha256::digest(self.secret).into())
    }

    fn checksum(&self) -> [u8; CHECKSUM_BYTES] {
        let digest = Sha256::new()
            .chain_update(self.id.as_bytes())
            .chain_update(self.secret)
            .finalize();
        let mut checksum = [0; CHECKSUM_BYTES];
        checksum.copy_from_slice(&digest[..CHECKSUM_BYTES]);
        checksum
    }
}

impl FromStr for AccessKey {
    type Err = KeyTextError;

    fn from_str(text: &str) -> Result<Self, KeyTextError> {
        let rest = text.strip_prefix("rd_").ok_or(KeyTextError::Malformed)?;
        let (id, secret) = rest.split_once('_').ok_or(KeyTextError::Malformed)?;
        let id: KeyId = id.parse().map_err(|_| KeyTextError::Malformed)?;
        if secret.len() != SECRET_CHARS || !secret.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(KeyTextError::Malformed);
        }
        let upper = Zeroizing::new(secret.to_ascii_uppercase());
        // 0, 1, 8 and 9 are no digits of base32, and the last two bits are zero.
        let decoded = BASE32_NOPAD.decode(upper.as_bytes());
        let bytes = Zeroizing::new(decoded.map_err(|_| KeyTextError::Mistyped)?);
        let (secret, checksum) = bytes
            .split_at_checked(SECRET_BYTES)
            .ok_or(KeyTextError::Malformed)?;
        let secret = secret.try_into().map_err(|_| KeyTextError::Malformed)?;
        let key = Self { id, secret };
        if bool::from(key.checksum().ct_eq(checksum)) {
            Ok(key)
        } else {
            Err(KeyTextError::Mistyped)
        }
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessKey({}, [redacted])", self.id)
    }
}

/// SHA-256 of a key's secret. Compared in constant time.
#[derive(Clone, Copy)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// From the 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl ConstantTimeEq for KeyHash {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_reads_back_from_its_text() {
        let key = AccessKey::generate().unwrap();
        let text = key.expose();
        assert_eq!(text.len(), 3 + 16 + 1 + SECRET_CHARS);
        let back: AccessKey = text.parse().unwrap();
        assert_eq!(back.expose(), text);
        assert!(bool::from(back.hash().ct_eq(&key.hash())));
        assert!(!format!("{key:?} {:?}", key.hash()).contains(&text[20..30]));
    }

    #[test]
    fn every_single_typing_error_is_caught() {
        let text = AccessKey::generate().unwrap().expose();
        for position in 3..text.len() {
            let mut typed: Vec<u8> = text.bytes().collect();
            typed[position] = if typed[position] == b'a' { b'b' } else { b'a' };
            let typed = String::from_utf8(typed).unwrap();
            assert!(typed.parse::<AccessKey>().is_err(), "position {position}");
            if position > 19 {
                assert_eq!(
                    typed.parse::<AccessKey>().unwrap_err(),
                    KeyTextError::Mistyped
                );
            }
        }
        let lost = &text[..text.len() - 1];
        assert_eq!(
            lost.parse::<AccessKey>().unwrap_err(),
            KeyTextError::Malformed
        );
    }

    #[test]
    fn the_format_stays() {
        let key = AccessKey {
            id: KeyId::from_bytes([0x0A; 8]),
            secret: [0x11; 32],
        };
        assert_eq!(
            *key.expose(),
            "rd_0a0a0a0a0a0a0a0a_ceirceirceirceirceirceirceirceirceirceirceirceircei24s3fc4"
        );
    }

    proptest! {
        #[test]
        fn a_wrong_character_is_caught_offline_wherever_it_is(position in 0..78_usize, typed in "[!-~]") {
            let key = AccessKey::generate().unwrap();
            let right = key.expose();
            let mut text = right.to_string();
            text.replace_range(position..=position, &typed);
            // The secret reads the same in capitals.
            let same = text[..20] == right[..20] && text.eq_ignore_ascii_case(&right);
            prop_assert_eq!(text.parse::<AccessKey>().is_ok(), same);
        }

        #[test]
        fn two_characters_that_changed_places_are_caught_offline(position in 3..77_usize) {
            let right = AccessKey::generate().unwrap().expose();
            let mut typed: Vec<u8> = right.bytes().collect();
            typed.swap(position, position + 1);
            let typed = String::from_utf8(typed).unwrap();
            prop_assert_eq!(typed.parse::<AccessKey>().is_ok(), typed == *right);
        }

        #[test]
        fn no_text_panics(text in "(rd_)?[0-9a-f]{0,17}_?[a-z0-9é]{0,60}") {
            prop_assert!(text.parse::<AccessKey>().is_err());
        }
    }
}
