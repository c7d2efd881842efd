//! The identity provider's public keys: a JWKS document (RFC 7517), read whole or not at all.

use serde_json::{Map, Value};

use crate::access::token::{
    algorithm::{Algorithm, Algorithms},
    error::TokenError,
    json,
    key::VerifyingKey,
};

/// The largest document that is read, in bytes.
pub const MAX_SET_BYTES: usize = 256 * 1024;

/// The most keys that a document may hold; providers have two to ten.
const MAX_KEYS: usize = 100;

/// What only private keys have (RFC 7518, sections 6.2.2 and 6.3.2).
const PRIVATE: [&str; 6] = ["d", "p", "q", "dp", "dq", "qi"];

/// Why a document is no set of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// More than [`MAX_SET_BYTES`].
    #[error("it is larger than {MAX_SET_BYTES} bytes")]
    TooLarge,
    /// No JSON, or not `{"keys": [{…}, …]}`.
    #[error("it is no JWKS document, which looks like {{\"keys\": [{{\"kty\": …}}]}}")]
    Malformed,
    /// Too many keys.
    #[error("it has more than {MAX_KEYS} keys")]
    TooMany,
    /// A private key, where only public ones belong.
    #[error("it holds a private key: whoever can read it can sign tokens, so exchange that key")]
    Private,
    /// Two keys that a token could mean alike.
    #[error("two of its keys have the same kid and could be meant alike")]
    Twice,
    /// None of the keys can be used.
    #[error("none of its {found} keys is for signatures of an algorithm in tokens.algorithms")]
    NoneOfUse {
        /// How many there are.
        found: usize,
    },
}

/// The keys that can be used; never empty.
#[derive(Debug, Clone)]
pub struct KeySet {
    keys: Vec<VerifyingKey>,
    passed_over: usize,
}

impl KeySet {
    /// Reads a document. Keys of other kinds and purposes are passed over, as RFC 7517 wants it.
    ///
    /// # Errors
    /// As [`KeySetError`] says.
    pub fn parse(bytes: &[u8], allowed: &Algorithms) -> Result<Self, KeySetError> {
        if bytes.len() > MAX_SET_BYTES {
            return Err(KeySetError::TooLarge);
        }
        let document = json::object(bytes).ok_or(KeySetError::Malformed)?;
        let listed = document.get("keys").and_then(Value::as_array);
        let listed = listed.ok_or(KeySetError::Malformed)?;
        if listed.len() > MAX_KEYS {
            return Err(KeySetError::TooMany);
        }
        let mut keys = Vec::with_capacity(listed.len());
        for jwk in listed {
            let jwk = jwk.as_object().ok_or(KeySetError::Malformed)?;
            if PRIVATE.iter().any(|member| jwk.contains_key(*member)) {
                return Err(KeySetError::Private);
            }
            keys.extend(read(jwk, allowed));
        }
        if keys.is_empty() {
            let found = listed.len();
            return Err(KeySetError::NoneOfUse { found });
        }
        let passed_over = listed.len() - keys.len();
        let set = Self { keys, passed_over };
        if set.says_anything_twice(allowed) {
            return Err(KeySetError::Twice);
        }
        Ok(set)
    }

    /// How many can be used.
    #[must_use]
    pub fn usable(&self) -> usize {
        self.keys.len()
    }

    /// How many were of other kinds.
    #[must_use]
    pub fn passed_over(&self) -> usize {
        self.passed_over
    }

    /// The key that a token's head means.
    ///
    /// # Errors
    /// [`TokenError::UnknownKey`], or [`TokenError::NoKeyNamed`] without a `kid` where several keys would do.
    pub(super) fn find(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<&VerifyingKey, TokenError> {
        let named = |key: &&VerifyingKey| kid.is_none() || key.kid() == kid;
        let mut fitting = self
            .keys
            .iter()
            .filter(|key| key.fits(algorithm))
            .filter(named);
        let first = fitting.next().ok_or(TokenError::UnknownKey)?;
        match fitting.next() {
            None => Ok(first),
            Some(_) => Err(TokenError::NoKeyNamed),
        }
    }

    /// Whether a key is still among them.
    pub(super) fn holds(&self, fingerprint: &[u8; 32]) -> bool {
        self.keys.iter().any(|key| key.fingerprint() == fingerprint)
    }

    fn says_anything_twice(&self, allowed: &Algorithms) -> bool {
        let mut algorithms = Algorithm::ALL.into_iter().filter(|a| allowed.allow(*a));
        algorithms.any(|algorithm| {
            let fitting = || self.keys.iter().filter(|key| key.fits(algorithm));
            let named = fitting().filter_map(VerifyingKey::kid).count();
            let mut kids: Vec<_> = fitting().filter_map(VerifyingKey::kid).collect();
            kids.sort_unstable();
            kids.dedup();
            kids.len() != named
        })
    }
}

fn read(jwk: &Map<String, Value>, allowed: &Algorithms) -> Option<VerifyingKey> {
    VerifyingKey::read(jwk, allowed)
        .inspect_err(|reason| tracing::debug!(%reason, "tokens.key_passed_over"))
        .ok()
}

#[cfg(test)]
mod tests;
