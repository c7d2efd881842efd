//! Tokens: people sign in with the newsroom's identity provider, and show what it gave them (JWT, RFC 7519).
//!
//! A token is read strictly, held against what the configuration expects, checked with a key of the provider's, and its
//! claims are mapped to a role and sites. What its claims say is looked at before its signature: a refusal gives nothing
//! away, and strangers then cost neither a signature nor a look for an unknown key.

pub mod algorithm;
pub mod claims;
pub mod error;
pub mod fetch;
pub mod grants;
pub mod key;
pub mod key_set;
pub mod keys;
pub mod source;

mod compact;
mod json;
mod verified;

use std::{
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use sha2::{Digest, Sha256};

use crate::access::caller::Caller;
use algorithm::Algorithms;
use claims::{Expected, Person};
use compact::{Compact, Header};
use error::{MAX_TOKEN_BYTES, TokenError};
use fetch::{FetchError, Fetcher, TrustError};
use grants::Grants;
use key::VerifyingKey;
use keys::{Freshness, Keeper, Keys};
use source::JwksSource;
use verified::{Verified, VerifiedTokens};

/// Whom to believe, and what they may say.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// What tokens are held against.
    pub expected: Expected,
    /// How they may be signed.
    pub algorithms: Algorithms,
    /// Where the provider's keys are.
    pub source: JwksSource,
    /// Certificates that vouch for the provider's server in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// How its keys are kept.
    pub freshness: Freshness,
    /// What claims give.
    pub grants: Grants,
}

/// Why the service can't take tokens.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// Nothing vouches for the provider's server.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The file of keys.
    #[error("tokens.jwks_file cannot be used: {0}")]
    Keys(#[from] FetchError),
}

/// Tells who shows a token.
pub struct Tokens {
    expected: Expected,
    algorithms: Algorithms,
    grants: Grants,
    keys: Keys,
    verified: VerifiedTokens,
}

impl Tokens {
    /// Tokens, and what keeps the provider's keys fresh: nobody is let in before it has read them. A file is read here;
    /// a provider's server that is away does not keep the service from starting.
    ///
    /// # Errors
    /// As [`TokensError`] says.
    pub async fn open(settings: TokenSettings) -> Result<(Self, Keeper), TokensError> {
        let fetcher = Fetcher::new(settings.source, settings.ca_file.as_deref())?;
        let algorithms = settings.algorithms;
        let (keys, keeper) = keys::keys(fetcher, algorithms.clone(), settings.freshness);
        if keeper.reads_a_file() {
            keeper.read().await?;
        }
        let tokens = Self {
            expected: settings.expected,
            algorithms,
            grants: settings.grants,
            keys,
            verified: VerifiedTokens::default(),
        };
        Ok((tokens, keeper))
    }

    /// Whether a bearer's text is meant as a token: no access key has a full stop in it.
    #[must_use]
    pub fn are_meant_by(text: &str) -> bool {
        text.contains('.')
    }

    /// Whose token this is. A token that was found good is remembered by its hash until it ends or its key is gone, so
    /// that a signature is checked once; otherwise it costs up to 100 us of CPU, and for an unknown key once in a while
    /// the time that the provider takes, 10 s at most.
    ///
    /// # Errors
    /// As [`TokenError`] says.
    pub async fn authenticate(&self, text: &str) -> Result<Caller, TokenError> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let name: [u8; 32] = Sha256::digest(text).into();
        let now = unix_time();
        if let Some(known) = self.verified.get(&name, now)
            && self.keys.with(|set| set.holds(&known.key))?
        {
            return Ok(known.caller);
        }
        let token = Compact::parse(text)?;
        if !self.algorithms.allow(token.header.algorithm) {
            return Err(TokenError::Algorithm);
        }
        let person = self.expected.check(&token.claims, now)?;
        let key = self.key(&token.header).await?;
        if !key.verifies(token.header.algorithm, token.signed, &token.signature) {
            return Err(TokenError::Signature);
        }
        let Person {
            key_id,
            label,
            until,
        } = person;
        let (role, scope) = self.grants.of(&token.claims)?;
        let caller = Caller {
            key_id,
            label: label.as_str().into(),
            role,
            scope,
        };
        let verified = Verified {
            caller: caller.clone(),
            key: *key.fingerprint(),
            until,
        };
        self.verified.keep(name, verified, now);
        Ok(caller)
    }

    async fn key(&self, header: &Header) -> Result<VerifyingKey, TokenError> {
        let find = || {
            let kid = header.kid.as_deref();
            let find = |set: &key_set::KeySet| set.find(kid, header.algorithm).cloned();
            self.keys.with(find).and_then(|found| found)
        };
        match find() {
            Err(TokenError::UnknownKey) => {
                self.keys.look_again().await;
                find()
            }
            found => found,
        }
    }
}

/// Seconds since 1970 by this machine's clock: the provider's clock is not Redis's either, and tokens must work while
/// Redis is away.
fn unix_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
