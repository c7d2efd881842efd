//! What metrics tell that only Redis knows, read now and then: never because somebody scrapes.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{
    comment::ids::SiteId,
    metrics::{
        Metrics,
        model::ModelNow,
        queues::{LaneNow, QueueNow},
    },
    policy::sites::Sites,
    spam::replication::{ModelStatus, Replication},
    store::{
        connection::Store,
        error::StoreError,
        queue_counts::{Overdue, QueueCounts},
    },
};

/// How often.
const EVERY: Duration = Duration::from_secs(10);
/// Sites in one round; others have their turn in the next.
const MOST_SITES: usize = 50;

/// Reads them until shutdown. A few reads for the model, and for each of up to 50 sites, every ten seconds.
pub struct Figures {
    /// Where they are.
    pub store: Store,
    /// Which sites there are.
    pub sites: Arc<Sites>,
    /// The model.
    pub replication: Replication,
    /// Where they go.
    pub metrics: Metrics,
}

impl Figures {
    /// Reads until shutdown.
    pub async fn follow(self, shutdown: CancellationToken) {
        let mut round = interval(EVERY);
        round.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut next = 0;
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                _ = round.tick() => {}
            }
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                () = self.read(&mut next) => {}
            }
        }
    }

    /// What can't be read stays as it was; that Redis is away is told elsewhere.
    async fn read(&self, next: &mut usize) {
        match self.replication.status().await {
            Ok(status) => self.metrics.model.saw(model(&status)),
            Err(error) => tracing::debug!(error = %error, "figures.model_not_read"),
        }
        let Ok(sites) = self.sites.list().await else {
            return;
        };
        let sites: Vec<SiteId> = sites.into_iter().map(|site| site.id).collect();
        self.metrics.queues.keep(&sites);
        if *next >= sites.len() {
            *next = 0;
        }
        for site in sites.iter().skip(*next).take(MOST_SITES) {
            match self.queue(site).await {
                Ok(now) => self.metrics.queues.saw(site, now),
                Err(error) => {
                    tracing::debug!(site = %site, error = %error, "figures.queue_not_read");
                }
            }
        }
        *next += MOST_SITES;
    }

    async fn queue(&self, site: &SiteId) -> Result<QueueNow, StoreError> {
        let counts = self.store.queue_counts(site).await?;
        let overdue = match counts.waiting() {
            0 => Overdue::default(),
            _ => self.store.overdue(site, counts.now).await?,
        };
        Ok(queue(&counts, overdue))
    }
}

fn queue(counts: &QueueCounts, overdue: Overdue) -> QueueNow {
    let now = counts.now;
    QueueNow {
        lanes: counts.lanes.map(|lane| LaneNow {
            items: lane.waiting,
            oldest_age: lane.next_since.map_or(0.0, |since| {
                let millis = u64::try_from(now.0.saturating_sub(since.0)).unwrap_or(0);
                Duration::from_millis(millis).as_secs_f64()
            }),
        }),
        overdue: overdue.0,
        held: counts.leased,
    }
}

fn model(status: &ModelStatus) -> ModelNow {
    ModelNow {
        lag: status.behind,
        lessons: status.lessons,
        digest: status.digest,
        agreement: status.validation.mistakes().map(|mistakes| 1.0 - mistakes),
        calibration_error: status.validation.calibration_error(),
        trains: status.trains,
        events: status.counts.named().to_vec(),
    }
}
