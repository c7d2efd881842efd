//! Which pepper and which privacy key the data in this Redis belongs to.

mod error;

pub use error::IdentityError;

use crate::comment::state::Timestamp;
use crate::store::{
    connection::Store,
    error::StoreError,
    keys,
    reply::unexpected,
    schema::{self, RELEASE, SCHEMA},
    script::{Script, ScriptCall},
};

static CLAIM: Script = Script::new("identity", include_str!("scripts/identity.lua"));

/// A secret as it is configured, known by fingerprints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// The one in use.
    pub current: String,
    /// The one that it replaces, for as long as that is configured.
    pub previous: Option<String>,
    /// The one that will replace it: who knows that may start although it has happened.
    pub next: Option<String>,
}

impl Configured {
    /// Whether a fingerprint is of one of them.
    #[must_use]
    pub fn knows(&self, fingerprint: &str) -> bool {
        let others = [&self.previous, &self.next].into_iter().flatten();
        let mut known = [&self.current].into_iter().chain(others);
        known.any(|known| known == fingerprint)
    }
}

/// The secrets that data in Redis depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Keys every hash.
    pub pepper: Configured,
    /// To whom contact data is sealed.
    pub privacy_key: Configured,
}

impl Identity {
    /// As one that replaces nothing.
    #[must_use]
    pub fn without_previous(&self) -> Self {
        let alone = |secret: &Configured| Configured {
            current: secret.current.clone(),
            previous: None,
            next: secret.next.clone(),
        };
        Self {
            pepper: alone(&self.pepper),
            privacy_key: alone(&self.privacy_key),
        }
    }
}

/// What became of a claim.
#[derive(Debug)]
pub struct Claim {
    /// Until when, by Redis's clock, what is sealed to the configured privacy key may be stored; `None`: not at all.
    pub seals_until: Option<Timestamp>,
    /// What it found, or why the replica must not work on this Redis.
    pub found: Result<Claimed, IdentityError>,
}

/// What a claim found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Claimed {
    /// When the pepper replaced another, if it ever did: authors may be known by hashes that this one does not make.
    pub pepper_replaced_at: Option<Timestamp>,
    /// When the first of the configured peppers came, unless there was none before it: who came before that and not since
    /// is found neither by address nor by account.
    pub not_found_before: Option<Timestamp>,
}

/// How a configured secret stands to what is stored.
enum Match {
    Same,
    Replaced,
    Other,
}

fn compare(configured: &Configured, stored: &str, before: &str) -> Match {
    // The one in Redis is still to be replaced where the other secret was refused.
    if configured.current == stored || configured.previous.as_deref() == Some(stored) {
        Match::Same
    } else if configured.current == before {
        if configured.next.as_deref() == Some(stored) {
            return Match::Same;
        }
        Match::Replaced
    } else {
        Match::Other
    }
}

/// Stores the fingerprints if there are none yet, replaces those that are configured as previous ones, and compares. One
/// round trip.
///
/// # Errors
/// As [`StoreError`] says.
pub async fn claim(store: &Store, identity: &Identity) -> Result<Claim, StoreError> {
    let Identity {
        pepper,
        privacy_key,
    } = identity;
    let before = |secret: &Configured| secret.previous.clone().unwrap_or_default();
    let call = ScriptCall::new()
        .key(keys::identity())
        .key(keys::sealing())
        .key(keys::restore())
        .arg(pepper.current.as_str())
        .arg(privacy_key.current.as_str())
        .arg(before(pepper))
        .arg(before(privacy_key))
        .arg(SCHEMA)
        .arg(RELEASE);
    let stored: Vec<String> = store.call(&CLAIM, &call).await?;
    let stored = <[String; 10]>::try_from(stored).map_err(|_| unexpected())?;
    let [fingerprints @ .., seals_until, found, release, restoring] = stored;
    let found = match schema::refused(&found, &release, !restoring.is_empty()) {
        Some(refused) => Err(refused.into()),
        None => judge(identity, fingerprints),
    };
    Ok(Claim {
        seals_until: instant(&seals_until),
        found,
    })
}

/// As the script tells one; '' is none.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(Timestamp)
}

/// Which of the secrets differs from what is stored, as `identity.lua` tells it.
fn judge(identity: &Identity, stored: [String; 6]) -> Result<Claimed, IdentityError> {
    let Identity {
        pepper,
        privacy_key,
    } = identity;
    let [
        stored_pepper,
        stored_key,
        pepper_before,
        key_before,
        replaced_at,
        replaced_before_at,
    ] = stored;
    let configured = pepper.current.clone();
    let is = (
        compare(pepper, &stored_pepper, &pepper_before),
        compare(privacy_key, &stored_key, &key_before),
    );
    match is {
        (Match::Other, Match::Other) => Err(IdentityError::Both {
            pepper: stored_pepper,
            privacy_key: stored_key,
        }),
        (Match::Other, _) => Err(IdentityError::Pepper {
            stored: stored_pepper,
            configured,
            previous: pepper.previous.clone(),
        }),
        (_, Match::Other) => Err(IdentityError::PrivacyKey {
            stored: stored_key,
            configured: privacy_key.current.clone(),
            previous: privacy_key.previous.clone(),
        }),
        (Match::Replaced, _) => Err(IdentityError::ReplacedPepper {
            stored: stored_pepper,
            configured,
        }),
        (Match::Same, Match::Replaced) => Err(IdentityError::ReplacedPrivacyKey {
            stored: stored_key,
            configured: privacy_key.current.clone(),
        }),
        (Match::Same, Match::Same) => match &pepper.previous {
            Some(previous) if !pepper_before.is_empty() && *previous != pepper_before => {
                Err(IdentityError::PreviousPepper {
                    stored: pepper_before,
                    configured: previous.clone(),
                })
            }
            Some(_) | None => {
                let knows_both = pepper.knows(&stored_pepper) && pepper.knows(&pepper_before);
                let (last, before) = (instant(&replaced_at), instant(&replaced_before_at));
                Ok(Claimed {
                    pepper_replaced_at: last,
                    not_found_before: if knows_both { before } else { last },
                })
            }
        },
    }
}
