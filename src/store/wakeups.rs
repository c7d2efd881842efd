//! Wake-ups: what one replica wrote, another's idle streams hear of at once.
//!
//! A message can be lost: plain publish is not stored, and the subscriber may be reconnecting. So a waiter also looks
//! by itself now and then (a slow poll, by the caller); after a reconnect everyone is woken once. A wake-up is a hint
//! and carries no data: the woken one looks, and takes all that there is before it waits again.

mod bells;
mod groups;
mod learning;
mod subscriber;

use std::sync::Arc;

use tokio::sync::{Notify, watch};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::{
    comment::{ids::SiteId, lanes::Lanes},
    store::connection::{Store, StoreSettings},
};
use bells::{Bell, Bells};
pub use learning::Heard;
use subscriber::Subscriber;

/// The one channel. A message is a kind and the site's name. Kinds: `q` (the queue has something), `e` (the feed has), `d`
/// (the feed has a decision), `b` (queue and feed) and `l` (a lease was ended by another than its holder); and without a
/// site, `m` (the model log has something) and `t` (the trainer's lease is free).
pub const CHANNEL: &str = "replydesk:wakeups";

/// This replica's subscription. Cheap to clone; the connection ends with the last clone at the latest.
#[derive(Clone)]
pub struct Wakeups {
    bells: Arc<Bells>,
    subscription: Arc<Subscription>,
}

struct Subscription {
    tasks: TaskTracker,
    closing: CancellationToken,
    _ends_with_the_last_clone: DropGuard,
}

impl Wakeups {
    /// Starts the task that subscribes, on a connection of its own to a primary of the store's: in a cluster one hears what
    /// is published at any. It connects in the background, again and again.
    #[must_use]
    pub fn spawn(store: Store, settings: StoreSettings) -> Self {
        let bells = Arc::new(Bells::default());
        let closing = CancellationToken::new();
        let subscriber = Subscriber {
            store,
            settings,
            bells: bells.clone(),
            closing: closing.clone(),
        };
        let tasks = TaskTracker::new();
        tasks.spawn(subscriber.run());
        tasks.close();
        let subscription = Arc::new(Subscription {
            tasks,
            _ends_with_the_last_clone: closing.clone().drop_guard(),
            closing,
        });
        Self {
            bells,
            subscription,
        }
    }

    /// A waiter for some lanes of a site's queue: each message wakes one of the site's waiters here for the same lanes.
    #[must_use]
    pub fn queue_waiter(&self, site: &SiteId, lanes: Lanes) -> QueueWaiter {
        let bell = Bells::bell(&self.bells, site);
        QueueWaiter {
            rung: bell.queue.of(lanes),
            _bell: bell,
        }
    }

    /// A waiter for a site's feed: each message wakes all of them.
    #[must_use]
    pub fn event_waiter(&self, site: &SiteId) -> EventWaiter {
        let bell = Bells::bell(&self.bells, site);
        EventWaiter {
            rung: bell.events.subscribe(),
            _bell: bell,
        }
    }

    /// A waiter for leases of a site that somebody else has ended: each message wakes all of them.
    #[must_use]
    pub fn lease_waiter(&self, site: &SiteId) -> EventWaiter {
        let bell = Bells::bell(&self.bells, site);
        EventWaiter {
            rung: bell.leases.subscribe(),
            _bell: bell,
        }
    }

    /// What the trainer hears: decisions of all sites. One at a time.
    #[must_use]
    pub fn decision_waiter(&self) -> DecisionWaiter {
        self.bells.learning.listen();
        DecisionWaiter(self.bells.clone())
    }

    /// A waiter for the model log: each message wakes all of them.
    #[must_use]
    pub fn model_waiter(&self) -> ModelWaiter {
        ModelWaiter {
            rung: self.bells.learning.appended.subscribe(),
            _bells: self.bells.clone(),
        }
    }

    /// A waiter for the trainer's lease: each message wakes all of them.
    #[must_use]
    pub fn trainer_waiter(&self) -> ModelWaiter {
        ModelWaiter {
            rung: self.bells.learning.free.subscribe(),
            _bells: self.bells.clone(),
        }
    }

    /// How many sites have waiters here.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.bells.len()
    }

    /// Ends the subscription. Waiters sleep on: their slow poll or their own end wakes them.
    pub async fn shutdown(&self) {
        self.subscription.closing.cancel();
        self.subscription.tasks.wait().await;
    }
}

/// Waits for a site's queue. Keep it for the stream's life.
pub struct QueueWaiter {
    rung: Arc<Notify>,
    _bell: Arc<Bell>,
}

impl QueueWaiter {
    /// Resolves when it is this waiter's turn to look. A message that came while nobody waited resolves the next wait
    /// at once. Dropped half-way, the turn goes to the next waiter.
    pub async fn wait(&self) {
        self.rung.notified().await;
    }
}

/// Waits for a site's feed, or its leases. Make it before the first look, keep it for the stream's life.
pub struct EventWaiter {
    rung: watch::Receiver<u64>,
    _bell: Arc<Bell>,
}

impl EventWaiter {
    /// Resolves when a message came since the last time, or since the waiter was made: none is missed between a look
    /// and a wait.
    pub async fn wait(&mut self) {
        // The sender lives in the bell that this waiter holds.
        let _ = self.rung.changed().await;
    }
}

/// Waits for the model log, or the trainer's lease. Make it before the first look.
pub struct ModelWaiter {
    rung: watch::Receiver<u64>,
    _bells: Arc<Bells>,
}

impl ModelWaiter {
    /// Resolves when a message came since the last time, or since the waiter was made.
    pub async fn wait(&mut self) {
        // The sender lives in the bells that this waiter holds.
        let _ = self.rung.changed().await;
    }
}

/// Waits for decisions of any site. The first wait names all sites.
pub struct DecisionWaiter(Arc<Bells>);

impl DecisionWaiter {
    /// Resolves with the sites that had decisions since the last time.
    pub async fn wait(&self) -> Heard {
        self.0.learning.heard().await
    }
}

impl Drop for DecisionWaiter {
    fn drop(&mut self) {
        self.0.learning.ignore();
    }
}
