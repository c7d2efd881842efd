//! A public key of the identity provider, as its JWKS has it (RFC 7517, 7518, 8037).

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::access::token::algorithm::{Algorithm, Algorithms};

/// RSA keys of 2,048 to 8,192 bits; NIST SP 800-131A has shorter ones no longer.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;

/// Why a key of the set can't be used. The set's other keys can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnusableKey {
    /// Another `use` or `key_ops` than signatures.
    #[error("it is not for signatures")]
    Purpose,
    /// A `kty`, `crv` or `alg` that is not known or not allowed here.
    #[error("its type, curve or algorithm is not accepted here")]
    Algorithm,
    /// A member is missing or malformed.
    #[error("it is malformed")]
    Malformed,
    /// An RSA key that is too short, too long, or has a strange exponent.
    #[error("its modulus has not 2048 to 8192 bits, or its exponent is none")]
    Size,
}

/// A key that checks signatures.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    kid: Option<String>,
    /// From its own `alg`; otherwise each that its type can do.
    algorithm: Option<Algorithm>,
    material: Material,
    fingerprint: [u8; 32],
}

#[derive(Clone, PartialEq, Eq)]
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// Uncompressed: 4, x, y.
    P256([u8; 65]),
    Ed25519([u8; 32]),
}

impl VerifyingKey {
    /// Reads a JWK.
    ///
    /// # Errors
    /// As [`UnusableKey`] says.
    pub(super) fn read(
        jwk: &Map<String, Value>,
        allowed: &Algorithms,
    ) -> Result<Self, UnusableKey> {
        for_signatures(jwk)?;
        let algorithm = match text(jwk, "alg")? {
            Some(name) => Some(Algorithm::of_name(name).ok_or(UnusableKey::Algorithm)?),
            None => None,
        };
        let kid = text(jwk, "kid")?.map(str::to_owned);
        let material = Material::read(jwk)?;
        let fingerprint = fingerprint(kid.as_deref(), algorithm, &material);
        let key = Self {
            kid,
            algorithm,
            material,
            fingerprint,
        };
        let of_use = Algorithm::ALL
            .into_iter()
            .any(|algorithm| allowed.allow(algorithm) && key.fits(algorithm));
        of_use.then_some(key).ok_or(UnusableKey::Algorithm)
    }

    /// Its name in the set.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// SHA-256 over all of it.
    #[must_use]
    pub fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// Whether signatures of this algorithm can be its own.
    #[must_use]
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        let type_fits = match self.material {
            Material::Rsa { .. } => matches!(algorithm, Algorithm::Rs256 | Algorithm::Ps256),
            Material::P256(_) => algorithm == Algorithm::Es256,
            Material::Ed25519(_) => algorithm == Algorithm::EdDsa,
        };
        type_fits && self.algorithm.is_none_or(|own| own == algorithm)
    }

    /// Whether the signature is this key's. Costs some 30 to 100 us of CPU.
    #[must_use]
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        if !self.fits(algorithm) {
            return false;
        }
        let verified = match &self.material {
            Material::Rsa { n, e } => {
                let parameters = match algorithm {
                    Algorithm::Ps256 => &signature::RSA_PSS_2048_8192_SHA256,
                    Algorithm::Rs256 | Algorithm::Es256 | Algorithm::EdDsa => {
                        &signature::RSA_PKCS1_2048_8192_SHA256
                    }
                };
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            Material::P256(point) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                    .verify(message, signature)
            }
            Material::Ed25519(point) => {
                UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature)
            }
        };
        verified.is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

impl Material {
    fn read(jwk: &Map<String, Value>) -> Result<Self, UnusableKey> {
        let kty = text(jwk, "kty")?.ok_or(UnusableKey::Malformed)?;
        let curve = text(jwk, "crv")?;
        match (kty, curve) {
            ("RSA", _) => {
                let n = number(jwk, "n")?;
                let e = number(jwk, "e")?;
                // The exponent: odd, from 3 to below 2^33, as ring wants it.
                let strange = e.len() > 5 || e.last().is_none_or(|low| low % 2 == 0) || e == [1];
                if !RSA_BYTES.contains(&n.len()) || strange {
                    return Err(UnusableKey::Size);
                }
                Ok(Self::Rsa { n, e })
            }
            ("EC", Some("P-256")) => {
                let mut point = [4; 65];
                point[1..33].copy_from_slice(&coordinate(jwk, "x")?);
                point[33..].copy_from_slice(&coordinate(jwk, "y")?);
                Ok(Self::P256(point))
            }
            ("OKP", Some("Ed25519")) => Ok(Self::Ed25519(coordinate(jwk, "x")?)),
            (_, _) => Err(UnusableKey::Algorithm),
        }
    }

    fn parts(&self) -> [&[u8]; 3] {
        match self {
            Self::Rsa { n, e } => [b"rsa", n, e],
            Self::P256(point) => [b"p-256", point, &[]],
            Self::Ed25519(point) => [b"ed25519", point, &[]],
        }
    }
}

fn for_signatures(jwk: &Map<String, Value>) -> Result<(), UnusableKey> {
    if text(jwk, "use")?.is_some_and(|purpose| purpose != "sig") {
        return Err(UnusableKey::Purpose);
    }
    match jwk.get("key_ops") {
        None => Ok(()),
        Some(Value::Array(operations)) if operations.iter().any(|op| op == "verify") => Ok(()),
        Some(_) => Err(UnusableKey::Purpose),
    }
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, UnusableKey> {
    match jwk.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(UnusableKey::Malformed),
    }
}

fn bytes(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, UnusableKey> {
    let text = text(jwk, name)?.ok_or(UnusableKey::Malformed)?;
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| UnusableKey::Malformed)
}

/// Without leading zeros, which some providers add.
fn number(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, UnusableKey> {
    let bytes = bytes(jwk, name)?;
    let start = bytes.iter().position(|byte| *byte != 0);
    Ok(bytes[start.ok_or(UnusableKey::Malformed)?..].to_vec())
}

fn coordinate(jwk: &Map<String, Value>, name: &str) -> Result<[u8; 32], UnusableKey> {
    let bytes = bytes(jwk, name)?;
    bytes.try_into().map_err(|_| UnusableKey::Malformed)
}

fn fingerprint(kid: Option<&str>, algorithm: Option<Algorithm>, material: &Material) -> [u8; 32] {
    let mut hash = Sha256::new();
    let head = [
        kid.map_or(&b"\0"[..], str::as_bytes),
        algorithm.map_or("", Algorithm::name).as_bytes(),
    ];
    for part in head.into_iter().chain(material.parts()) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
