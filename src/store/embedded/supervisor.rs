//! The task that owns the server's process: restarts it when it dies, stops it when asked.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::process::Child;
use tokio_util::sync::CancellationToken;

use super::{
    EmbeddedError,
    server::{Launcher, Server},
};
use crate::store::backoff::Backoff;

/// A server that lived this long did not die of its start: the next pause is short again.
const SETTLED: Duration = Duration::from_secs(30);

pub(super) struct Supervisor {
    launcher: Launcher,
    stopping: CancellationToken,
    ending: Ending,
}

/// What the supervisor leaves for its owner.
#[derive(Clone, Default)]
pub(super) struct Ending {
    process_id: Arc<AtomicU32>,
    error: Arc<Mutex<Option<EmbeddedError>>>,
}

impl Ending {
    pub(super) fn process_id(&self) -> Option<u32> {
        match self.process_id.load(Ordering::Relaxed) {
            0 => None,
            id => Some(id),
        }
    }

    pub(super) fn outcome(&self) -> Result<(), EmbeddedError> {
        let mut error = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        error.take().map_or(Ok(()), Err)
    }

    fn running(&self, process_id: Option<u32>) {
        self.process_id
            .store(process_id.unwrap_or(0), Ordering::Relaxed);
    }

    fn failed(&self, error: EmbeddedError) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

impl Supervisor {
    pub(super) fn new(
        launcher: Launcher,
        server: &Server,
        stopping: CancellationToken,
    ) -> (Self, Ending) {
        let ending = Ending::default();
        ending.running(server.process_id());
        let supervisor = Self {
            launcher,
            stopping,
            ending: ending.clone(),
        };
        (supervisor, ending)
    }

    /// Until the owner asks for the stop.
    pub(super) async fn watch(self, server: Server) {
        let mut running = server.keep();
        let mut backoff = Self::first_backoff();
        while let Some(mut child) = running {
            self.ending.running(child.id());
            let since = Instant::now();
            tokio::select! {
                () = self.stopping.cancelled() => {
                    self.stop(child).await;
                    return;
                }
                status = child.wait() => {
                    let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
                    tracing::error!(status, log = %self.launcher.log_path().display(),
                        "embedded_redis.restarting");
                }
            }
            self.ending.running(None);
            if since.elapsed() > SETTLED {
                backoff = Self::first_backoff();
            }
            running = self.relaunch(&mut backoff).await;
        }
    }

    fn first_backoff() -> Backoff {
        Backoff::new(Duration::from_millis(20), Duration::from_secs(5))
    }

    /// `None` when the stop was asked for meanwhile.
    async fn relaunch(&self, backoff: &mut Backoff) -> Option<Child> {
        let again = async {
            loop {
                tokio::time::sleep(backoff.next_pause()).await;
                match self.launcher.launch().await {
                    Ok(server) => return server.keep(),
                    Err(error) => tracing::error!(%error, "embedded_redis.restart_failed"),
                }
            }
        };
        self.stopping.run_until_cancelled(again).await.flatten()
    }

    async fn stop(&self, child: Child) {
        match self.launcher.stop(child).await {
            Ok(status) if status.success() => {}
            Ok(status) => {
                tracing::warn!(status = %status, "embedded_redis.stop_complaint")
            }
            Err(error) => self.ending.failed(error),
        }
        self.ending.running(None);
    }
}
