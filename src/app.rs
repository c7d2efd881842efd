//! The composition root: builds everything from the configuration, runs it, and stops it in order.

mod background;
pub mod fitness;
pub mod foundation;
mod server;
pub mod service_secrets;
mod workers;

use std::{net::SocketAddr, sync::Arc};

use tokio::{net::TcpListener, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    access::{
        Access,
        token::{Tokens, TokensError, keys::Keeper},
    },
    admission::{desk::Desk, preparation::Preparation, throttle::Throttle},
    config::Config,
    import::Importer,
    metrics::Metrics,
    ops::Ops,
    policy::sites::Sites,
    privacy::sealing::Sealer,
    queue::{Queue, QueueSettings},
    recognition::Recognition,
    retention::Retention,
    spam::{
        replication::{Replication, ReplicationSettings},
        scorer::Scorer,
        weights::ModelError,
    },
    store::{embedded::EmbeddedError, error::StoreError},
    tls::{self, error::TlsError, live::Tls},
};
use background::Background;
use foundation::{Foundation, FoundationError};

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Redis, secrets, or what they must agree on.
    #[error(transparent)]
    Foundation(#[from] FoundationError),
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}: {error}; choose another with {setting}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What says where.
        setting: &'static str,
        /// What the system said.
        error: std::io::Error,
    },
    /// Tokens can't be taken.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// A file of certificates can't be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The compiled-in model is damaged.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The subscription can't be made.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a running service ended in disorder.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The server failed.
    #[error("the server failed: {0}")]
    Server(String),
    /// The embedded Redis did not stop cleanly.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
}

/// A service that is built and bound, and not yet running.
pub struct App {
    config: Config,
    foundation: Foundation,
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    address: SocketAddr,
    desk: Arc<Desk>,
    queue: Queue,
    access: Arc<Access>,
    keeper: Option<Keeper>,
    replication: Replication,
    importer: Importer,
    retention: Retention,
    metrics: Metrics,
    ops: Option<Ops>,
}

impl App {
    /// Binds the address, connects to Redis or starts the embedded one, and checks everything.
    ///
    /// # Errors
    /// As [`BuildError`] says; nothing is left running then.
    pub async fn build(config: Config) -> Result<Self, BuildError> {
        let scorer = Arc::new(Scorer::prior()?);
        let tls = protection(&config).await?;
        let failed = |error| BuildError::Listen {
            address: config.server.listen,
            setting: "--listen",
            error,
        };
        let listener = TcpListener::bind(config.server.listen)
            .await
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let ops = ops(&config).await?;
        let metrics = Metrics::default();
        let (tokens, keeper) = tokens(&config).await?;
        let foundation = Foundation::lay(&config, &metrics).await?;
        let Foundation {
            store,
            confirmation,
            wakeups,
            secrets,
            ..
        } = &foundation;
        let sites = Arc::new(Sites::new(store.clone()));
        let recognition = foundation.recognition();
        let importer = Importer {
            store: store.clone(),
            confirmation: confirmation.clone(),
            sites: Arc::clone(&sites),
            recognition: recognition.clone(),
        };
        let retention = Retention {
            store: store.clone(),
            sites: Arc::clone(&sites),
            recognition: recognition.clone(),
            every: config.privacy.retention_every,
            metrics: Arc::clone(&metrics.retention),
        };
        let desk = desk(&config, &foundation, recognition, sites, scorer);
        let queue = Queue::new(
            store.clone(),
            confirmation.clone(),
            wakeups.clone(),
            Arc::clone(&desk.sites),
            queue_settings(&config),
            Arc::clone(&metrics.reviews),
        );
        let replication = Replication::new(
            store.clone(),
            wakeups.clone(),
            desk.sites.clone(),
            desk.scorer.model().clone(),
            replication_settings(&config),
        );
        let identities = tls.as_ref().map(|tls| tls.identities());
        let failures = config.throttle.failures_per_peer_per_minute;
        let access = Access::new(store.clone(), secrets.root.clone(), failures);
        let access = access.knowing(identities.unwrap_or_default());
        Ok(Self {
            config,
            foundation,
            listener,
            tls,
            address,
            desk: Arc::new(desk),
            queue,
            access: Arc::new(access.with_tokens(tokens)),
            keeper,
            replication,
            importer,
            retention,
            metrics,
            ops,
        })
    }

    /// Where it listens; the port that the system chose, if 0 was asked for.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Where the ops port is, if there is one.
    #[must_use]
    pub fn ops_addr(&self) -> Option<SocketAddr> {
        self.ops.as_ref().map(Ops::local_addr)
    }

    /// Serves until `shutdown`, then drains in order: not serving, no new calls, streams end and leases go back, calls in
    /// flight finish, workers stop, the ops port closes, Redis stops last. The whole is bounded by `server.drain_timeout_ms`.
    ///
    /// # Errors
    /// As [`RunError`] says; everything is stopped then.
    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), RunError> {
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let (reporter, health_service) = tonic_health::server::health_reporter();
        let background = Background::start(&mut self, reporter, &stop);
        let drain_timeout = self.config.server.drain_timeout;
        let serving = server::serve(
            server::Parts {
                config: self.config,
                listener: self.listener,
                tls: self.tls,
                desk: self.desk,
                queue: self.queue,
                access: self.access,
                replication: self.replication,
                importer: self.importer,
                officer: self.foundation.secrets.officer.id(),
                retention: self.retention,
                wakeups: self.foundation.wakeups.clone(),
                tasks: tasks.clone(),
                metrics: self.metrics,
            },
            health_service,
            stop.clone(),
        );
        let mut server = tasks.spawn(serving);
        tracing::info!(address = %self.address, "server.ready");
        let early = tokio::select! {
            () = shutdown.cancelled() => None,
            ended = &mut server => Some(ended),
        };
        tracing::info!("server.draining");
        // From here on: not serving, no new connections, streams end.
        stop.cancel();
        tasks.close();
        if timeout(drain_timeout, tasks.wait()).await.is_err() {
            tracing::warn!(
                waited_ms = drain_timeout.as_millis(),
                "server.drain_timed_out"
            );
            server.abort();
        }
        background.end().await;
        self.foundation.clear().await?;
        tracing::info!("server.stopped");
        match early {
            Some(Ok(Err(error))) => Err(RunError::Server(error.to_string())),
            Some(Err(error)) => Err(RunError::Server(error.to_string())),
            Some(Ok(Ok(()))) | None => Ok(()),
        }
    }
}

/// The ops port, if there is to be one.
async fn ops(config: &Config) -> Result<Option<Ops>, BuildError> {
    let Some(address) = config.ops.listen else {
        return Ok(None);
    };
    let bound = Ops::bind(address).await;
    bound.map(Some).map_err(|error| BuildError::Listen {
        address,
        setting: "--set ops.listen=ADDRESS",
        error,
    })
}

/// What checks tokens, and what keeps the issuer's keys fresh; nothing where no issuer is configured.
async fn tokens(config: &Config) -> Result<(Option<Arc<Tokens>>, Option<Keeper>), TokensError> {
    let Some(settings) = config.tokens.settings.clone() else {
        return Ok((None, None));
    };
    let (tokens, keeper) = Tokens::open(settings).await?;
    Ok((Some(Arc::new(tokens)), Some(keeper)))
}

/// Where comments are handed in.
fn desk(
    config: &Config,
    foundation: &Foundation,
    recognition: Recognition,
    sites: Arc<Sites>,
    scorer: Arc<Scorer>,
) -> Desk {
    let sealer = Sealer::new(foundation.secrets.officer.clone());
    Desk {
        store: foundation.store.clone(),
        confirmation: foundation.confirmation.clone(),
        sites,
        throttle: Throttle::new(
            config.throttle.per_key_per_second,
            config.throttle.total_per_second,
        ),
        scorer,
        preparation: Preparation::new(recognition.both().clone(), sealer),
        seal_lease: foundation.seal_lease.clone(),
        recognition,
    }
}

/// The certificates, or a warning where what travels is there for everyone to read.
async fn protection(config: &Config) -> Result<Option<Arc<Tls>>, TlsError> {
    let listen = config.server.listen;
    let Some(files) = &config.tls else {
        if !listen.ip().is_loopback() {
            let what = "keys and e-mail addresses travel in plain text; set tls.certificate_file and tls.private_key_file";
            tracing::warn!(%listen, what, "server.plaintext");
        }
        return Ok(None);
    };
    Ok(Some(Arc::new(tls::watch::load(files.clone()).await?)))
}

fn queue_settings(config: &Config) -> QueueSettings {
    QueueSettings {
        lease: config.moderation.lease,
        skip_cooldown: config.moderation.skip_cooldown,
        max_hold: config.moderation.max_hold,
        undo_window: config.moderation.undo_window,
        poll: config.moderation.poll,
    }
}

fn replication_settings(config: &Config) -> ReplicationSettings {
    let learning = &config.learning;
    ReplicationSettings {
        lease: learning.lease,
        poll: learning.poll,
        publish_every: learning.publish_every,
        snapshot_every: learning.snapshot_every,
        snapshot_lessons: learning.snapshot_lessons,
    }
}
