//! The sites and their policies: cached for the path of a comment, never for a change.

mod change;
mod threads;

use std::{sync::Arc, time::Duration};

use crate::{
    comment::{audit::Actor, fields::Line, ids::SiteId, state::Timestamp, violation::Violations},
    fresh::Fresh,
    policy::Policy,
    store::{
        audit::Changed,
        connection::Store,
        error::StoreError,
        sites::{Created, MAX_SITES, SiteRecord, Updated},
    },
};

pub use change::SiteChange;

/// How old a policy may be that a submission is judged by. `submit.lua` compares its version anyway.
const TTL: Duration = Duration::from_millis(750);
/// How many sites are remembered; more only cost more reads.
const CAPACITY: usize = 1_000;
/// How often an update without an expected version is tried again when others write at the same time.
const UPDATE_TRIES: usize = 5;

/// The name that people read: one line, at most 200 characters; may be empty.
pub type SiteName = Line<200>;

/// A tenant: a newspaper, a blog.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its name in keys and requests.
    pub id: SiteId,
    /// The name that people read.
    pub display_name: SiteName,
    /// What it wants.
    pub policy: Policy,
    /// Raised by one with each update, from 1.
    pub policy_version: u32,
    /// When it was created.
    pub created_at: Timestamp,
}

/// Why a site cannot be read or changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SiteError {
    /// No such site.
    #[error("there is no site of this name; create it first")]
    NotFound,
    /// The name is taken.
    #[error("a site of this name exists already; update it instead")]
    Exists,
    /// As many as there may be.
    #[error("there are {MAX_SITES} sites already, the most that one installation holds")]
    TooMany,
    /// Another update came first.
    #[error("the site was changed meanwhile and is at version {current}; read it and try again")]
    Stale {
        /// The current version.
        current: u32,
    },
    /// Others change the thread at the same time.
    #[error("others change this thread at the same time; send it again")]
    ThreadBusy,
    /// The change is not valid.
    #[error(transparent)]
    Violations(#[from] Violations),
    /// Redis failed; shared by all who waited for the same read.
    #[error(transparent)]
    Store(#[from] Arc<StoreError>),
}

impl From<StoreError> for SiteError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

/// All sites of an installation.
pub struct Sites {
    store: Store,
    known: Fresh<SiteId, Option<Arc<Site>>, Arc<StoreError>>,
}

impl Sites {
    /// With an empty cache.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            known: Fresh::new(TTL, CAPACITY),
        }
    }

    /// A site as it was at most 750 ms ago.
    ///
    /// # Errors
    /// [`SiteError::NotFound`]; [`SiteError::Store`] when Redis fails and nothing fresh is known.
    pub async fn get(&self, site: &SiteId) -> Result<Arc<Site>, SiteError> {
        let load = async |old: Option<Option<Arc<Site>>>| {
            let record = self.store.site(site).await?;
            record
                .map(|record| parse_anew(old.flatten(), site, record))
                .transpose()
        };
        let load = async |old| load(old).await.map_err(Arc::new);
        let found = self.known.get(site, load).await?;
        found.ok_or(SiteError::NotFound)
    }

    /// Makes the next [`Sites::get`] read anew: after a script said that the policy seen is stale.
    pub fn forget(&self, site: &SiteId) {
        self.known.forget(site);
    }

    /// All sites, by name, read now.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn list(&self) -> Result<Vec<Site>, SiteError> {
        let records = self.store.sites().await?;
        // One that cannot be read must not hide the others.
        let readable = |(id, record): (SiteId, SiteRecord)| match parse(id.clone(), record) {
            Ok(site) => Some(site),
            Err(error) => {
                tracing::error!(site = %id, error = &error as &dyn std::error::Error, "site.unreadable");
                None
            }
        };
        Ok(records.into_iter().filter_map(readable).collect())
    }

    /// Creates a site.
    ///
    /// # Errors
    /// [`SiteError::Exists`], [`SiteError::TooMany`], [`SiteError::Store`].
    pub async fn create(
        &self,
        id: SiteId,
        display_name: SiteName,
        policy: Policy,
        actor: &Actor,
    ) -> Result<Site, SiteError> {
        let created = self
            .store
            .create_site(&id, &policy.to_stored(), display_name.as_str(), actor)
            .await;
        self.forget(&id);
        match created? {
            Created::At(created_at) => Ok(Site {
                id,
                display_name,
                policy,
                policy_version: 1,
                created_at,
            }),
            Created::Exists => Err(SiteError::Exists),
            Created::TooMany => Err(SiteError::TooMany),
        }
    }

    /// Changes a site; in force here at once, on every replica within 750 ms. `expected` is the version that the change
    /// was made on; `None` takes the current one.
    ///
    /// # Errors
    /// [`SiteError::Stale`] when another update came first, [`SiteError::NotFound`], [`SiteError::Violations`],
    /// [`SiteError::Store`].
    pub async fn update(
        &self,
        id: &SiteId,
        change: &SiteChange,
        expected: Option<u32>,
        actor: &Actor,
    ) -> Result<Site, SiteError> {
        let mut current = 0;
        for _ in 0..UPDATE_TRIES {
            let record = self.store.site(id).await?.ok_or(SiteError::NotFound)?;
            let before = parse(id.clone(), record)?;
            let seen = before.policy_version;
            if let Some(expected) = expected
                && expected != seen
            {
                return Err(SiteError::Stale { current: seen });
            }
            let after = change.applied_to(&before)?;
            let (policy, name) = (after.policy.to_stored(), after.display_name.as_str());
            let (from, to) = change::told(&before, &after);
            let changed = Changed {
                actor,
                subject: &format!("policy version {}", u64::from(seen) + 1),
                before: &from,
                after: &to,
            };
            let updated = self
                .store
                .update_site(id, seen, &policy, name, changed)
                .await;
            self.forget(id);
            match updated? {
                Updated::Done(policy_version) => {
                    return Ok(Site {
                        policy_version,
                        ..after
                    });
                }
                Updated::Missing => return Err(SiteError::NotFound),
                Updated::Stale(version) if expected.is_some() => {
                    return Err(SiteError::Stale { current: version });
                }
                Updated::Stale(version) => current = version,
            }
        }
        Err(SiteError::Stale { current })
    }
}

/// The old site if it is still at the record's version: a policy's word lists are compiled once a version, not once a
/// refresh.
fn parse_anew(
    old: Option<Arc<Site>>,
    id: &SiteId,
    record: SiteRecord,
) -> Result<Arc<Site>, StoreError> {
    let holds = |old: &Arc<Site>| {
        (old.policy_version, old.created_at) == (record.version, record.created_at)
    };
    match old.filter(holds) {
        Some(old) => Ok(old),
        None => parse(id.clone(), record).map(Arc::new),
    }
}

fn parse(id: SiteId, record: SiteRecord) -> Result<Site, StoreError> {
    let corrupt = |what| StoreError::Corrupt { what };
    Ok(Site {
        id,
        display_name: record
            .display_name
            .parse()
            .map_err(|_| corrupt("a site's display name"))?,
        policy: Policy::from_stored(&record.policy).ok_or(corrupt("a site's policy"))?,
        policy_version: record.version,
        created_at: record.created_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_compiled_once_a_version() {
        let id: SiteId = "gazette".parse().unwrap();
        let record = |version| SiteRecord {
            version,
            policy: Policy::default().to_stored(),
            display_name: String::new(),
            created_at: Timestamp(7),
        };
        let first = parse_anew(None, &id, record(1)).unwrap();
        let same = parse_anew(Some(Arc::clone(&first)), &id, record(1)).unwrap();
        assert!(Arc::ptr_eq(&first, &same));
        let next = parse_anew(Some(first), &id, record(2)).unwrap();
        assert_eq!(next.policy_version, 2);
    }
}
