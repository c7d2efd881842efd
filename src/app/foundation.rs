//! What the service stands on: a Redis that keeps its promises, the secrets, and that the two agree.

use std::{sync::Arc, time::Duration};

use crate::{
    app::{
        fitness::{Checked, Fitness, Unfit},
        service_secrets::{ServiceSecrets, ServiceSecretsError},
    },
    config::{Config, store::StoreConfig},
    metrics::Metrics,
    recognition::Recognition,
    store::{
        confirmation::Confirmation,
        connection::{Store, StoreSettings},
        durability::Durability,
        embedded::{Embedded, EmbeddedError, EmbeddedSettings},
        error::StoreError,
        identity::{Claimed, Identity},
        replication::Replication,
        seal_lease::SealLease,
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
    /// There are no secrets to work with.
    #[error(transparent)]
    Secrets(#[from] ServiceSecretsError),
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
    /// Whether the pepper was replaced: authors may be known by hashes of an earlier one.
    pub claimed: Claimed,
    /// What Redis must stay fit for.
    pub fitness: Fitness,
    /// Until when this replica may store what it seals.
    pub seal_lease: SealLease,
    embedded: Option<Embedded>,
}

impl Foundation {
    /// Starts or reaches Redis, checks it, and reads the secrets. Calls to Redis are counted from the first on.
    ///
    /// # Errors
    /// As [`FoundationError`] says; nothing is left running then.
    pub async fn lay(config: &Config, metrics: &Metrics) -> Result<Self, FoundationError> {
        let Some(url) = &config.store.redis_url else {
            return Self::embed(config, metrics).await;
        };
        let secrets = ServiceSecrets::configured(config)?;
        Self::stand_on(
            settings(&config.store, url.expose(), metrics),
            &config.store,
            secrets,
            None,
        )
        .await
    }

    async fn embed(config: &Config, metrics: &Metrics) -> Result<Self, FoundationError> {
        let data_dir = config.store.data_dir.clone();
        let mut embedded = EmbeddedSettings::new(data_dir.clone());
        embedded.durability = config.store.durability;
        let embedded = Embedded::start(embedded).await?;
        let secrets = match ServiceSecrets::own(config, &data_dir).await {
            Ok(secrets) => secrets,
            Err(error) => {
                embedded.stop().await?;
                return Err(error.into());
            }
        };
        let settings = settings(&config.store, embedded.url(), metrics);
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
            Ok((store, confirmation, wakeups, checked)) => Ok(Self {
                store,
                confirmation,
                wakeups,
                claimed: checked.claimed,
                seal_lease: checked.seal_lease,
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
        let hashers = self.secrets.hashers();
        Recognition::new(self.store.clone(), hashers, &self.claimed)
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

fn settings(config: &StoreConfig, url: &str, metrics: &Metrics) -> StoreSettings {
    let mut settings = StoreSettings::new(url);
    settings.timeout = config.timeout;
    settings.max_in_flight = config.max_in_flight;
    settings.metrics = Arc::clone(&metrics.redis);
    settings
}

async fn open_and_check(
    settings: StoreSettings,
    config: &StoreConfig,
    fitness: &Fitness,
) -> Result<(Store, Confirmation, Wakeups, Checked), FoundationError> {
    let store = connect(&settings).await?;
    let checked = check(fitness, &store).await?;
    tell(fitness, &checked.claimed);
    for problem in &checked.report.allowed {
        tracing::warn!(problem = %problem, "redis.unsafe_allowed");
    }
    for what in &checked.report.unchecked {
        tracing::warn!(what, "redis.unchecked");
    }
    if config.durability == Durability::Relaxed {
        let what = "a power cut can take what was acknowledged in the last second";
        tracing::warn!(what, "durability.relaxed");
    }
    let confirmation = match config.durability {
        Durability::Replica { replicas } => {
            let wait = config.timeout / 2;
            Confirmation::by(Replication::new(settings.clone(), replicas, wait))
        }
        Durability::Disk | Durability::Relaxed => Confirmation::default(),
    };
    let wakeups = Wakeups::spawn(store.clone(), settings);
    Ok((store, confirmation, wakeups, checked))
}

/// By fingerprints, so that a rotation can be followed from replica to replica.
fn tell(fitness: &Fitness, claimed: &Claimed) {
    let Identity {
        pepper,
        privacy_key,
    } = &fitness.identity;
    tracing::info!(
        pepper = pepper.current,
        previous_pepper = pepper.previous,
        next_pepper = pepper.next,
        privacy_key = privacy_key.current,
        previous_privacy_key = privacy_key.previous,
        "identity.claimed"
    );
    let is_alone = pepper.previous.is_none() && pepper.next.is_none();
    if claimed.pepper_replaced_at.is_some() && is_alone {
        let what = "this Redis's pepper was replaced: who came before that and not since is a stranger here, also to bans; \
                    configure privacy.previous_pepper_file, unless the overlap is over";
        tracing::warn!(what, "pepper.previous_not_configured");
    }
}

/// One that is still loading, or whose cluster is not up yet, takes no writes at first.
async fn check(fitness: &Fitness, store: &Store) -> Result<Checked, Unfit> {
    for left in (0..CONNECT_TRIES).rev() {
        match fitness.check(store).await {
            Err(unfit) if unfit.is_transient() && left > 0 => {
                tracing::warn!(error = %unfit, tries_left = left, "redis.not_ready_yet");
                tokio::time::sleep(CONNECT_EVERY).await;
            }
            checked => return checked,
        }
    }
    fitness.check(store).await
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
