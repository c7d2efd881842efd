//! Access keys' records in Redis. What a role or a scope means is not known here: they are words.

use std::time::Instant;

use prost::Message;
use redis::{cmd, pipe};

use crate::{
    comment::{audit::Actor, ids::KeyId, state::Timestamp},
    proto::store::AuditRecord,
    store::{
        audit,
        connection::Store,
        error::StoreError,
        events, keys,
        script::{Script, ScriptCall, audited_script},
    },
};

/// The most keys of one installation, revoked ones too.
pub const MAX_KEYS: usize = 10_000;

/// How many records are read in one round trip.
const PAGE: usize = 100;

/// A record's fields.
pub(super) const FIELDS: [&str; 10] = [
    "h",
    "role",
    "sites",
    "label",
    "created",
    "expires",
    "revoked",
    "used",
    "replaces",
    "replaced_by",
];

static READ: Script = Script::new("key_read.lua", include_str!("scripts/key_read.lua"));
static CREATE: Script = audited_script!("key_create.lua");
static REVOKE: Script = audited_script!("key_revoke.lua");
static USED: Script = Script::new("key_used.lua", include_str!("scripts/key_used.lua"));

/// A key as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// SHA-256 of the secret.
    pub secret_sha256: [u8; 32],
    /// The role's word.
    pub role: String,
    /// Sites' names with commas between, or `*`.
    pub sites: String,
    /// Who holds it.
    pub label: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// From when on it is no good; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When the hour began in which it was used last; `None` for never.
    pub used_at: Option<Timestamp>,
    /// The key in whose place it was made.
    pub replaces: Option<KeyId>,
    /// The key that was made in its place.
    pub replaced_by: Option<KeyId>,
}

/// What a read found, and what time it was: a key expires by Redis's clock, on every replica alike.
pub struct KeyRead {
    /// The record, or `None` for an unknown key.
    pub record: Option<KeyRecord>,
    asked: Instant,
    time: Timestamp,
}

impl KeyRead {
    /// Redis's time now: its time at the read, and what has passed here since it was asked for. Ahead of it by at most
    /// the time that the read took, so that a key may end that much early, never late.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.asked.elapsed().as_millis()).unwrap_or(i64::MAX);
        Timestamp(self.time.0.saturating_add(passed))
    }
}

/// What became of a creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyCreated {
    /// Written, at this time.
    At(Timestamp),
    /// The id is taken: 64 random bits met others.
    Exists,
    /// There are [`MAX_KEYS`] already.
    TooMany,
    /// It would have expired already.
    Expired,
}

/// A record's fields as Redis has them, each absent or not, in the order of [`FIELDS`].
pub(super) type RawRecord = (
    Option<Vec<u8>>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
);

pub(super) fn record(raw: RawRecord) -> Result<Option<KeyRecord>, StoreError> {
    let corrupt = StoreError::Corrupt {
        what: "an access key's record",
    };
    let (hash, role, sites, label, created, expires, revoked, used, replaces, replaced_by) = raw;
    let other = |id: Option<String>| id.map(|id| id.parse()).transpose();
    match (hash, role, sites, label, created) {
        (None, None, None, None, None) => Ok(None),
        (Some(hash), Some(role), Some(sites), Some(label), Some(created)) => Ok(Some(KeyRecord {
            secret_sha256: hash.try_into().map_err(|_| corrupt.clone())?,
            role,
            sites,
            label,
            created_at: Timestamp(created),
            expires_at: expires.map(Timestamp),
            revoked_at: revoked.map(Timestamp),
            used_at: used.map(Timestamp),
            replaces: other(replaces).map_err(|_| corrupt.clone())?,
            replaced_by: other(replaced_by).map_err(|_| corrupt)?,
        })),
        (_, _, _, _, _) => Err(corrupt),
    }
}

/// What a key may do, as the audit log tells it.
pub(super) fn rights(record: &KeyRecord) -> String {
    format!("{} of {}: {}", record.role, record.sites, record.label)
}

pub(super) fn audit_details(actor: &Actor, id: KeyId, before: &str, after: &str) -> Vec<u8> {
    AuditRecord {
        subject: format!("key {id}"),
        before: before.to_owned(),
        after: after.to_owned(),
        ..audit::details_by(actor, "")
    }
    .encode_to_vec()
}

impl Store {
    /// A key's record, with the time.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn access_key(&self, id: KeyId) -> Result<KeyRead, StoreError> {
        let asked = Instant::now();
        let call = ScriptCall::new().key(keys::access_key(id)).arg(&FIELDS);
        let (time, raw): (i64, RawRecord) = self.call(&READ, &call).await?;
        Ok(KeyRead {
            record: record(raw)?,
            asked,
            time: Timestamp(time),
        })
    }

    /// All keys by time of creation. Not one point in time: it reads in pages.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn access_keys(&self) -> Result<Vec<(KeyId, KeyRecord)>, StoreError> {
        let ids = self.access_key_ids().await?;
        let mut found = Vec::with_capacity(ids.len());
        for page in ids.chunks(PAGE) {
            let mut reads = pipe();
            for id in page {
                reads.cmd("HMGET").arg(keys::access_key(*id)).arg(&FIELDS);
            }
            let raw: Vec<RawRecord> = self.pipeline(&reads).await?;
            for (id, raw) in page.iter().zip(raw) {
                found.extend(record(raw)?.map(|record| (*id, record)));
            }
        }
        found.sort_by_key(|(id, record)| (record.created_at, *id));
        Ok(found)
    }

    /// Ids of all keys that there are, expired and revoked ones too, in no order.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn access_key_ids(&self) -> Result<Vec<KeyId>, StoreError> {
        let names: Vec<String> = self.query(cmd("SMEMBERS").arg(keys::access_keys())).await?;
        Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
    }

    /// Writes a new key: its hash, role, sites, label and expiry; the rest of the record is not looked at.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn create_access_key(
        &self,
        id: KeyId,
        record: &KeyRecord,
        actor: &Actor,
    ) -> Result<KeyCreated, StoreError> {
        let expires = record.expires_at.map(|at| at.0.to_string());
        let call = ScriptCall::new()
            .key(keys::access_key(id))
            .key(keys::access_keys())
            .key(keys::global_audit())
            .key(keys::global_counters())
            .arg(id.to_string())
            .arg(MAX_KEYS)
            .arg(&record.secret_sha256[..])
            .arg(&record.role)
            .arg(&record.sites)
            .arg(&record.label)
            .arg(expires.unwrap_or_default())
            .arg(events::random_bits())
            .arg(audit_details(actor, id, "", &rights(record)));
        match self.call(&CREATE, &call).await? {
            (1, at) => Ok(KeyCreated::At(Timestamp(at))),
            (0, 1) => Ok(KeyCreated::Exists),
            (0, 2) => Ok(KeyCreated::TooMany),
            (0, 3) => Ok(KeyCreated::Expired),
            (_, _) => Err(StoreError::Corrupt {
                what: "a reply of key_create.lua",
            }),
        }
    }

    /// Takes a key back; when that was, if it was taken back before. `None` for an unknown key.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn revoke_access_key(
        &self,
        id: KeyId,
        record: &KeyRecord,
        actor: &Actor,
    ) -> Result<Option<Timestamp>, StoreError> {
        let call = ScriptCall::new()
            .key(keys::access_key(id))
            .key(keys::global_audit())
            .key(keys::global_counters())
            .arg(events::random_bits())
            .arg(audit_details(actor, id, &rights(record), "revoked"));
        let at: i64 = self.call(&REVOKE, &call).await?;
        Ok((at != 0).then_some(Timestamp(at)))
    }

    /// Notes the hour, by its beginning, in which a key was used. Repeating it changes nothing.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn note_key_use(&self, id: KeyId, hour: Timestamp) -> Result<(), StoreError> {
        let call = ScriptCall::new().key(keys::access_key(id)).arg(hour.0);
        let _noted: i64 = self.call(&USED, &call).await?;
        Ok(())
    }
}
