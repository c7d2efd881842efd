//! Durability `replica`: an OK only once enough replicas have received the write.
//!
//! `WAIT` on the shared connection would stall every caller, so one task a primary owns a connection for it and asks once
//! for all who wait. `PING` first, since `WAIT` counts from the connection's own last command. A write and its `WAIT` must
//! mean the same server, or a fail-over between the two would confirm what it lost: what carried the write is noted
//! while it is sent, and only a `WAIT` of the same generation counts.

mod waiter;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::store::{
    connection::{Carrier, Node, StoreSettings, carried},
    error::StoreError,
    observed,
};
use waiter::{Ask, Waiter};

/// How many may wait for the next batch of a primary; more wait for a place within their deadline.
const MOST_WAITING: usize = 4096;

/// Confirms that writes have reached the replicas. Cheap to clone; its tasks end with the last clone at the latest.
#[derive(Clone)]
pub struct Replication {
    shared: Arc<Shared>,
}

struct Shared {
    settings: StoreSettings,
    replicas: u32,
    wait: Duration,
    deadline: Duration,
    /// One for each primary that took a write; those of primaries that are gone go too.
    waiters: Mutex<Vec<Asked>>,
    tasks: TaskTracker,
    closing: CancellationToken,
    _ends_with_the_last_clone: DropGuard,
}

/// Where one primary's waiter is asked.
struct Asked {
    node: Weak<Node>,
    asks: mpsc::Sender<Ask>,
}

impl Replication {
    /// Ready to confirm. `wait` is how long one batch waits for its acknowledgements.
    #[must_use]
    pub fn new(settings: StoreSettings, replicas: u32, wait: Duration) -> Self {
        // One that comes during a batch waits for its end, then for its own.
        let deadline = wait * 2 + settings.connect_timeout + settings.timeout;
        let closing = CancellationToken::new();
        Self {
            shared: Arc::new(Shared {
                settings,
                replicas,
                wait,
                deadline,
                waiters: Mutex::default(),
                tasks: TaskTracker::new(),
                _ends_with_the_last_clone: closing.clone().drop_guard(),
                closing,
            }),
        }
    }

    /// Runs a write, and resolves when enough replicas have received all that it wrote.
    ///
    /// # Errors
    /// The write's own; [`StoreError::Unreplicated`] when too few have received it, or when a connection changed meanwhile:
    /// it stands on the primary as far as anyone knows, and an idempotent repetition finds it and waits again;
    /// [`StoreError::Away`] and [`StoreError::TimedOut`] as for any call.
    pub async fn of<T>(
        &self,
        write: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.of_some(write, |_| true).await
    }

    /// The same, but what came of it needs no confirmation where `counts` says so.
    ///
    /// # Errors
    /// As for [`Replication::of`].
    pub(in crate::store) async fn of_some<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
        counts: impl FnOnce(&T) -> bool,
    ) -> Result<T, StoreError> {
        let (written, carriers) = carried(work).await;
        let written = written?;
        if !counts(&written) {
            return Ok(written);
        }
        let confirming = async {
            for carrier in carriers {
                self.confirm(carrier).await?;
            }
            Ok(())
        };
        let bounded = async {
            let confirmed = timeout(self.shared.deadline, confirming).await;
            confirmed.unwrap_or(Err(StoreError::TimedOut))
        };
        observed::confirmed(&self.shared.settings.metrics, bounded).await?;
        Ok(written)
    }

    async fn confirm(&self, carrier: Carrier) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        let ask = Ask {
            generation: carrier.generation,
            answer,
        };
        let closed = || StoreError::Away("the store is closed".to_owned());
        let asks = self.shared.asks(&carrier.node).ok_or_else(closed)?;
        asks.send(ask).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Ends the tasks; whoever waits is told that the store is closed.
    pub async fn shutdown(&self) {
        self.shared.closing.cancel();
        self.shared.waiters().clear();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

impl Shared {
    fn waiters(&self) -> MutexGuard<'_, Vec<Asked>> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where this primary's waiter is asked; `None` once all is closed.
    fn asks(&self, node: &Arc<Node>) -> Option<mpsc::Sender<Ask>> {
        let mut waiters = self.waiters();
        let known = waiters
            .iter()
            .find(|asked| std::ptr::eq(asked.node.as_ptr(), Arc::as_ptr(node)));
        if let Some(asked) = known {
            return Some(asked.asks.clone());
        }
        if self.closing.is_cancelled() {
            return None;
        }
        waiters.retain(|asked| asked.node.strong_count() > 0);
        let (asks, asked) = mpsc::channel(MOST_WAITING);
        let waiter = Waiter {
            node: Arc::downgrade(node),
            settings: self.settings.clone(),
            replicas: self.replicas,
            wait: self.wait,
            most: MOST_WAITING,
        };
        let until = self.closing.clone();
        self.tasks
            .spawn(async move { until.run_until_cancelled(waiter.serve(asked)).await });
        waiters.push(Asked {
            node: Arc::downgrade(node),
            asks: asks.clone(),
        });
        Some(asks)
    }
}
