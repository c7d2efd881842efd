//! What the service stands on: a Redis that keeps its promises, the secrets, and that the two agree.

use std::{path::Path, time::Duration};

use crate::{
    access::{key::AccessKey, root::RootKey},
    app::fitness::{Fitness, Unfit},
    config::{Config, store::StoreConfig},
    privacy::{
        hashing::{Hasher, Hashers, Pepper},
        keys::OfficerPublicKey,
    },
    recognition::Recognition,
    secrets::{Secrets, SecretsError},
    store::{
        confirmation::Confirmation,
        connection::{Store, StoreSettings},
        durability::Durability,
        embedded::{Embedded, EmbeddedError, EmbeddedSettings},
        error::StoreError,
        identity::{Claimed, Configured, Identity},
        replication::Replication,
        wakeups::Wakeups,
    },
};

/// How often to try again while a Redis that was given is not there yet: pods start in any order.
const CONNECT_TRIES: u32 = 20;
const CONNECT_EVERY: Duration = Duration::from_millis(500);

/// Why there is nothing to stand on.
#[derive(Debug, thiserror::Error)]
pub enum FoundationError {
    /// The embedded Redis does not start.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// Redis can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Redis would not keep what was acknowledged, or holds data of other secrets.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The secrets of the data directory can't be used.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
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
    /// The pepper that it replaces.
    pub previous_pepper: Option<Pepper>,
    /// To whom contact data is sealed.
    pub officer: OfficerPublicKey,
    /// To whom it was sealed before.
    pub previous_officer: Option<OfficerPublicKey>,
    /// The admin key that needs no record.
    pub root: Option<RootKey>,
}

impl ServiceSecrets {
    fn identity(&self) -> Identity {
        Identity {
            pepper: Configured {
                current: self.pepper.fingerprint(),
                previous: self.previous_pepper.as_ref().map(Pepper::fingerprint),
            },
            privacy_key: Configured {
                current: self.officer.fingerprint(),
                previous: self.previous_officer.as_ref().map(|key| key.fingerprint()),
            },
        }
    }
}

/// Redis and secrets, checked.
pub struct Foundation {
    /// The one connection.
    pub store: Store,
    /// What an OK waits for.
    pub confirmation: Confirmation,
    /// What tells of new things at once.
    pub wakeups: Wakeups,
    /// What hashes, seals, and lets the first admin in.
    pub secrets: ServiceSecrets,
    /// Authors may be known by hashes of an earlier pepper.
    pub pepper_was_replaced: bool,
    /// What Redis must stay fit for.
    pub fitness: Fitness,
    embedded: Option<Embedded>,
}

impl Foundation {
    /// Starts or reaches Redis, checks it, and reads the secrets.
    ///
    /// # Errors
    /// As [`FoundationError`] says; nothing is left running then.
    pub async fn lay(config: &Config) -> Result<Self, FoundationError> {
        let Some(url) = &config.store.redis_url else {
            return Self::embed(config).await;
        };
        let secrets = configured_secrets(config)?;
        Self::stand_on(
            settings(&config.store, url.expose()),
            &config.store,
            secrets,
            None,
        )
        .await
    }

    async fn embed(config: &Config) -> Result<Self, FoundationError> {
        let data_dir = config.store.data_dir.clone();
        let mut embedded = EmbeddedSettings::new(data_dir.clone());
        embedded.durability = config.store.durability;
        let embedded = Embedded::start(embedded).await?;
        let secrets = match own_secrets(config, &data_dir).await {
            Ok(secrets) => secrets,
            Err(error) => {
                embedded.stop().await?;
                return Err(error);
            }
        };
        let settings = settings(&config.store, embedded.url());
        Self::stand_on(settings, &config.store, secrets, Some(embedded)).await
    }

    async fn stand_on(
        settings: StoreSettings,
        config: &StoreConfig,
        secrets: ServiceSecrets,
        embedded: Option<Embedded>,
    ) -> Result<Self, FoundationError> {
        let fitness = Fitness {
            durability: config.durability,
            allow_unsafe: config.allow_unsafe_redis,
            identity: secrets.identity(),
        };
        match open_and_check(settings, config, &fitness).await {
            Ok((store, confirmation, wakeups, claimed)) => Ok(Self {
                store,
                confirmation,
                wakeups,
                pepper_was_replaced: claimed.pepper_was_replaced,
                secrets,
                fitness,
                embedded,
            }),
            Err(error) => {
                if let Some(embedded) = embedded {
                    embedded.stop().await?;
                }
                Err(error)
            }
        }
    }

    /// What knows people again.
    #[must_use]
    pub fn recognition(&self) -> Recognition {
        let previous = self.secrets.previous_pepper.as_ref();
        let hashers = Hashers {
            current: Hasher::new(&self.secrets.pepper),
            previous: previous.map(Hasher::new),
        };
        Recognition::new(self.store.clone(), hashers, self.pepper_was_replaced)
    }

    /// Closes the connections, and stops the embedded Redis last and cleanly.
    ///
    /// # Errors
    /// The embedded Redis did not stop by itself.
    pub async fn clear(self) -> Result<(), EmbeddedError> {
        self.wakeups.shutdown().await;
        self.confirmation.shutdown().await;
        self.store.shutdown().await;
        match self.embedded {
            Some(embedded) => embedded.stop().await,
            None => Ok(()),
        }
    }
}

fn settings(config: &StoreConfig, url: &str) -> StoreSettings {
    let mut settings = StoreSettings::new(url);
    settings.timeout = config.timeout;
    settings.max_in_flight = config.max_in_flight;
    settings
}

async fn open_and_check(
    settings: StoreSettings,
    config: &StoreConfig,
    fitness: &Fitness,
) -> Result<(Store, Confirmation, Wakeups, Claimed), FoundationError> {
    let store = connect(&settings).await?;
    let (report, claimed) = fitness.check(&store).await?;
    for problem in &report.allowed {
        tracing::warn!(problem = %problem, "redis.unsafe_allowed");
    }
    for what in &report.unchecked {
        tracing::warn!(what, "redis.unchecked");
    }
    if config.durability == Durability::Relaxed {
        let what = "a power cut can take what was acknowledged in the last second";
        tracing::warn!(what, "durability.relaxed");
    }
    let confirmation = match config.durability {
        Durability::Replica { replicas } => {
            let wait = config.timeout / 2;
            Confirmation::by(Replication::spawn(
                store.clone(),
                settings.clone(),
                replicas,
                wait,
            )?)
        }
        Durability::Disk | Durability::Relaxed => Confirmation::default(),
    };
    let wakeups = Wakeups::spawn(settings)?;
    Ok((store, confirmation, wakeups, claimed))
}

async fn connect(settings: &StoreSettings) -> Result<Store, StoreError> {
    for left in (0..CONNECT_TRIES).rev() {
        match Store::open(settings.clone()).await {
            Err(error) if error.is_transient() && left > 0 => {
                tracing::warn!(error = %error, tries_left = left, "redis.not_there_yet");
                tokio::time::sleep(CONNECT_EVERY).await;
            }
            opened => return opened,
        }
    }
    Store::open(settings.clone()).await
}

fn configured_secrets(config: &Config) -> Result<ServiceSecrets, FoundationError> {
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
        missing.push("access.admin_key_hash: `replydesk key generate` makes a key and its hash");
    }
    match (&config.privacy.pepper, &config.privacy.public_key) {
        (Some(pepper), Some(officer)) if missing.is_empty() => Ok(ServiceSecrets {
            pepper: pepper.clone(),
            previous_pepper: config.privacy.previous_pepper.clone(),
            officer: officer.clone(),
            previous_officer: config.privacy.previous_public_key.clone(),
            root: config.access.admin_key_hash.clone(),
        }),
        _ => Err(FoundationError::NotConfigured(missing)),
    }
}

/// The embedded default makes what is not configured, says so, and keeps it in the data directory.
async fn own_secrets(config: &Config, data_dir: &Path) -> Result<ServiceSecrets, FoundationError> {
    let make_in = data_dir.to_owned();
    let making = tokio::task::spawn_blocking(move || {
        Secrets::load_or_make(&make_in, || Ok(AccessKey::generate()?.expose()))
    });
    let (secrets, made) = making
        .await
        .map_err(|error| FoundationError::AdminKey(error.to_string()))??;
    for file in &made {
        tracing::info!(path = %file.path.display(), what = file.what, "secret.made");
    }
    if secrets.private_key_is_here {
        let what =
            "the privacy officer's private key lies in the data directory: move it to the officer";
        tracing::warn!(what, "secret.private_key_here");
    }
    let admin_key: AccessKey = secrets
        .admin_key
        .parse()
        .map_err(|_| FoundationError::AdminKey(data_dir.display().to_string()))?;
    Ok(ServiceSecrets {
        pepper: config.privacy.pepper.clone().unwrap_or(secrets.pepper),
        previous_pepper: config.privacy.previous_pepper.clone(),
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
