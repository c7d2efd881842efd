//! Durability `replica`: an OK only once enough replicas have received the write.
//!
//! `WAIT` on the shared connection would stall every caller, so one task owns a connection for it and asks once for
//! all who wait. `PING` first, since `WAIT` counts from the connection's own last command. A write and its `WAIT` must
//! mean the same server, or a fail-over between the two would confirm what it lost: a [`Ticket`], taken before the
//! write, ties them together.

mod waiter;

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::store::{
    connection::{Store, StoreSettings},
    error::StoreError,
    observed,
};
use waiter::{Ask, Waiter};

/// How many may wait for the next batch; more wait for a place within their deadline.
const MOST_WAITING: usize = 4096;

/// Which connection the store had before a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

/// Confirms that writes have reached the replicas. Cheap to clone; its task ends with the last clone at the latest.
#[derive(Clone)]
pub struct Replication {
    store: Store,
    asks: mpsc::Sender<Ask>,
    deadline: Duration,
    task: Arc<Task>,
}

struct Task {
    tasks: TaskTracker,
    closing: CancellationToken,
    _ends_with_the_last_clone: DropGuard,
}

impl Replication {
    /// Starts the task. `wait` is how long one batch waits for its acknowledgements.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the address cannot be used.
    pub fn spawn(
        store: Store,
        settings: StoreSettings,
        replicas: u32,
        wait: Duration,
    ) -> Result<Self, StoreError> {
        let (asks, asked) = mpsc::channel(MOST_WAITING);
        let closing = CancellationToken::new();
        // One that comes during a batch waits for its end, then for its own.
        let deadline = wait * 2 + settings.connect_timeout + settings.timeout;
        let waiter = Waiter {
            client: settings.client()?,
            settings,
            store: store.clone(),
            replicas,
            wait,
            most: MOST_WAITING,
        };
        let tasks = TaskTracker::new();
        let until = closing.clone();
        tasks.spawn(async move { until.run_until_cancelled(waiter.serve(asked)).await });
        tasks.close();
        let task = Arc::new(Task {
            tasks,
            _ends_with_the_last_clone: closing.clone().drop_guard(),
            closing,
        });
        Ok(Self {
            store,
            asks,
            deadline,
            task,
        })
    }

    /// To be taken before the write.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        Ticket(self.store.generation())
    }

    /// Resolves when enough replicas have received everything that was written before this call.
    ///
    /// # Errors
    /// [`StoreError::Unreplicated`] when too few have, or when the connection changed since the ticket: the write
    /// stands on the primary as far as anyone knows, and an idempotent repetition finds it and waits again.
    /// [`StoreError::Away`] and [`StoreError::TimedOut`] as for any call.
    pub async fn confirm(&self, ticket: Ticket) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        let ask = Ask {
            generation: ticket.0,
            answer,
        };
        let closed = || StoreError::Away("the store is closed".to_owned());
        let confirmed = async {
            self.asks.send(ask).await.map_err(|_| closed())?;
            answered.await.map_err(|_| closed())?
        };
        let bounded = async {
            let confirmed = timeout(self.deadline, confirmed).await;
            confirmed.unwrap_or(Err(StoreError::TimedOut))
        };
        observed::confirmed(self.store.metrics(), bounded).await
    }

    /// Ends the task; whoever waits is told that the store is closed.
    pub async fn shutdown(&self) {
        self.task.closing.cancel();
        self.task.tasks.wait().await;
    }
}
