//! Sites' records in Redis. What a policy means is not known here: it is bytes.

use prost::Message;
use redis::cmd;

use crate::{
    comment::{audit::Actor, ids::SiteId, state::Timestamp},
    store::{
        audit::{self, Changed},
        connection::Store,
        error::StoreError,
        events, keys,
        script::{Script, ScriptCall, audited_script},
    },
};

/// The most sites of one installation.
pub const MAX_SITES: usize = 10_000;

/// How many records are read in one round trip.
const PAGE: usize = 100;

static REGISTER: Script = Script::new(
    "site_register.lua",
    include_str!("scripts/site_register.lua"),
);
static CREATE: Script = audited_script!("site_create.lua");
static UPDATE: Script = audited_script!("site_update.lua");

/// A site as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRecord {
    /// The policy's version, from 1.
    pub version: u32,
    /// The policy in its stored form.
    pub policy: Vec<u8>,
    /// The name that people read; may be empty.
    pub display_name: String,
    /// When it was created.
    pub created_at: Timestamp,
}

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Updated {
    /// Written; the new version.
    Done(u32),
    /// Another version than the expected one is current.
    Stale(u32),
    /// No such site.
    Missing,
}

/// What became of a creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// Written, at this time.
    At(Timestamp),
    /// The name is taken.
    Exists,
    /// There are [`MAX_SITES`] already.
    TooMany,
}

type RawRecord = (Option<u32>, Option<Vec<u8>>, Option<String>, Option<i64>);

fn record(raw: RawRecord) -> Result<Option<SiteRecord>, StoreError> {
    match raw {
        (None, None, None, None) => Ok(None),
        (Some(version), Some(policy), Some(display_name), Some(created)) => Ok(Some(SiteRecord {
            version,
            policy,
            display_name,
            created_at: Timestamp(created),
        })),
        (_, _, _, _) => Err(StoreError::Corrupt {
            what: "a site's record",
        }),
    }
}

fn read_command(site: &SiteId) -> redis::Cmd {
    let mut read = cmd("HMGET");
    read.arg(keys::site(site)).arg(&["v", "p", "n", "t"]);
    read
}

impl Store {
    /// A site's record, or `None`.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn site(&self, site: &SiteId) -> Result<Option<SiteRecord>, StoreError> {
        record(self.query(&read_command(site)).await?)
    }

    /// The names of all sites, sorted; one may be there whose creation has not come to its end.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn site_names(&self) -> Result<Vec<SiteId>, StoreError> {
        let names: Vec<String> = self.query(cmd("SMEMBERS").arg(keys::sites())).await?;
        let mut ids: Vec<SiteId> = names.iter().filter_map(|name| name.parse().ok()).collect();
        ids.sort();
        Ok(ids)
    }

    /// All sites by name. Not one point in time: it reads in pages.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn sites(&self) -> Result<Vec<(SiteId, SiteRecord)>, StoreError> {
        let ids = self.site_names().await?;
        let mut sites = Vec::with_capacity(ids.len());
        for page in ids.chunks(PAGE) {
            let reads = page.iter().map(read_command).collect();
            let raw: Vec<RawRecord> = self.each(reads).await?;
            for (id, raw) in page.iter().zip(raw) {
                // A name without a record: its creation has not come to its end.
                if let Some(record) = record(raw)? {
                    sites.push((id.clone(), record));
                }
            }
        }
        Ok(sites)
    }

    /// Creates a site at version 1 if its name is free. The name is listed first: a crash between the two leaves a name
    /// without a record, which nobody sees, and never a site that is not listed.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn create_site(
        &self,
        site: &SiteId,
        policy: &[u8],
        display_name: &str,
        actor: &Actor,
    ) -> Result<Created, StoreError> {
        let register = ScriptCall::new()
            .key(keys::sites())
            .arg(site.as_str())
            .arg(MAX_SITES);
        if self.call::<i64>(&REGISTER, &register).await? == 0 {
            return Ok(Created::TooMany);
        }
        let create = ScriptCall::new()
            .key(keys::site(site))
            .key(keys::audit(site))
            .key(keys::counters(site))
            .arg(policy)
            .arg(display_name)
            .arg(events::random_bits())
            .arg(audit::details_by(actor, "").encode_to_vec());
        let at: i64 = self.call(&CREATE, &create).await?;
        Ok(if at == 0 {
            Created::Exists
        } else {
            Created::At(Timestamp(at))
        })
    }

    /// Writes name and policy if `expected` is the current version, raises it, and tells the audit log.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn update_site(
        &self,
        site: &SiteId,
        expected: u32,
        policy: &[u8],
        display_name: &str,
        changed: Changed<'_>,
    ) -> Result<Updated, StoreError> {
        let call = ScriptCall::new()
            .key(keys::site(site))
            .key(keys::audit(site))
            .key(keys::counters(site))
            .arg(expected)
            .arg(policy)
            .arg(display_name)
            .arg(events::random_bits())
            .arg(changed.details());
        match self.call(&UPDATE, &call).await? {
            (0, _) => Ok(Updated::Missing),
            (1, version) => Ok(Updated::Done(version)),
            (2, current) => Ok(Updated::Stale(current)),
            (_, _) => Err(StoreError::Corrupt {
                what: "a reply of site_update.lua",
            }),
        }
    }
}
