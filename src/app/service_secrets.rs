//! The secrets that a replica works with: configured, or made by the embedded default.

use std::path::Path;

use crate::{
    access::{key::AccessKey, root::RootKey},
    config::Config,
    privacy::{
        hashing::{Hasher, Hashers, OtherPepper, Pepper},
        keys::OfficerPublicKey,
    },
    secrets::{Secrets, SecretsError},
    store::identity::{Configured, Identity},
};

/// Why there are no secrets to work with.
#[derive(Debug, thiserror::Error)]
pub enum ServiceSecretsError {
    /// The secrets of the data directory can't be used.
    #[error(transparent)]
    DataDir(#[from] SecretsError),
    /// The admin key's file was changed.
    #[error(
        "the admin key in {0} is damaged: restore the file, or move the whole data directory away to start anew"
    )]
    AdminKey(String),
    /// With a Redis that was given, secrets are configured.
    #[error(
        "with store.redis_url (REDIS_URL) these must be configured, the same for every replica:\n{}",
        .0.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n")
    )]
    NotConfigured(Vec<&'static str>),
}

/// What hashes, seals, and lets the first admin in.
#[derive(Clone)]
pub struct ServiceSecrets {
    /// Keys every hash.
    pub pepper: Pepper,
    /// During a rotation, the one before it or the next.
    pub other_pepper: Option<OtherPepper>,
    /// To whom contact data is sealed.
    pub officer: OfficerPublicKey,
    /// To whom it was sealed before.
    pub previous_officer: Option<OfficerPublicKey>,
    /// The admin key that needs no record.
    pub root: Option<RootKey>,
}

impl ServiceSecrets {
    /// By which a Redis knows them.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity {
            pepper: Configured {
                current: self.pepper.fingerprint(),
                previous: self.other_pepper.as_ref().and_then(OtherPepper::previous),
                next: self.other_pepper.as_ref().and_then(OtherPepper::next),
            },
            privacy_key: Configured {
                current: self.officer.fingerprint(),
                previous: self.previous_officer.as_ref().map(|key| key.fingerprint()),
                next: None,
            },
        }
    }

    /// What hashes with the pepper, and with the other.
    #[must_use]
    pub fn hashers(&self) -> Hashers {
        let other = self.other_pepper.as_ref().map(OtherPepper::pepper);
        Hashers {
            current: Hasher::new(&self.pepper),
            other: other.map(Hasher::new),
            other_is_previous: matches!(self.other_pepper, Some(OtherPepper::Previous(_))),
        }
    }

    /// Those that are configured: where Redis is given, all must be.
    ///
    /// # Errors
    /// Which are missing.
    pub fn configured(config: &Config) -> Result<Self, ServiceSecretsError> {
        let mut missing = Vec::new();
        if config.privacy.pepper.is_none() {
            missing.push(
            "privacy.pepper_file or REPLYDESK_PRIVACY_PEPPER: `replydesk privacy keygen` makes one",
        );
        }
        if config.privacy.public_key.is_none() {
            missing.push("privacy.public_key or privacy.public_key_file: `replydesk privacy keygen` makes a pair");
        }
        if config.access.admin_key_hash.is_none() {
            missing
                .push("access.admin_key_hash: `replydesk key generate` makes a key and its hash");
        }
        match (&config.privacy.pepper, &config.privacy.public_key) {
            (Some(pepper), Some(officer)) if missing.is_empty() => Ok(Self {
                pepper: pepper.clone(),
                other_pepper: config.privacy.other_pepper.clone(),
                officer: officer.clone(),
                previous_officer: config.privacy.previous_public_key.clone(),
                root: config.access.admin_key_hash.clone(),
            }),
            _ => Err(ServiceSecretsError::NotConfigured(missing)),
        }
    }

    /// The embedded default makes what is not configured, says so, and keeps it in the data directory.
    ///
    /// # Errors
    /// What is there can't be used, or nothing can be made.
    pub async fn own(config: &Config, data_dir: &Path) -> Result<Self, ServiceSecretsError> {
        let make_in = data_dir.to_owned();
        let making = tokio::task::spawn_blocking(move || {
            Secrets::load_or_make(&make_in, || Ok(AccessKey::generate()?.expose()))
        });
        let (secrets, made) = making
            .await
            .map_err(|error| ServiceSecretsError::AdminKey(error.to_string()))??;
        for file in &made {
            tracing::info!(path = %file.path.display(), what = file.what, "secret.made");
        }
        if secrets.private_key_is_here {
            let what = "the privacy officer's private key lies in the data directory: move it to the officer";
            tracing::warn!(what, "secret.private_key_here");
        }
        let admin_key: AccessKey = secrets
            .admin_key
            .parse()
            .map_err(|_| ServiceSecretsError::AdminKey(data_dir.display().to_string()))?;
        Ok(Self {
            pepper: config.privacy.pepper.clone().unwrap_or(secrets.pepper),
            other_pepper: config.privacy.other_pepper.clone(),
            officer: config
                .privacy
                .public_key
                .clone()
                .unwrap_or(secrets.public_key),
            previous_officer: config.privacy.previous_public_key.clone(),
            root: Some(
                config
                    .access
                    .admin_key_hash
                    .clone()
                    .unwrap_or_else(|| RootKey::of(&admin_key)),
            ),
        })
    }
}
