//! Who calls, and what they may do: access keys, roles, and the sites that a key is good for.

pub mod caller;
pub mod certificate;
pub mod error;
pub mod identities;
pub mod issue;
pub mod key;
mod peers;
pub mod presented;
pub mod role;
pub mod root;
pub mod rotate;
pub mod scope;
pub mod table;
mod tending;
pub mod token;
mod usage;

use std::{
    collections::HashSet,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use subtle::ConstantTimeEq;

use crate::{
    comment::{calendar::Hour, ids::KeyId, state::Timestamp},
    fresh::Fresh,
    store::{
        access_keys::{KeyRead, KeyRecord, MAX_KEYS},
        connection::Store,
        error::StoreError,
    },
};
use caller::Caller;
use error::AccessError;
use identities::LiveIdentities;
use key::{AccessKey, KeyHash};
use peers::{Attempt, Peers};
use presented::Presented;
use role::Role;
use root::RootKey;
use scope::SiteScope;
use token::Tokens;
use usage::Usage;

/// How old knowledge of a key may be: a revoked key is refused on every replica within a second.
const TTL: Duration = Duration::from_millis(750);
/// How many unknown ids are remembered; more only cost more reads. Of known keys all are.
const STRANGERS: usize = 512;
/// The hour of a key that was never used.
const NEVER: i64 = i64::MIN;

/// Tells who calls, and keeps the keys.
pub struct Access {
    store: Store,
    root: Option<RootKey>,
    tokens: Option<Arc<Tokens>>,
    identities: LiveIdentities,
    known: Fresh<KeyId, Arc<Known>, Arc<StoreError>>,
    /// The ids of all keys a minute ago at most, if [`Access::tend`] runs.
    ids: ArcSwap<HashSet<KeyId>>,
    usage: Usage,
    peers: Peers,
}

/// What is known of a key's id. Parsed once a refresh, not once a call.
struct Known {
    read: KeyRead,
    /// `None` for an unknown key.
    caller: Option<Caller>,
    /// The number of the last hour that its use was noted for.
    noted: AtomicI64,
}

impl Known {
    /// The hour of this time, the first time that the key is used in it.
    fn first_use(&self, now: Timestamp) -> Option<Hour> {
        let hour = Hour::of(now);
        let noted = self.noted.load(Ordering::Relaxed);
        let is_first = noted != hour.number()
            && self
                .noted
                .compare_exchange(noted, hour.number(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        is_first.then_some(hour)
    }
}

impl Access {
    /// With an empty cache. `root` is the admin key for all sites that the configuration names by its hash: it works
    /// without a record in Redis, and is revoked by taking it out of the configuration. A peer may fail to show a good key
    /// `failures` times at once, and as often a minute.
    #[must_use]
    pub fn new(store: Store, root: Option<RootKey>, failures: NonZeroU32) -> Self {
        Self {
            store,
            root,
            tokens: None,
            identities: LiveIdentities::default(),
            known: Fresh::with_strangers(TTL, MAX_KEYS, STRANGERS, |known: &Arc<Known>| {
                known.caller.is_some()
            }),
            ids: ArcSwap::default(),
            usage: Usage::default(),
            peers: Peers::new(failures),
        }
    }

    /// Takes these tokens too.
    #[must_use]
    pub fn with_tokens(self, tokens: Option<Arc<Tokens>>) -> Self {
        Self { tokens, ..self }
    }

    /// The same, where a client's certificate can stand for a key: these say whose.
    #[must_use]
    pub fn knowing(mut self, identities: LiveIdentities) -> Self {
        self.identities = identities;
        self
    }

    /// The caller who showed this with a call that has just come: an `authorization` of `Bearer rd_<id>_<secret>` or of
    /// `Bearer <token>`, or without one a client's certificate. A header wins, a bad one too.
    ///
    /// Whether a key does not exist or its secret is wrong cannot be told apart, by text nor by cost: both read the
    /// record and compare a hash in constant time. That a key is expired or revoked is told only to who has its secret.
    ///
    /// Failures are counted by peer. One that failed too often is told nothing else, and what it shows is not looked up
    /// any more, unless there is a key of that id: a good one passes.
    ///
    /// # Errors
    /// Each of [`AccessError`] but those of [`Caller::require`] and [`Caller::require_role`].
    pub async fn authenticate(&self, presented: &Presented) -> Result<Caller, AccessError> {
        let mut attempt = self.peers.attempt(presented.peer());
        let identified = self.identify(presented, &mut attempt).await;
        if let Err(error) = &identified
            && error.is_failure()
        {
            attempt.count()?;
        }
        identified
    }

    /// The same for a call that was let in before, which is not counted.
    ///
    /// # Errors
    /// As [`Access::authenticate`], but for [`AccessError::TooManyFailures`].
    pub async fn authenticate_again(&self, presented: &Presented) -> Result<Caller, AccessError> {
        self.identify(presented, &mut Attempt::uncounted()).await
    }

    async fn identify(
        &self,
        presented: &Presented,
        attempt: &mut Attempt<'_>,
    ) -> Result<Caller, AccessError> {
        if let (None, Some(certificate)) = (presented.authorization(), presented.certificate()) {
            return self.identities.now().caller(certificate, SystemTime::now());
        }
        let text = bearer(presented.authorization())?;
        if let Some(tokens) = self.tokens.as_ref().filter(|_| Tokens::are_meant_by(text)) {
            return Ok(tokens.authenticate(text).await?);
        }
        let key: AccessKey = text.parse()?;
        // A wrong secret under its id goes the way of all wrong ones.
        if let Some(root) = self.root.as_ref().filter(|root| root.matches(&key)) {
            return Ok(root.caller());
        }
        let known = match self.known.peek(&key.id()) {
            Some(known) => known,
            None => self.look_up(key.id(), attempt).await?,
        };
        let stored = known.read.record.as_ref();
        // An unknown key is compared too, with what no secret hashes to: it costs what a wrong one costs.
        let hash = stored.map_or([0; 32], |record| record.secret_sha256);
        let right: bool = key.hash().ct_eq(&KeyHash::from_bytes(hash)).into();
        match (stored, &known.caller) {
            (Some(record), Some(caller)) if right => {
                let now = known.read.now();
                check_term(record, now)?;
                if let Some(hour) = known.first_use(now) {
                    self.usage.note(key.id(), hour);
                }
                Ok(caller.clone())
            }
            (_, _) => Err(AccessError::Unknown),
        }
    }

    async fn look_up(
        &self,
        id: KeyId,
        attempt: &mut Attempt<'_>,
    ) -> Result<Arc<Known>, AccessError> {
        // Only where there is such a key, or the peer may fail, is it worth a read.
        if !self.known.knows(&id) && !self.ids.load().contains(&id) {
            attempt.count()?;
        }
        let load = async |old: Option<Arc<Known>>| {
            let noted = old.map_or(NEVER, |old| old.noted.load(Ordering::Relaxed));
            let known = self.read(id, noted).await;
            known.map(Arc::new).map_err(Arc::new)
        };
        Ok(self.known.get(&id, load).await?)
    }

    /// `noted` is the last hour that is noted here, and perhaps not yet in Redis.
    async fn read(&self, id: KeyId, noted: i64) -> Result<Known, StoreError> {
        let read = self.store.access_key(id).await?;
        let Some(record) = &read.record else {
            return Ok(Known {
                read,
                caller: None,
                noted: NEVER.into(),
            });
        };
        let (role, scope) = rights(record)?;
        let caller = Caller {
            key_id: id,
            label: record.label.as_str().into(),
            role,
            scope,
        };
        let stored = record.used_at.map_or(NEVER, |at| Hour::of(at).number());
        Ok(Known {
            caller: Some(caller),
            noted: stored.max(noted).into(),
            read,
        })
    }
}

fn bearer(authorization: Option<&str>) -> Result<&str, AccessError> {
    let header = authorization.ok_or(AccessError::Missing)?;
    let (scheme, text) = header.split_once(' ').ok_or(AccessError::NotBearer)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AccessError::NotBearer);
    }
    Ok(text.trim())
}

fn check_term(record: &KeyRecord, now: Timestamp) -> Result<(), AccessError> {
    if record.revoked_at.is_some() {
        return Err(AccessError::Revoked);
    }
    if record.expires_at.is_some_and(|at| at <= now) {
        return Err(AccessError::Expired);
    }
    Ok(())
}

fn rights(record: &KeyRecord) -> Result<(Role, SiteScope), StoreError> {
    let parsed = Role::from_word(&record.role).zip(SiteScope::from_stored(&record.sites));
    parsed.ok_or(StoreError::Corrupt {
        what: "an access key's record",
    })
}
