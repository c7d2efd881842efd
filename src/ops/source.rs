//! Where the ops port's answers come from.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use tokio::sync::watch;

use crate::{
    health::Readiness,
    metrics::{Metrics, replica::Now},
    store::{connection::Store, seal_lease::SealLease},
    tls::live::Tls,
};

/// What a replica knows of itself. Nothing of it asks Redis: however many ask here, Redis is asked no oftener.
#[derive(Clone)]
pub struct Source {
    /// What was counted.
    pub metrics: Metrics,
    /// Whether it is ready.
    pub readiness: watch::Receiver<Readiness>,
    /// How Redis is.
    pub store: Store,
    /// Until when it seals.
    pub seal_lease: SealLease,
    /// Its certificate; `None` without TLS.
    pub tls: Option<Arc<Tls>>,
}

impl Source {
    pub(super) fn readiness(&self) -> Readiness {
        self.readiness.borrow().clone()
    }

    /// All metrics as they are now.
    pub(super) fn page(&self) -> String {
        let now = SystemTime::now();
        self.metrics.page(&Now {
            ready: self.readiness().is_ready(),
            redis_up: self.store.is_up(),
            redis_reconnects: self.store.reconnects(),
            seal_lease: seconds(self.seal_lease.until().0) - since_epoch(now),
            certificate: self
                .tls
                .as_ref()
                .map(|tls| since_epoch(tls.ends_at()) - since_epoch(now)),
        })
    }
}

fn since_epoch(time: SystemTime) -> f64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}

fn seconds(millis: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "times in this era are exact")]
    let millis = millis as f64;
    millis / 1e3
}
