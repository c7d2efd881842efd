//! What the keys need beside the calls: that uses are noted, and that it is known which ids there are.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::access::Access;

/// How often ids are read, and peers forgotten.
const EVERY: Duration = Duration::from_secs(60);
/// How long uses are gathered before they are written: an hour begins for all keys at once.
const GATHER: Duration = Duration::from_millis(200);
/// How long to wait after a failed write.
const RETRY: Duration = Duration::from_secs(5);

/// How long the last write at a shutdown may take.
const LAST_WRITE: Duration = Duration::from_millis(500);

impl Access {
    /// Writes when keys were used, reads which ids there are, and forgets peers that fail no more, until shutdown; what
    /// is then noted and not written is written last, if that is quick.
    pub async fn tend(&self, shutdown: CancellationToken) {
        shutdown.run_until_cancelled(self.tend_on()).await;
        let last = timeout(LAST_WRITE, self.write_uses()).await;
        if last.is_err() {
            tracing::warn!("keys.last_uses_not_noted");
        }
    }

    async fn tend_on(&self) {
        let mut round = interval(EVERY);
        round.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = round.tick() => self.look_around().await,
                () = self.usage.woken() => {
                    let written = self.write_uses().await;
                    sleep(if written { GATHER } else { RETRY }).await;
                }
            }
        }
    }

    async fn look_around(&self) {
        self.peers.forget_idle();
        match self.store.access_key_ids().await {
            Ok(ids) => self.ids.store(Arc::new(ids.into_iter().collect())),
            Err(error) => tracing::warn!(error = %error, "keys.ids_not_read"),
        }
    }

    async fn write_uses(&self) -> bool {
        let written = self.usage.write(&self.store).await;
        if let Err(error) = &written {
            tracing::warn!(error = %error, "keys.use_not_noted");
        }
        written.is_ok()
    }
}
