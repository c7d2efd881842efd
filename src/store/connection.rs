//! The one connection type: one socket for all callers, a deadline on every call, and its own reconnect.
//!
//! A command is sent once. What may have been carried out is never sent again from here; whoever knows that a call is
//! idempotent repeats it. While Redis is away, calls fail at once and one task makes the new connection.

mod health;
mod keeper;
mod line;
mod settings;

use std::{sync::Arc, time::Duration};

use redis::{Cmd, FromRedisValue, Pipeline};
use tokio::{sync::watch, time::timeout};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

pub use health::Health;
pub use settings::StoreSettings;

use crate::{
    metrics::redis::Redis,
    store::{
        error::StoreError,
        observed::observed,
        script::{Script, ScriptCall},
    },
};
use keeper::Keeper;
use line::Line;

/// A shared connection to the primary. Cheap to clone; commands of all clones are pipelined on one socket.
#[derive(Clone)]
pub struct Store {
    line: Arc<Line>,
    keeping: Arc<Keeping>,
    metrics: Arc<Redis>,
}

/// The keeper's task; it ends with the last clone at the latest.
struct Keeping {
    tasks: TaskTracker,
    closing: CancellationToken,
    _ends_with_the_last_clone: DropGuard,
}

impl Store {
    /// Connects to an address with the default settings.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::open(StoreSettings::new(url)).await
    }

    /// Connects, and keeps connected from then on. A server that answers but takes no writes is a success:
    /// [`Store::health`] says so, and the checks before the start say what to mend.
    ///
    /// # Errors
    /// [`StoreError::Away`] when nobody answers, [`StoreError::Refused`] when the address or the credentials are wrong,
    /// or do not allow a `PING` and a `SET`.
    pub async fn open(settings: StoreSettings) -> Result<Self, StoreError> {
        let line = Arc::new(Line::new(settings.timeout));
        let metrics = Arc::clone(&settings.metrics);
        let closing = CancellationToken::new();
        let keeper = Keeper {
            line: line.clone(),
            client: settings.client()?,
            settings,
            closing: closing.clone(),
        };
        let (link, tried) = keeper.open().await?;
        line.install(link, &tried);
        match tried {
            Err(error @ StoreError::Refused(_)) => return Err(error),
            // Asks for a better server, as any call there would.
            Err(StoreError::ReadOnly(_)) => drop(line.try_out().await),
            Ok(()) | Err(_) => {}
        }
        let tasks = TaskTracker::new();
        tasks.spawn(keeper.keep());
        tasks.close();
        let keeping = Arc::new(Keeping {
            tasks,
            _ends_with_the_last_clone: closing.clone().drop_guard(),
            closing,
        });
        Ok(Self {
            line,
            keeping,
            metrics,
        })
    }

    /// One command, sent once.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn query<T: FromRedisValue>(&self, cmd: &Cmd) -> Result<T, StoreError> {
        let asking = async {
            let link = self.line.link()?;
            let mut connection = link.connection();
            let ended = timeout(self.line.timeout, cmd.query_async(&mut connection)).await;
            self.line.judge(&link, ended)
        };
        observed(&self.metrics, None, asking).await
    }

    /// Several commands in one round trip, each sent once; not atomic.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn pipeline<T: FromRedisValue>(&self, pipe: &Pipeline) -> Result<T, StoreError> {
        let asking = async {
            let link = self.line.link()?;
            let mut connection = link.connection();
            let ended = timeout(self.line.timeout, pipe.query_async(&mut connection)).await;
            self.line.judge(&link, ended)
        };
        observed(&self.metrics, None, asking).await
    }

    /// One script, run once: by its digest, and by its text only where Redis answers that it does not know it.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn call<T: FromRedisValue>(
        &self,
        script: &'static Script,
        call: &ScriptCall,
    ) -> Result<T, StoreError> {
        let running = self.run(script, call);
        observed(&self.metrics, Some(script.name()), running).await
    }

    async fn run<T: FromRedisValue>(
        &self,
        script: &'static Script,
        call: &ScriptCall,
    ) -> Result<T, StoreError> {
        let link = self.line.link()?;
        let mut connection = link.connection();
        let run = async {
            let by_digest = call.command("EVALSHA", script.digest());
            match by_digest.query_async(&mut connection).await {
                // Not executed: this is no repetition.
                Err(error) if error.code() == Some("NOSCRIPT") => {
                    let by_text = call.command("EVAL", script.source());
                    by_text.query_async(&mut connection).await
                }
                other => other,
            }
        };
        let ended = timeout(self.line.timeout, run).await;
        self.line.judge(&link, ended)
    }

    /// How long one call may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.line.timeout
    }

    /// How many connections replaced an earlier one.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        self.line.generation().saturating_sub(1)
    }

    /// Where its calls are counted.
    pub(in crate::store) fn metrics(&self) -> &Arc<Redis> {
        &self.metrics
    }

    /// Counts the connections: the same before and after a call means that one connection carried it.
    pub(in crate::store) fn generation(&self) -> u64 {
        self.line.generation()
    }

    /// Whether the last probe could write and nothing has failed since.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.line.health().borrow().is_up()
    }

    /// How Redis is, now and at each change.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.line.health().subscribe()
    }

    /// Asks for an answer and a write, and lets [`Store::health`] know. It happens by itself every
    /// [`StoreSettings::probe_every`].
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.line.try_out().await
    }

    /// Ends the keeper and refuses further calls; calls in flight end within their deadline.
    pub async fn shutdown(&self) {
        self.keeping.closing.cancel();
        self.keeping.tasks.wait().await;
    }
}
