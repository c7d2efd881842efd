//! The one task that follows a cluster: looks at who has which slot, and tells how it is.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::{Shared, topology::Topology};
use crate::store::{backoff::Backoff, error::StoreError};

/// How often where nothing asks for it. A call that goes astray finds its way by itself.
const EVERY: Duration = Duration::from_secs(10);

pub(super) async fn keep(shared: Arc<Shared>, closing: CancellationToken) {
    closing.run_until_cancelled(follow(&shared)).await;
}

async fn follow(shared: &Shared) {
    let first = || Backoff::new(shared.settings.backoff_least, shared.settings.backoff_most);
    let mut backoff = first();
    let mut look = interval(EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    look.reset();
    loop {
        shared.report();
        tokio::select! {
            biased;
            () = shared.told.notified() => {}
            () = shared.alarm.notified() => {
                if let Err(error) = shared.look().await {
                    tracing::debug!(error = %error, "cluster.look_failed");
                }
                // Whoever raises it at once again is heard after a pause.
                sleep(backoff.next_pause()).await;
            }
            _ = look.tick() => {
                if let Err(error) = shared.look().await {
                    tracing::debug!(error = %error, "cluster.look_failed");
                }
            }
        }
        if shared.is_whole() {
            backoff = first();
        } else {
            // A fail-over is on its way: look again soon.
            shared.alarm.notify_one();
        }
    }
}

impl Shared {
    /// Looks at the cluster, and takes what is new. New nodes are connected to before they are used.
    ///
    /// # Errors
    /// As for `survey`: what is known stays then.
    pub(super) async fn look(&self) -> Result<(), StoreError> {
        let view = self.survey().await?;
        let fresh = {
            let _one_at_a_time = self.changing();
            let before = self.topology.load_full();
            let next = Topology::of(&view, |at| self.node_in(&before, at))?;
            let fresh: Vec<_> = next
                .members()
                .iter()
                .filter(|member| before.node(&member.at).is_none())
                .cloned()
                .collect();
            self.topology.store(Arc::new(next));
            fresh
        };
        for member in fresh {
            tracing::info!(node = %member.at, "cluster.node_found");
            member.node.settled(self.settings.connect_timeout).await;
        }
        self.report();
        Ok(())
    }

    /// Whether every primary that is known can be reached.
    fn is_whole(&self) -> bool {
        let nodes = self.topology.load().nodes();
        !nodes.is_empty() && nodes.iter().all(|node| !node.health().borrow().is_away())
    }
}
