//! The admin key that the configuration names: it opens an empty installation, and works while Redis is away.

use std::{fmt, str::FromStr};

use data_encoding::HEXLOWER;
use subtle::ConstantTimeEq;

use crate::{
    access::{
        caller::Caller,
        key::{AccessKey, KeyHash},
        role::Role,
        scope::SiteScope,
    },
    comment::ids::KeyId,
};

/// Why a text names no root key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be <key id>:<SHA-256 in hexadecimal digits>, as `replydesk key generate` prints it; the key itself does not belong here"
)]
pub struct RootKeyError;

/// A root admin key by id and hash: `<16 hexadecimal digits>:<64 hexadecimal digits>`. Not secret, yet not shown.
#[derive(Clone)]
pub struct RootKey {
    id: KeyId,
    hash: KeyHash,
}

impl RootKey {
    /// The one that lets this key in.
    #[must_use]
    pub fn of(key: &AccessKey) -> Self {
        Self {
            id: key.id(),
            hash: key.hash(),
        }
    }

    /// The key's public part.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The line that the configuration takes.
    #[must_use]
    pub fn to_config(&self) -> String {
        format!("{}:{}", self.id, HEXLOWER.encode(self.hash.as_bytes()))
    }

    pub(super) fn matches(&self, key: &AccessKey) -> bool {
        self.id == key.id() && bool::from(self.hash.ct_eq(&key.hash()))
    }

    pub(super) fn caller(&self) -> Caller {
        Caller {
            key_id: self.id,
            label: "root".into(),
            role: Role::Admin,
            scope: SiteScope::All,
        }
    }
}

/// A fresh root key with what the configuration takes: nothing is read or written, so it works offline.
///
/// # Errors
/// When the operating system has no random numbers.
pub fn generate() -> Result<(AccessKey, RootKey), getrandom::Error> {
    let key = AccessKey::generate()?;
    let root = RootKey::of(&key);
    Ok((key, root))
}

impl FromStr for RootKey {
    type Err = RootKeyError;

    fn from_str(text: &str) -> Result<Self, RootKeyError> {
        let (id, hash) = text.trim().split_once(':').ok_or(RootKeyError)?;
        let id = id.parse().map_err(|_| RootKeyError)?;
        let hash = HEXLOWER.decode(hash.as_bytes()).map_err(|_| RootKeyError)?;
        let hash = hash.try_into().map_err(|_| RootKeyError)?;
        Ok(Self {
            id,
            hash: KeyHash::from_bytes(hash),
        })
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({}, [redacted])", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_lets_its_key_in_and_no_other() {
        let (key, root) = generate().unwrap();
        let read: RootKey = root.to_config().parse().unwrap();
        assert!(read.matches(&key));
        assert!(!read.matches(&AccessKey::generate().unwrap()));
        for wrong in [
            "",
            ":",
            &key.expose(),
            "0a0a0a0a0a0a0a0a:00",
            &root.to_config()[1..],
        ] {
            assert_eq!(wrong.parse::<RootKey>().unwrap_err(), RootKeyError);
        }
    }
}
