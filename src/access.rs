//! Who calls, and what they may do: access keys, roles, and the sites that a key is good for.

pub mod caller;
pub mod error;
pub mod issue;
pub mod key;
pub mod root;

use std::{sync::Arc, time::Duration};

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
use caller::{Caller, Role, SiteScope};
use error::AccessError;
use key::{AccessKey, KeyHash};
use root::RootKey;

/// How old knowledge of a key may be: a revoked key is refused on every replica within a second.
const TTL: Duration = Duration::from_millis(750);
/// How many keys are remembered, unknown ones too; more only cost more reads.
const CAPACITY: usize = 4_096;

/// Tells who calls, and keeps the keys.
pub struct Access {
    store: Store,
    root: Option<RootKey>,
    known: Fresh<KeyId, Arc<KeyRead>, Arc<StoreError>>,
}

impl Access {
    /// With an empty cache. `root` is the admin key for all sites that the configuration names by its hash: it works
    /// without a record in Redis, and is revoked by taking it out of the configuration.
    #[must_use]
    pub fn new(store: Store, root: Option<RootKey>) -> Self {
        Self {
            store,
            root,
            known: Fresh::new(TTL, CAPACITY),
        }
    }

    /// The caller who sent this `authorization` header: `Bearer rd_<id>_<secret>`.
    ///
    /// Whether a key does not exist or its secret is wrong cannot be told apart, by text nor by cost: both read the
    /// record and compare a hash in constant time. That a key is expired or revoked is told only to who has its secret.
    ///
    /// # Errors
    /// Each of [`AccessError`] but the last two, which are [`Caller::require`]'s.
    pub async fn authenticate(&self, authorization: Option<&str>) -> Result<Caller, AccessError> {
        let key = presented(authorization)?;
        if let Some(root) = &self.root
            && root.id() == key.id()
        {
            let right = root.matches(&key);
            return right.then(|| root.caller()).ok_or(AccessError::Unknown);
        }
        let load = async || {
            let read = self.store.access_key(key.id()).await;
            read.map(Arc::new).map_err(Arc::new)
        };
        let read = self.known.get(&key.id(), load).await?;
        let (record, hash) = match &read.record {
            Some(record) => (Some(record), KeyHash::from_bytes(record.secret_sha256)),
            None => (None, KeyHash::from_bytes([0; 32])),
        };
        let right: bool = key.hash().ct_eq(&hash).into();
        match record {
            Some(record) if right => admit(key.id(), record, read.now()),
            Some(_) | None => Err(AccessError::Unknown),
        }
    }
}

fn presented(authorization: Option<&str>) -> Result<AccessKey, AccessError> {
    let header = authorization.ok_or(AccessError::Missing)?;
    let (scheme, text) = header.split_once(' ').ok_or(AccessError::NotBearer)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AccessError::NotBearer);
    }
    Ok(text.trim().parse::<AccessKey>()?)
}

fn admit(key_id: KeyId, record: &KeyRecord, now: Timestamp) -> Result<Caller, AccessError> {
    if record.revoked_at.is_some() {
        return Err(AccessError::Revoked);
    }
    if record.expires_at.is_some_and(|at| at <= now) {
        return Err(AccessError::Expired);
    }
    let (role, scope) = rights(record)?;
    Ok(Caller {
        key_id,
        label: record.label.clone(),
        role,
        scope,
    })
}

fn rights(record: &KeyRecord) -> Result<(Role, SiteScope), Arc<StoreError>> {
    let parsed = Role::from_word(&record.role).zip(SiteScope::from_stored(&record.sites));
    parsed.ok_or_else(|| {
        Arc::new(StoreError::Corrupt {
            what: "an access key's record",
        })
    })
}
