//! Making, listing and revoking keys; [`rotate`](crate::access::rotate) makes one in the place of another.
//!
//! Who may what: an admin for all sites may do everything. An admin bound to sites makes keys of any role, but for sites
//! of its own only, and sees, rotates and revokes only keys that are good for no other site than its own; the others do not exist
//! for it. So nobody can make or take back a key that reaches further than their own.

use std::sync::Arc;

use crate::{
    access::{
        Access, caller::Caller, error::AccessError, key::AccessKey, rights, role::Role,
        scope::SiteScope, table::Method,
    },
    comment::{
        fields::{Line, is_blank},
        ids::KeyId,
        state::Timestamp,
        violation::Violations,
    },
    store::{
        access_keys::{KeyCreated, KeyRecord, MAX_KEYS},
        error::StoreError,
    },
};

/// Who holds a key: one line of 1 to 100 characters, visible.
pub type Label = Line<100>;

/// A key that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewKey {
    /// What it is for.
    pub role: Role,
    /// Where it is good.
    pub scope: SiteScope,
    /// Who holds it.
    pub label: Label,
    /// From when on it is no good; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// The public part.
    pub id: KeyId,
    /// What it is for.
    pub role: Role,
    /// Where it is good.
    pub scope: SiteScope,
    /// Who holds it.
    pub label: String,
    /// When it was made.
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

/// Why a key cannot be made, listed, replaced or revoked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum IssueError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessError),
    /// The new key is not valid.
    #[error(transparent)]
    Violations(#[from] Violations),
    /// No such key, as far as the caller may see.
    #[error("there is no key of this id; list the keys to see which there are")]
    NotFound,
    /// The root key.
    #[error("this key stands in the configuration; change it there, or take it out to revoke it")]
    Configured,
    /// Nothing is to be replaced.
    #[error("this key is expired or revoked; create a new one")]
    Over,
    /// The successor that the same operation made before was used, so its secret is with somebody.
    #[error(
        "this operation made the key {0}, which is in use; if it is not you who uses it, revoke it, and rotate again"
    )]
    Used(KeyId),
    /// Another operation made a successor.
    #[error("this key was replaced by {0}; rotate that one, or revoke it if nobody has its secret")]
    Replaced(KeyId),
    /// As many as there may be.
    #[error("there are {MAX_KEYS} keys already, the most that one installation holds")]
    TooMany,
    /// The operating system has no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// Redis failed.
    #[error(transparent)]
    Store(#[from] Arc<StoreError>),
}

impl From<StoreError> for IssueError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl Access {
    /// Makes a key. It is shown this once; only a hash of it is kept.
    ///
    /// # Errors
    /// As [`IssueError`] says.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewKey,
    ) -> Result<(KeyInfo, AccessKey), IssueError> {
        caller.may_call(Method::CreateKey)?;
        if !caller.scope.covers(&new.scope) {
            return Err(AccessError::WrongSite.into());
        }
        if is_blank(new.label.as_str()) {
            return Err(Violations::one("label", "is required: who holds the key").into());
        }
        let key = AccessKey::generate()?;
        let mut record = KeyRecord {
            secret_sha256: *key.hash().as_bytes(),
            role: new.role.word().to_owned(),
            sites: new.scope.to_stored(),
            label: new.label.as_str().to_owned(),
            created_at: Timestamp(0),
            expires_at: new.expires_at,
            revoked_at: None,
            used_at: None,
            replaces: None,
            replaced_by: None,
        };
        match self
            .store
            .create_access_key(key.id(), &record, &caller.actor())
            .await?
        {
            KeyCreated::At(at) => record.created_at = at,
            KeyCreated::TooMany => return Err(IssueError::TooMany),
            KeyCreated::Expired => {
                return Err(Violations::one("expires_at", "must be in the future").into());
            }
            // 64 random bits don't meet by chance: the random numbers are broken, and so would be the secret.
            KeyCreated::Exists => {
                let what = "a fresh random key id, which is in use";
                return Err(StoreError::Corrupt { what }.into());
            }
        }
        self.known.forget(&key.id());
        Ok((info(key.id(), record)?, key))
    }

    /// The keys that the caller may see, by time of creation; revoked and expired ones too.
    ///
    /// # Errors
    /// As [`IssueError`] says.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<KeyInfo>, IssueError> {
        caller.may_call(Method::ListKeys)?;
        let records = self.store.access_keys().await?;
        let mut keys = Vec::with_capacity(records.len());
        for (id, record) in records {
            let key = info(id, record)?;
            if caller.scope.covers(&key.scope) {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    /// Takes a key back: at once here, within 750 ms on every other replica. Fine if it was revoked before.
    ///
    /// # Errors
    /// As [`IssueError`] says.
    pub async fn revoke(&self, caller: &Caller, id: KeyId) -> Result<KeyInfo, IssueError> {
        caller.may_call(Method::RevokeKey)?;
        let record = self.own(caller, id).await?;
        let mut key = info(id, record.clone())?;
        let revoked = self
            .store
            .revoke_access_key(id, &record, &caller.actor())
            .await;
        self.known.forget(&id);
        key.revoked_at = Some(revoked?.ok_or(IssueError::NotFound)?);
        Ok(key)
    }

    /// The record of a key that the caller may change.
    pub(super) async fn own(&self, caller: &Caller, id: KeyId) -> Result<KeyRecord, IssueError> {
        if self.root.as_ref().is_some_and(|root| root.id() == id) {
            caller.require_everywhere()?;
            return Err(IssueError::Configured);
        }
        let read = self.store.access_key(id).await?;
        let record = read.record.ok_or(IssueError::NotFound)?;
        let (_, scope) = rights(&record)?;
        if caller.scope.covers(&scope) {
            Ok(record)
        } else {
            Err(IssueError::NotFound)
        }
    }
}

pub(super) fn info(id: KeyId, record: KeyRecord) -> Result<KeyInfo, StoreError> {
    let (role, scope) = rights(&record)?;
    Ok(KeyInfo {
        id,
        role,
        scope,
        label: record.label,
        created_at: record.created_at,
        expires_at: record.expires_at,
        revoked_at: record.revoked_at,
        used_at: record.used_at,
        replaces: record.replaces,
        replaced_by: record.replaced_by,
    })
}
