//! Who calls, and what they may do: access keys, roles, and the sites that a key is good for.

pub mod caller;
pub mod certificate;
pub mod error;
pub mod identities;
pub mod issue;
pub mod key;
pub mod presented;
pub mod role;
pub mod root;
pub mod table;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use subtle::ConstantTimeEq;

use crate::{
    comment::{ids::KeyId, state::Timestamp},
    fresh::Fresh,
    store::{
        access_keys::{KeyRead, KeyRecord},
        connection::Store,
        error::StoreError,
    },
};
use caller::{Caller, SiteScope};
use error::AccessError;
use identities::LiveIdentities;
use key::{AccessKey, KeyHash};
use presented::Presented;
use role::Role;
use root::RootKey;

/// How old knowledge of a key may be: a revoked key is refused on every replica within a second.
const TTL: Duration = Duration::from_millis(750);
/// How many keys are remembered, unknown ones too; more only cost more reads.
const CAPACITY: usize = 4_096;

/// Tells who calls, and keeps the keys.
pub struct Access {
    store: Store,
    root: Option<RootKey>,
    identities: LiveIdentities,
    known: Fresh<KeyId, Arc<Known>, Arc<StoreError>>,
}

/// What is known of a key's id. Parsed once a refresh, not once a call.
struct Known {
    read: KeyRead,
    /// `None` for an unknown key.
    caller: Option<Caller>,
}

impl Access {
    /// With an empty cache. `root` is the admin key for all sites that the configuration names by its hash: it works
    /// without a record in Redis, and is revoked by taking it out of the configuration.
    #[must_use]
    pub fn new(store: Store, root: Option<RootKey>) -> Self {
        Self {
            store,
            root,
            identities: LiveIdentities::default(),
            known: Fresh::new(TTL, CAPACITY),
        }
    }

    /// The same, where a client's certificate can stand for a key: these say whose.
    #[must_use]
    pub fn knowing(mut self, identities: LiveIdentities) -> Self {
        self.identities = identities;
        self
    }

    /// The caller who showed this: an `authorization` of `Bearer rd_<id>_<secret>`, or without one a client's certificate.
    /// A header wins, a bad one too.
    ///
    /// Whether a key does not exist or its secret is wrong cannot be told apart, by text nor by cost: both read the
    /// record and compare a hash in constant time. That a key is expired or revoked is told only to who has its secret.
    ///
    /// # Errors
    /// Each of [`AccessError`] but the last two, which are [`Caller::require`]'s.
    pub async fn authenticate(&self, presented: &Presented) -> Result<Caller, AccessError> {
        if let (None, Some(certificate)) = (presented.authorization(), presented.certificate()) {
            return self.identities.now().caller(certificate, SystemTime::now());
        }
        let key = key_in(presented.authorization())?;
        if let Some(root) = &self.root
            && root.id() == key.id()
        {
            let right = root.matches(&key);
            return right.then(|| root.caller()).ok_or(AccessError::Unknown);
        }
        let load = async |_| self.read(key.id()).await.map(Arc::new).map_err(Arc::new);
        let known = self.known.get(&key.id(), load).await?;
        let stored = known.read.record.as_ref();
        // An unknown key is compared too, with what no secret hashes to: it costs what a wrong one costs.
        let hash = stored.map_or([0; 32], |record| record.secret_sha256);
        let right: bool = key.hash().ct_eq(&KeyHash::from_bytes(hash)).into();
        match (stored, &known.caller) {
            (Some(record), Some(caller)) if right => {
                check_term(record, known.read.now())?;
                Ok(caller.clone())
            }
            (_, _) => Err(AccessError::Unknown),
        }
    }

    async fn read(&self, id: KeyId) -> Result<Known, StoreError> {
        let read = self.store.access_key(id).await?;
        let caller = match &read.record {
            Some(record) => {
                let (role, scope) = rights(record)?;
                let label = record.label.as_str().into();
                Some(Caller {
                    key_id: id,
                    label,
                    role,
                    scope,
                })
            }
            None => None,
        };
        Ok(Known { read, caller })
    }
}

fn key_in(authorization: Option<&str>) -> Result<AccessKey, AccessError> {
    let header = authorization.ok_or(AccessError::Missing)?;
    let (scheme, text) = header.split_once(' ').ok_or(AccessError::NotBearer)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AccessError::NotBearer);
    }
    Ok(text.trim().parse::<AccessKey>()?)
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
