//! Whom a client's certificate stands for: a file says it, name by name.

mod file;

use std::{collections::HashMap, sync::Arc, time::SystemTime};

use arc_swap::ArcSwap;
use sha2::{Digest, Sha256};

use crate::{
    access::{caller::Caller, certificate::ClientCertificate, error::AccessError},
    comment::ids::KeyId,
};

/// The most that one file may name.
pub const MAX_IDENTITIES: usize = 10_000;

/// What is wrong with a file of identities: all of it, a line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct IdentitiesError(pub Vec<String>);

/// Who stands behind which name. Nobody by default.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Identities {
    callers: HashMap<String, Caller>,
}

impl Identities {
    /// Reads a file's text: TOML, a table `[[identity]]` for each, with `san`, `role`, `sites` and `label`.
    ///
    /// # Errors
    /// All that is wrong at once, each with the identity's number.
    pub fn parse(text: &str) -> Result<Self, IdentitiesError> {
        file::parse(text)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.callers.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.callers.is_empty()
    }

    /// Who shows this certificate, at this time.
    ///
    /// # Errors
    /// [`AccessError::CertificateOver`], or [`AccessError::CertificateUnknown`] where its names stand for nobody here, or
    /// for more than one.
    pub fn caller(
        &self,
        certificate: &ClientCertificate,
        now: SystemTime,
    ) -> Result<Caller, AccessError> {
        if certificate.is_distrusted() || now >= certificate.expires_at() {
            return Err(AccessError::CertificateOver);
        }
        let mut found = certificate
            .names()
            .iter()
            .filter_map(|name| self.callers.get(name));
        let caller = found.next().ok_or(AccessError::CertificateUnknown)?;
        // A name may be there twice; another identity beside it would make the rights a matter of order.
        if found.any(|other| other != caller) {
            return Err(AccessError::CertificateUnknown);
        }
        Ok(caller.clone())
    }
}

/// What is in force; read without a lock, exchanged whole. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct LiveIdentities(Arc<ArcSwap<Identities>>);

impl LiveIdentities {
    /// These, from now on.
    pub fn replace(&self, identities: Identities) {
        self.0.store(Arc::new(identities));
    }

    /// Those of now.
    #[must_use]
    pub fn now(&self) -> Arc<Identities> {
        self.0.load_full()
    }
}

/// The actor that a name is in records and audit entries.
fn key_id(name: &str) -> KeyId {
    let digest = Sha256::new_with_prefix(b"mtls|")
        .chain_update(name)
        .finalize();
    let mut id = [0; 8];
    id.copy_from_slice(&digest[..8]);
    KeyId::from_bytes(id)
}

#[cfg(test)]
mod tests;
