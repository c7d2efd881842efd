//! How every replica comes to the same model: one trainer writes lessons to the model log, every replica applies them in
//! order.
//!
//! [`trainer`] takes the one lease and follows the sites' decisions ([`sources`]); [`follower`] applies the log to this
//! replica's model and publishes it; [`snapshots`] keep the log short; [`status`] says how it stands.

mod apply;
mod counters;
mod follower;
mod places;
mod snapshots;
mod sources;
mod status;
mod tenure;
mod trainer;

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    comment::event::Cursor,
    policy::sites::Sites,
    spam::{live::LiveModel, model::Model},
    store::{connection::Store, wakeups::Wakeups},
};

use apply::AtMark;
pub use counters::{Counters, Counts};
pub use status::ModelStatus;

/// The most that readiness waits for the first catch-up: a model that can't be loaded must not keep the service down.
const READY_WITHIN: Duration = Duration::from_secs(10);

/// How the model is replicated.
#[derive(Debug, Clone, Copy)]
pub struct ReplicationSettings {
    /// How long the trainer's lease lives without a sign of life.
    pub lease: Duration,
    /// The slow poll that covers lost wake-ups.
    pub poll: Duration,
    /// The shortest time between two publications of this replica's model: each copies it.
    pub publish_every: Duration,
    /// The longest that new lessons wait for a snapshot.
    pub snapshot_every: Duration,
    /// The most lessons that wait for one.
    pub snapshot_lessons: u64,
}

/// The model of this replica and how it keeps up. Cheap to clone.
#[derive(Clone)]
pub struct Replication {
    shared: Arc<Shared>,
}

/// What trainer, follower and status share.
struct Shared {
    store: Store,
    wakeups: Wakeups,
    sites: Arc<Sites>,
    live: LiveModel,
    settings: ReplicationSettings,
    counters: Counters,
    /// What this replica scores by.
    published: watch::Sender<Published>,
    /// The model at the last mark of the log, for the trainer's next snapshot.
    at_mark: watch::Sender<Option<Arc<AtMark>>>,
    /// Whether this replica is the trainer.
    trains: AtomicBool,
    caught_up: watch::Sender<bool>,
}

/// A model and its place in the log.
#[derive(Clone)]
struct Published {
    model: Arc<Model>,
    position: Cursor,
    /// The model's digest once somebody has asked for it: megabytes are read for it.
    digest: Arc<OnceLock<[u8; 32]>>,
}

impl Published {
    fn new(model: Arc<Model>, position: Cursor) -> Self {
        Self {
            model,
            position,
            digest: Arc::default(),
        }
    }
}

impl Replication {
    /// With the model that is live now, before anything is applied.
    #[must_use]
    pub fn new(
        store: Store,
        wakeups: Wakeups,
        sites: Arc<Sites>,
        live: LiveModel,
        settings: ReplicationSettings,
    ) -> Self {
        let published = Published::new(Arc::clone(&live.load()), Cursor::START);
        Self {
            shared: Arc::new(Shared {
                store,
                wakeups,
                sites,
                live,
                settings,
                counters: Counters::default(),
                published: watch::Sender::new(published),
                at_mark: watch::Sender::new(None),
                trains: AtomicBool::new(false),
                caught_up: watch::Sender::new(false),
            }),
        }
    }

    /// Applies the log to this replica's model until shutdown.
    pub async fn follow(self, shutdown: CancellationToken) {
        let shared = self.shared.clone();
        let bounded = async {
            tokio::time::sleep(READY_WITHIN).await;
            if !shared.caught_up.send_replace(true) {
                let waited_ms = READY_WITHIN.as_millis();
                tracing::error!(waited_ms, "model.not_caught_up");
            }
            std::future::pending::<()>().await;
        };
        let following = follower::Follower::new(self.shared.clone()).follow();
        tokio::select! {
            biased;
            () = shutdown.cancelled() => {}
            () = following => {}
            () = bounded => {}
        }
    }

    /// Is the trainer whenever no other replica is, until shutdown.
    pub async fn train(self, shutdown: CancellationToken) {
        trainer::train(&self.shared, &shutdown).await;
    }

    /// Becomes `true` once this replica has caught up with the log, or has tried for long enough.
    #[must_use]
    pub fn caught_up(&self) -> watch::Receiver<bool> {
        self.shared.caught_up.subscribe()
    }

    /// What happened so far, for metrics.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.counters.read()
    }
}

impl Shared {
    fn trains(&self) -> bool {
        self.trains.load(Ordering::Relaxed)
    }
}
