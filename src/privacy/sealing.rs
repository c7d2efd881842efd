//! Sealing: contact data under a data key that lives minutes in memory and rests wrapped to the privacy officer. See
//! `sealed.rs` for the format.

use std::{
    fmt,
    sync::{
        Arc, RwLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use chacha20poly1305::{XNonce, aead::AeadInOut};

use crate::{
    comment::{
        contact::{Contact, SealedContact},
        ids::{CommentId, SiteId},
    },
    privacy::{
        data_key::{DataKey, WrapError},
        keys::OfficerPublicKey,
        plaintext,
        sealed::{BODY, TAG, VERSION, associated_data},
    },
};

/// Why a contact cannot be sealed. Nothing may then be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("contact data cannot be sealed: {reason}")]
pub struct SealError {
    reason: String,
}

impl From<WrapError> for SealError {
    fn from(error: WrapError) -> Self {
        Self {
            reason: error.to_string(),
        }
    }
}

/// When a data key is replaced by a fresh one.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// At this age. Default 10 minutes: who takes a replica's memory reads at most these minutes.
    pub max_age: Duration,
    /// After this many contacts. Default 65,536.
    pub max_contacts: u32,
}

impl Default for Rotation {
    fn default() -> Self {
        Self {
            max_age: Duration::from_secs(600),
            max_contacts: 65_536,
        }
    }
}

struct Current {
    key: DataKey,
    wrapped: Arc<[u8]>,
    made_at: Instant,
    contacts: AtomicU32,
}

/// Seals contacts for one privacy officer. Shared by all tasks; its lock is held for a pointer's copy.
pub struct Sealer {
    officer: OfficerPublicKey,
    rotation: Rotation,
    current: RwLock<Option<Arc<Current>>>,
}

impl Sealer {
    /// With the usual rotation.
    #[must_use]
    pub fn new(officer: OfficerPublicKey) -> Self {
        Self::with_rotation(officer, Rotation::default())
    }

    /// With another rotation.
    #[must_use]
    pub fn with_rotation(officer: OfficerPublicKey, rotation: Rotation) -> Self {
        Self {
            officer,
            rotation,
            current: RwLock::new(None),
        }
    }

    /// To whom it seals.
    #[must_use]
    pub fn officer(&self) -> &OfficerPublicKey {
        &self.officer
    }

    /// Seals what is known of a comment's author, for this comment on this site only.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn seal(
        &self,
        site: &SiteId,
        id: &CommentId,
        contact: &Contact,
    ) -> Result<SealedContact, SealError> {
        let current = self.current()?;
        let mut nonce = XNonce::default();
        getrandom::fill(&mut nonce).map_err(WrapError::Random)?;
        // Room for all of it: a Vec that grows would leave clear text behind.
        let mut sealed = Vec::with_capacity(BODY + plaintext::MOST + TAG);
        sealed.push(VERSION);
        sealed.extend_from_slice(&current.key.id);
        sealed.extend_from_slice(&nonce);
        plaintext::append(contact, &mut sealed);
        let (associated, length) = associated_data(&current.key.id, site, id);
        let tag = current
            .key
            .cipher
            .encrypt_inout_detached(&nonce, &associated[..length], (&mut sealed[BODY..]).into())
            // The cipher refuses 256 GiB and more.
            .map_err(|_| SealError {
                reason: "it is too long".to_owned(),
            })?;
        sealed.extend_from_slice(&tag);
        sealed.shrink_to_fit();
        Ok(SealedContact {
            data_key_id: current.key.id,
            sealed,
            wrapped_data_key: Arc::clone(&current.wrapped),
        })
    }

    /// Drops a data key that is past its age, so that an idle replica holds none. Call it every minute or so.
    pub fn forget_old(&self) {
        let mut current = self.current.write().unwrap_or_else(|e| e.into_inner());
        if current.as_ref().is_some_and(|c| !self.is_fresh(c)) {
            *current = None;
        }
    }

    fn is_fresh(&self, current: &Current) -> bool {
        current.made_at.elapsed() < self.rotation.max_age
            && current.contacts.load(Ordering::Relaxed) < self.rotation.max_contacts
    }

    fn current(&self) -> Result<Arc<Current>, SealError> {
        if let Some(current) = self.usable() {
            return Ok(current);
        }
        // The key exchange happens outside the lock. Two tasks may both make a key: the first one's is taken.
        let key = DataKey::generate(&self.officer)?;
        let fresh = Arc::new(Current {
            wrapped: Arc::from(key.wrapped.as_bytes()),
            key,
            made_at: Instant::now(),
            contacts: AtomicU32::new(1),
        });
        let mut current = self.current.write().unwrap_or_else(|e| e.into_inner());
        match current.as_ref() {
            Some(others) if self.is_fresh(others) => Ok(Arc::clone(others)),
            Some(_) | None => {
                *current = Some(Arc::clone(&fresh));
                Ok(fresh)
            }
        }
    }

    fn usable(&self) -> Option<Arc<Current>> {
        let current = self.current.read().unwrap_or_else(|e| e.into_inner());
        let current = current.as_ref().filter(|c| self.is_fresh(c))?;
        current.contacts.fetch_add(1, Ordering::Relaxed);
        Some(Arc::clone(current))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer(to {})", self.officer.id())
    }
}

#[cfg(test)]
mod tests;
