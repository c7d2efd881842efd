//! Retention: what a site's policy says is kept for long enough goes, in small batches, by one replica at a time.
//!
//! Texts first, then contact data, then the data keys that nothing needs any more, then the audit log. What a legal hold keeps
//! is passed by. See `docs/PRIVACY.md`. After a change of the pepper, it also carries the standings that nobody meets.

mod carrying;
mod preview;
mod sweep;

use std::{sync::Arc, time::Duration};

pub use preview::{Due, Preview};

use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use crate::{
    comment::{ids::SiteId, lease::LeaseToken, state::Timestamp},
    metrics::retention::Retained,
    policy::{retention::Retention as Spans, sites::Sites},
    recognition::Recognition,
    retention::carrying::Carrying,
    store::{audit::AuditLog, connection::Store, error::StoreError},
};

/// How long the lease lives without a round.
const LEASE: Duration = Duration::from_secs(120);
/// Standings that have ended, in one step.
const STANDINGS_AT_ONCE: usize = 100;
/// Steps for a site in one round.
const STANDING_STEPS: usize = 10;
/// Audit entries in one step.
const AUDIT_BATCH: usize = 500;

/// Enforces retention. Cheap to clone.
#[derive(Clone)]
pub struct Retention {
    /// Where it is kept.
    pub store: Store,
    /// Which sites there are, and what their policies say.
    pub sites: Arc<Sites>,
    /// What finds a comment's other places.
    pub recognition: Recognition,
    /// Between two rounds.
    pub every: Duration,
    /// Where it is counted.
    pub metrics: Arc<Retained>,
}

/// What a round did for a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Comments that were forgotten.
    pub texts: u64,
    /// Comments whose contact data was.
    pub contacts: u64,
    /// Data keys that were destroyed.
    pub data_keys: u64,
    /// Audit entries that were forgotten.
    pub audit_entries: u64,
    /// Comments that a legal hold keeps.
    pub held: u64,
    /// For how long the oldest of them should have been gone when the round began.
    pub lag: Duration,
    /// There is more to do.
    pub more: bool,
}

impl Retention {
    /// Rounds until shutdown, where no other replica does them.
    pub async fn enforce(self, shutdown: CancellationToken) {
        let Some(token) = new_token() else {
            return tracing::error!("retention.no_random_numbers");
        };
        let mut carrying = Carrying::default();
        let mut rounds = interval_at(Instant::now() + self.every, self.every);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                _ = rounds.tick() => {}
            }
            let done = tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                done = self.round(token, &mut carrying) => done,
            };
            match done {
                Ok(true) => rounds.reset_immediately(),
                Ok(false) => {}
                Err(error) => tracing::warn!(error = %error, "retention.failed"),
            }
        }
    }

    /// Whether there is more to do.
    async fn round(&self, token: LeaseToken, carrying: &mut Carrying) -> Result<bool, StoreError> {
        if !self.store.take_retention_lease(token, LEASE).await? {
            // Whoever has the lease tells.
            self.metrics.lag(Duration::ZERO);
            return Ok(false);
        }
        self.store.rewrite_log_if_due().await?;
        let Ok(sites) = self.sites.list().await else {
            // It says so itself, wherever it is asked.
            return Ok(false);
        };
        let (mut more, mut lag) = (false, Duration::ZERO);
        for site in sites {
            // What is wrong with one site is no reason to keep the others' data.
            match self.sweep(&site.id, site.policy.retention()).await {
                Ok(swept) => {
                    more |= swept.more;
                    lag = lag.max(swept.lag);
                    self.measure(&swept);
                    swept.log(&site.id);
                }
                Err(error) => {
                    tracing::warn!(site = %site.id, error = %error, "retention.failed");
                }
            }
            if let Err(error) = self.end_standings(&site.id).await {
                tracing::warn!(site = %site.id, error = %error, "retention.failed");
            }
            if let Err(error) = self.carry(carrying, &site.id).await {
                tracing::warn!(site = %site.id, error = %error, "retention.carry_failed");
            }
            if !self.store.take_retention_lease(token, LEASE).await? {
                return Ok(false);
            }
        }
        self.metrics.lag(lag);
        // What concerns no site alone is kept as long as a site keeps its own by default.
        let before = before(self.store.now().await?, Spans::default().audit());
        self.store
            .trim_audit(&AuditLog::Global, before, AUDIT_BATCH)
            .await?;
        Ok(more)
    }
}

impl Retention {
    fn measure(&self, swept: &Swept) {
        self.metrics.texts.add(swept.texts);
        self.metrics.contacts.add(swept.contacts);
        self.metrics.data_keys.add(swept.data_keys);
        self.metrics.audit_entries.add(swept.audit_entries);
    }

    /// Lets standings that have ended go, in bounded steps; a later round goes on.
    async fn end_standings(&self, site: &SiteId) -> Result<(), StoreError> {
        for _ in 0..STANDING_STEPS {
            if self.store.end_standings(site, STANDINGS_AT_ONCE).await? < STANDINGS_AT_ONCE {
                break;
            }
        }
        Ok(())
    }
}

impl Swept {
    fn log(&self, site: &SiteId) {
        if *self != Self::default() {
            tracing::info!(
                site = %site,
                texts = self.texts,
                contacts = self.contacts,
                data_keys = self.data_keys,
                audit_entries = self.audit_entries,
                held = self.held,
                lag_s = self.lag.as_secs(),
                more = self.more,
                "retention.swept"
            );
        }
    }
}

/// One token for the process.
fn new_token() -> Option<LeaseToken> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).ok()?;
    LeaseToken::from_bytes(bytes)
}

/// The time before which what is kept for so long goes.
fn before(now: Timestamp, kept: Duration) -> Timestamp {
    let millis = i64::try_from(kept.as_millis()).unwrap_or(i64::MAX);
    Timestamp(now.0.saturating_sub(millis))
}
