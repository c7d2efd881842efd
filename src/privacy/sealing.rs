//! Sealing: contact data under a data key that lives minutes in memory and rests wrapped to the privacy officer. See
//! `sealed.rs` for the format.
//!
//! Each site has a data key of its own: sites keep contact data for different times, and what one destroys must not lie
//! with another.

use std::{
    collections::HashMap,
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
    /// When so many sites have one, and another needs one: the one made first goes. Default 1,024. With more busy sites
    /// than that, sealing costs a key exchange more often.
    pub max_sites: usize,
}

impl Default for Rotation {
    fn default() -> Self {
        Self {
            max_age: Duration::from_secs(600),
            max_contacts: 65_536,
            max_sites: 1_024,
        }
    }
}

struct Current {
    key: DataKey,
    wrapped: Arc<[u8]>,
    made_at: Instant,
    contacts: AtomicU32,
}

type HeldKeys = HashMap<SiteId, Arc<Current>>;

/// Seals contacts for one privacy officer, each site's with data keys of its own. Shared by all tasks; its lock is held for
/// a lookup and a pointer's copy.
pub struct Sealer {
    officer: OfficerPublicKey,
    rotation: Rotation,
    current: RwLock<HeldKeys>,
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
            current: RwLock::new(HashMap::new()),
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
        let current = self.current(site)?;
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

    /// Drops the data keys that are past their age, so that an idle replica holds none. Call it every minute or so.
    pub fn forget_old(&self) {
        let mut current = self.current.write().unwrap_or_else(|e| e.into_inner());
        current.retain(|_, c| self.is_fresh(c));
    }

    fn is_fresh(&self, current: &Current) -> bool {
        current.made_at.elapsed() < self.rotation.max_age
            && current.contacts.load(Ordering::Relaxed) < self.rotation.max_contacts
    }

    fn current(&self, site: &SiteId) -> Result<Arc<Current>, SealError> {
        let held = self.current.read().unwrap_or_else(|e| e.into_inner());
        if let Some(current) = self.usable(&held, site) {
            return Ok(current);
        }
        drop(held);
        // The key exchange happens outside the lock. Two tasks may both make a key: the first one's is taken.
        let key = DataKey::generate(&self.officer)?;
        let fresh = Arc::new(Current {
            wrapped: Arc::from(key.wrapped.as_bytes()),
            key,
            made_at: Instant::now(),
            contacts: AtomicU32::new(1),
        });
        let mut held = self.current.write().unwrap_or_else(|e| e.into_inner());
        if let Some(others) = self.usable(&held, site) {
            return Ok(others);
        }
        if held.len() >= self.rotation.max_sites && !held.contains_key(site) {
            drop_oldest(&mut held);
        }
        held.insert(site.clone(), Arc::clone(&fresh));
        Ok(fresh)
    }

    fn usable(&self, held: &HeldKeys, site: &SiteId) -> Option<Arc<Current>> {
        let current = held.get(site).filter(|c| self.is_fresh(c))?;
        current.contacts.fetch_add(1, Ordering::Relaxed);
        Some(Arc::clone(current))
    }
}

/// A look at each, which is little beside the key exchange that came before.
fn drop_oldest(held: &mut HeldKeys) {
    let oldest = held.iter().min_by_key(|(_, current)| current.made_at);
    if let Some(site) = oldest.map(|(site, _)| site.clone()) {
        held.remove(&site);
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer(to {})", self.officer.id())
    }
}

#[cfg(test)]
mod tests;
