//! What a token says: from whom, for whom, about whom, and from when to when (RFC 7519, section 4.1).

use std::{str::FromStr, time::Duration};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    access::{issue::Label, token::error::TokenError},
    comment::{fields::is_blank, ids::KeyId},
};

/// The end of the year 9999, in seconds since 1970: what is later is a mistake, or milliseconds.
const LATEST: f64 = 253_402_300_799.0;

/// A text that a claim must have exactly: 1 to 512 visible characters. Used for `iss` and `aud`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned(Box<str>);

/// Why a text is none that a claim could have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 512 visible characters without spaces")]
pub struct PinnedError;

impl Pinned {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Pinned {
    type Err = PinnedError;

    fn from_str(text: &str) -> Result<Self, PinnedError> {
        let count = text.chars().count();
        let visible = !text.chars().any(|c| c.is_control() || c.is_whitespace());
        if (1..=512).contains(&count) && visible {
            Ok(Self(text.into()))
        } else {
            Err(PinnedError)
        }
    }
}

/// What every token is held against.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The `iss` that is trusted.
    pub issuer: Pinned,
    /// Must be among a token's `aud`.
    pub audience: Pinned,
    /// How far the clocks of issuer and service may differ.
    pub leeway: Duration,
    /// How long after its `iat` a token is good at most, whatever its `exp` says.
    pub max_age: Duration,
    /// The claim that names a person in the audit log; `sub` if none is configured.
    pub label_claim: Option<Pinned>,
}

/// Whom a token is about, and how long it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// The first 8 bytes of SHA-256 over `iss|sub`: the same person is the same actor, whatever their token.
    pub key_id: KeyId,
    /// As the audit log names them.
    pub label: Label,
    /// From when on the token is no good, in seconds since 1970; the leeway is in it.
    pub until: i64,
}

impl Expected {
    /// Holds claims against it, at a time in seconds since 1970.
    ///
    /// # Errors
    /// The first that is not as it must be.
    pub(super) fn check(
        &self,
        claims: &Map<String, Value>,
        now: i64,
    ) -> Result<Person, TokenError> {
        let issuer = text(claims, "iss")?;
        if issuer != self.issuer.as_str() {
            return Err(TokenError::Issuer);
        }
        self.check_audience(claims)?;
        let until = self.check_times(claims, now)?;
        let subject = text(claims, "sub")?;
        let digest = Sha256::new()
            .chain_update(issuer)
            .chain_update("|")
            .chain_update(subject)
            .finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Ok(Person {
            key_id: KeyId::from_bytes(id),
            label: self.label(claims)?,
            until,
        })
    }

    fn check_audience(&self, claims: &Map<String, Value>) -> Result<(), TokenError> {
        let ours = match claims.get("aud") {
            Some(Value::String(one)) => one == self.audience.as_str(),
            Some(Value::Array(several)) => {
                if !several.iter().all(Value::is_string) {
                    return Err(TokenError::Claim("aud"));
                }
                several.iter().any(|one| one == self.audience.as_str())
            }
            Some(_) | None => return Err(TokenError::Claim("aud")),
        };
        ours.then_some(()).ok_or(TokenError::Audience)
    }

    /// From when on the token is no good.
    fn check_times(&self, claims: &Map<String, Value>, now: i64) -> Result<i64, TokenError> {
        let expires = time(claims, "exp")?.ok_or(TokenError::Claim("exp"))?;
        let issued = time(claims, "iat")?.ok_or(TokenError::Claim("iat"))?;
        let begins = time(claims, "nbf")?.unwrap_or(issued).max(issued);
        let leeway = seconds(self.leeway);
        let too_old = issued.saturating_add(seconds(self.max_age));
        // RFC 7519: not accepted on or after `exp`.
        if now >= expires.saturating_add(leeway) {
            return Err(TokenError::Expired);
        }
        if now >= too_old.saturating_add(leeway) {
            return Err(TokenError::TooOld);
        }
        if now < begins.saturating_sub(leeway) {
            return Err(TokenError::NotYet);
        }
        Ok(expires.min(too_old).saturating_add(leeway))
    }

    /// Goes into the audit log and is shown to moderators, so no e-mail address may be in it.
    fn label(&self, claims: &Map<String, Value>) -> Result<Label, TokenError> {
        let name = self.label_claim.as_ref().map_or("sub", Pinned::as_str);
        let text = claims.get(name).and_then(Value::as_str);
        let text = text.ok_or(TokenError::Label)?;
        if text.contains('@') {
            return Err(TokenError::NamedByAddress);
        }
        if is_blank(text) {
            return Err(TokenError::Label);
        }
        text.parse().map_err(|_| TokenError::Label)
    }
}

fn seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}

fn text<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, TokenError> {
    let text = claims.get(name).and_then(Value::as_str);
    text.filter(|text| !text.is_empty())
        .ok_or(TokenError::Claim(name))
}

/// A NumericDate: seconds since 1970, which may have a fraction.
fn time(claims: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, TokenError> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let seconds = value.as_f64().filter(|at| (0.0..=LATEST).contains(at));
    #[expect(
        clippy::cast_possible_truncation,
        reason = "in range, and whole seconds are enough"
    )]
    let whole = seconds.map(|at| at.floor() as i64);
    whole.map(Some).ok_or(TokenError::Claim(name))
}

#[cfg(test)]
mod tests;
