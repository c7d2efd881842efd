//! The pepper: the secret that makes keyed hashes of this installation, and only them, equal.

use std::{fmt, str::FromStr};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// SHA-256's block: RFC 2104 uses keys up to this length as they are, padded with zeros.
const BLOCK: usize = 64;
/// As much as HMAC-SHA-256 can use: its output's length.
const LEAST: usize = 32;

/// Why a text is no pepper. The text itself is never repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PepperError {
    /// Neither alphabet.
    #[error("must be base64url or hexadecimal text; `replydesk privacy keygen` makes one")]
    Alphabet,
    /// Too short or too long.
    #[error("must be 32 to 64 bytes of random data; this one has {found} bytes")]
    Length {
        /// What it has, decoded.
        found: usize,
    },
    /// Not random: a few bytes over and over.
    #[error("is not random (a few bytes over and over); `replydesk privacy keygen` makes one")]
    NotRandom,
}

/// 32 to 64 secret bytes. Leaves memory when dropped.
#[derive(Clone)]
pub struct Pepper {
    padded: Zeroizing<[u8; BLOCK]>,
    length: usize,
}

impl Pepper {
    /// A fresh one: 32 bytes of the operating system's randomness.
    ///
    /// # Errors
    /// The operating system has none.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut padded = Zeroizing::new([0; BLOCK]);
        getrandom::fill(&mut padded[..LEAST])?;
        Ok(Self {
            padded,
            length: LEAST,
        })
    }

    /// As base64url text, for a file that only its owner may read.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64URL_NOPAD.encode(&self.padded[..self.length]))
    }

    /// Names the pepper without revealing it: 16 hexadecimal digits. Replicas compare it before they start.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut mac = self.keyed();
        mac.update(b"\0replydesk pepper fingerprint");
        HEXLOWER.encode(&mac.finalize().into_bytes()[..8])
    }

    /// HMAC-SHA-256 under this key.
    pub(super) fn keyed(&self) -> Hmac<Sha256> {
        Hmac::new((&*self.padded).into())
    }
}

/// A second pepper, during a rotation.
#[derive(Debug, Clone)]
pub enum OtherPepper {
    /// The one that the present pepper replaces.
    Previous(Pepper),
    /// The one that will replace it: known everywhere before any replica uses it.
    Next(Pepper),
}

impl OtherPepper {
    /// Whichever it is.
    #[must_use]
    pub fn pepper(&self) -> &Pepper {
        match self {
            Self::Previous(pepper) | Self::Next(pepper) => pepper,
        }
    }

    /// The fingerprint of the previous one.
    #[must_use]
    pub fn previous(&self) -> Option<String> {
        match self {
            Self::Previous(pepper) => Some(pepper.fingerprint()),
            Self::Next(_) => None,
        }
    }

    /// The fingerprint of the next one.
    #[must_use]
    pub fn next(&self) -> Option<String> {
        match self {
            Self::Previous(_) => None,
            Self::Next(pepper) => Some(pepper.fingerprint()),
        }
    }
}

impl FromStr for Pepper {
    type Err = PepperError;

    /// Hexadecimal if all of it is, else base64url, with or without padding.
    fn from_str(text: &str) -> Result<Self, PepperError> {
        let text = text.trim().trim_end_matches('=').as_bytes();
        // 64 hexadecimal digits are base64url too, of 48 bytes: what looks like hexadecimal is taken as such.
        let is_hex = text.len().is_multiple_of(2) && text.iter().all(u8::is_ascii_hexdigit);
        let decoded = if is_hex {
            HEXLOWER_PERMISSIVE.decode(text)
        } else {
            BASE64URL_NOPAD.decode(text)
        };
        let bytes = Zeroizing::new(decoded.map_err(|_| PepperError::Alphabet)?);
        if !(LEAST..=BLOCK).contains(&bytes.len()) {
            return Err(PepperError::Length { found: bytes.len() });
        }
        // 32 random bytes have fewer than 16 different values with a chance below 2^-60.
        let mut seen = [false; 256];
        bytes.iter().for_each(|b| seen[usize::from(*b)] = true);
        if seen.iter().filter(|s| **s).count() < 16 {
            return Err(PepperError::NotRandom);
        }
        let mut padded = Zeroizing::new([0; BLOCK]);
        padded[..bytes.len()].copy_from_slice(&bytes);
        Ok(Self {
            padded,
            length: bytes.len(),
        })
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    #[test]
    fn both_spellings_are_one_pepper() {
        let hex: Pepper = HEX.parse().unwrap();
        let upper: Pepper = HEX.to_uppercase().parse().unwrap();
        let base64: Pepper = format!(" {BASE64}=\n").parse().unwrap();
        assert_eq!(hex.fingerprint(), base64.fingerprint());
        assert_eq!(hex.fingerprint(), upper.fingerprint());
        assert_eq!(hex.to_text().as_str(), BASE64);
    }

    #[test]
    fn bad_ones_are_refused_without_being_repeated() {
        let repeated = "ab".repeat(32);
        let long = "0123456789abcdeffedcba98765432100011223344556677".repeat(3);
        for (text, expected) in [
            ("", PepperError::Length { found: 0 }),
            (&HEX[..62], PepperError::Length { found: 31 }),
            (&long, PepperError::Length { found: 72 }),
            ("hunter2 hunter2", PepperError::Alphabet),
            (&repeated, PepperError::NotRandom),
        ] {
            assert_eq!(text.parse::<Pepper>().unwrap_err(), expected);
        }
        assert!(!PepperError::Alphabet.to_string().contains("hunter2"));
    }

    #[test]
    fn generated_ones_differ_and_read_back() {
        let (one, other) = (Pepper::generate().unwrap(), Pepper::generate().unwrap());
        assert_ne!(one.fingerprint(), other.fingerprint());
        let again: Pepper = one.to_text().parse().unwrap();
        assert_eq!(again.fingerprint(), one.fingerprint());
        assert_eq!(format!("{one:?}"), "[redacted]");
    }
}
