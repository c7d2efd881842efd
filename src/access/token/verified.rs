//! Tokens that were found good, by SHA-256 of their text: a long stream asks five times a second whether its token still
//! is. The text itself is not kept.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::access::caller::Caller;

/// How many are remembered; more only cost more checks of signatures.
const CAPACITY: usize = 4_096;

/// What was found out of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verified {
    pub caller: Caller,
    /// The fingerprint of the key that signed it.
    pub key: [u8; 32],
    /// From when on it is no good, in seconds since 1970.
    pub until: i64,
}

/// At most [`CAPACITY`] of them.
#[derive(Default)]
pub(super) struct VerifiedTokens(Mutex<HashMap<[u8; 32], Verified>>);

impl VerifiedTokens {
    /// What is known of a token that is still good at this time.
    pub(super) fn get(&self, name: &[u8; 32], now: i64) -> Option<Verified> {
        let mut tokens = self.lock();
        let found = tokens.get(name)?;
        if now < found.until {
            return Some(found.clone());
        }
        tokens.remove(name);
        None
    }

    /// Remembers one; where there is no room, those that have ended go, and else the one that ends first.
    pub(super) fn keep(&self, name: [u8; 32], token: Verified, now: i64) {
        let mut tokens = self.lock();
        if tokens.len() >= CAPACITY && !tokens.contains_key(&name) {
            tokens.retain(|_, token| now < token.until);
        }
        if tokens.len() >= CAPACITY
            && !tokens.contains_key(&name)
            && let Some(first) = tokens
                .iter()
                .min_by_key(|(_, token)| token.until)
                .map(|(name, _)| *name)
        {
            tokens.remove(&first);
        }
        tokens.insert(name, token);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Verified>> {
        // No code that can panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::{role::Role, scope::SiteScope},
        comment::ids::KeyId,
    };

    fn token(until: i64) -> Verified {
        Verified {
            caller: Caller {
                key_id: KeyId::from_bytes([1; 8]),
                label: "ada".into(),
                role: Role::Moderator,
                scope: SiteScope::All,
            },
            key: [2; 32],
            until,
        }
    }

    fn name(number: usize) -> [u8; 32] {
        let mut name = [0; 32];
        name[..8].copy_from_slice(&number.to_be_bytes());
        name
    }

    #[test]
    fn a_token_is_known_until_it_ends() {
        let tokens = VerifiedTokens::default();
        tokens.keep(name(1), token(100), 10);
        assert_eq!(tokens.get(&name(1), 99), Some(token(100)));
        assert_eq!(tokens.get(&name(2), 99), None);
        assert_eq!(tokens.get(&name(1), 100), None);
        assert!(tokens.lock().is_empty());
    }

    #[test]
    fn there_are_never_more_than_fit_and_those_that_last_stay() {
        let tokens = VerifiedTokens::default();
        for number in 0..CAPACITY + 10 {
            tokens.keep(name(number), token(1_000 + number as i64), 10);
            assert!(tokens.lock().len() <= CAPACITY);
        }
        assert_eq!(tokens.get(&name(9), 10), None);
        assert!(tokens.get(&name(10), 10).is_some());
        tokens.keep(name(1), token(9_000), 5_100);
        assert_eq!(tokens.lock().len(), 6);
    }
}
