//! The current connection, and what each answer says about it.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use redis::{RedisResult, aio::MultiplexedConnection};
use tokio::{
    sync::{Notify, watch},
    time::error::Elapsed,
};

use super::{
    failure::{Failure, outcome},
    health::Health,
};
use crate::store::error::StoreError;

/// Time-outs in a row, without any answer between, after which a connection is given up. One can be a slow disk.
const SILENCE: u32 = 2;

/// One connection, from its making to its loss.
pub(super) struct Link {
    connection: MultiplexedConnection,
    timeouts: AtomicU32,
    /// Which of its line's connections it is; 0 until it is installed.
    generation: AtomicU64,
}

impl Link {
    pub(super) fn new(connection: MultiplexedConnection) -> Arc<Self> {
        Arc::new(Self {
            connection,
            timeouts: AtomicU32::new(0),
            generation: AtomicU64::new(0),
        })
    }

    /// Which of its line's connections it is.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    pub(super) fn connection(&self) -> MultiplexedConnection {
        self.connection.clone()
    }

    fn answered(&self) {
        // A load is cheaper than a store that every core would have to see.
        if self.timeouts.load(Ordering::Relaxed) != 0 {
            self.timeouts.store(0, Ordering::Relaxed);
        }
    }

    fn timed_out(&self) -> bool {
        self.timeouts.fetch_add(1, Ordering::Relaxed) + 1 >= SILENCE
    }
}

/// Why a closed store is away: nothing to worry about.
pub(super) const CLOSED: &str = "the store is closed";

struct Slot {
    /// `None` while Redis is away.
    link: Option<Arc<Link>>,
    /// What a caller is told while there is no link.
    cause: StoreError,
    /// The link works, but its server takes no writes: another should be looked for.
    doubted: bool,
}

/// What leads to one primary.
pub(super) struct Line {
    slot: Mutex<Slot>,
    health: watch::Sender<Health>,
    /// For the log, where there are several.
    name: Option<String>,
    /// Raised at each change of health.
    told: Arc<Notify>,
    /// Where the probe writes: a key that this primary holds.
    probe_key: ArcSwap<Vec<u8>>,
    /// Counts the links.
    generation: AtomicU64,
    /// Raised when the slot wants a new link.
    alarm: Notify,
    /// For one call, in all.
    pub(super) timeout: Duration,
}

impl Line {
    pub(super) fn new(
        timeout: Duration,
        probe_key: Vec<u8>,
        name: Option<String>,
        told: Arc<Notify>,
    ) -> Self {
        let cause = StoreError::Away("not connected yet".to_owned());
        Self {
            health: watch::Sender::new(Health::from(&cause)),
            name,
            told,
            probe_key: ArcSwap::from_pointee(probe_key),
            slot: Mutex::new(Slot {
                link: None,
                cause,
                doubted: false,
            }),
            generation: AtomicU64::new(0),
            alarm: Notify::new(),
            timeout,
        }
    }

    /// The lock is held for a clone or a store only, never across an await.
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn health(&self) -> &watch::Sender<Health> {
        &self.health
    }

    /// Where probes write.
    pub(super) fn probe_key(&self) -> Vec<u8> {
        self.probe_key.load().as_ref().clone()
    }

    /// How many links there were.
    pub(super) fn made(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// Probes write there from now on.
    pub(super) fn probe_at(&self, key: Vec<u8>) {
        self.probe_key.store(Arc::new(key));
    }

    /// The current link, or at once why there is none.
    pub(super) fn link(&self) -> Result<Arc<Link>, StoreError> {
        let slot = self.slot();
        slot.link.clone().ok_or_else(|| slot.cause.clone())
    }

    /// Resolves when a new link is wanted.
    pub(super) async fn broken(&self) {
        loop {
            self.alarm.notified().await;
            let slot = self.slot();
            // An alarm can be older than the link that mended its cause.
            if slot.link.is_none() || slot.doubted {
                return;
            }
        }
    }

    /// Puts a new link in place. The old one closes when its last call has ended.
    pub(super) fn install(&self, link: Arc<Link>, tried: &Result<(), StoreError>) {
        let mut slot = self.slot();
        let generation = self.generation.fetch_add(1, Ordering::Relaxed) + 1;
        link.generation.store(generation, Ordering::Relaxed);
        slot.link = Some(link);
        slot.doubted = false;
        drop(slot);
        self.publish(tried.as_ref().map_or_else(Health::from, |()| Health::Up));
    }

    /// Takes the link away: callers fail at once with `cause`.
    pub(super) fn cut(&self, cause: StoreError) {
        self.publish(Health::from(&cause));
        let mut slot = self.slot();
        slot.link = None;
        slot.cause = cause;
    }

    /// What a call's end says about the link that it went through.
    pub(super) fn judge<T>(
        &self,
        link: &Arc<Link>,
        ended: Result<RedisResult<T>, Elapsed>,
    ) -> Result<T, Failure> {
        let error = match outcome(ended) {
            Err(Failure::Failed(error)) => error,
            answered => {
                link.answered();
                return answered;
            }
        };
        match &error {
            StoreError::TimedOut if link.timed_out() => self.lose(link, &error),
            StoreError::TimedOut => {}
            StoreError::Away(_) => self.lose(link, &error),
            StoreError::ReadOnly(_) => self.doubt(link, &error),
            StoreError::Full(_) => {
                link.answered();
                self.publish(Health::from(&error));
            }
            StoreError::Refused(_)
            | StoreError::Corrupt { .. }
            | StoreError::Unreplicated { .. } => link.answered(),
        }
        Err(error.into())
    }

    /// Tries the link out: an answer, and a write. Success is what brings health back.
    pub(super) async fn try_out(&self) -> Result<(), Failure> {
        let link = self.link()?;
        let tried = self.judge(&link, self.probe(&link).await);
        match &tried {
            Ok(()) => self.publish(Health::Up),
            Err(Failure::Failed(error @ StoreError::Refused(_))) => {
                self.publish(Health::from(error));
            }
            // The judge has told what they mean; one time-out means nothing yet. What is another node's by now is no
            // fault of this one.
            Err(_) => {}
        }
        tried
    }

    /// One round trip: does it answer, and does it take a write?
    pub(super) async fn probe(&self, link: &Link) -> Result<RedisResult<()>, Elapsed> {
        let key = self.probe_key.load_full();
        let mut pipe = redis::pipe();
        pipe.cmd("PING").ignore();
        pipe.cmd("SET").arg(key.as_slice()).arg("").ignore();
        let mut connection = link.connection();
        tokio::time::timeout(self.timeout, pipe.query_async(&mut connection)).await
    }

    fn lose(&self, link: &Arc<Link>, error: &StoreError) {
        let mut slot = self.slot();
        if !is_current(&slot, link) {
            return;
        }
        slot.link = None;
        slot.cause = match error {
            // Its text says already that Redis cannot be reached.
            StoreError::Away(_) => error.clone(),
            StoreError::TimedOut
            | StoreError::ReadOnly(_)
            | StoreError::Full(_)
            | StoreError::Unreplicated { .. }
            | StoreError::Refused(_)
            | StoreError::Corrupt { .. } => StoreError::Away(error.to_string()),
        };
        let health = Health::from(&slot.cause);
        drop(slot);
        self.publish(health);
        self.alarm.notify_one();
    }

    /// The link stays: the server's own refusals are quick and exact, and reads may work.
    fn doubt(&self, link: &Arc<Link>, error: &StoreError) {
        link.answered();
        let mut slot = self.slot();
        if !is_current(&slot, link) || slot.doubted {
            return;
        }
        slot.doubted = true;
        drop(slot);
        self.publish(Health::from(error));
        self.alarm.notify_one();
    }

    fn publish(&self, health: Health) {
        self.health.send_if_modified(|known| {
            if *known == health {
                return false;
            }
            if health.is_up() {
                tracing::info!(node = self.name, "store.up");
            } else if matches!(&health, Health::Away { reason } if **reason == *CLOSED) {
                tracing::info!(node = self.name, "store.closed");
            } else if std::mem::discriminant(known) != std::mem::discriminant(&health) {
                tracing::warn!(node = self.name, health = %health, "store.not_up");
            }
            *known = health;
            self.told.notify_one();
            true
        });
    }
}

fn is_current(slot: &Slot, link: &Arc<Link>) -> bool {
    slot.link.as_ref().is_some_and(|now| Arc::ptr_eq(now, link))
}
