//! What has to be done now and then.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{
    admission::desk::Desk,
    comment::{ids::SiteId, state::Timestamp},
    store::error::StoreError,
};

/// How often.
const EVERY: Duration = Duration::from_secs(60);
/// Events forgotten in one step, so that no step blocks Redis for long.
const TRIM_BATCH: usize = 500;
/// Steps in one round and site; what is left is for the next round.
const TRIM_STEPS: usize = 20;

/// Forgets old events, idle throttle entries and old data keys, until shutdown. Every replica may do it: trimming twice
/// trims no more than once.
pub async fn tend(desk: Arc<Desk>, keep_events: Duration, shutdown: CancellationToken) {
    let mut round = interval(EVERY);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            _ = round.tick() => {}
        }
        desk.throttle.forget_idle();
        desk.preparation.forget_old_keys();
        let trimming = trim(&desk, keep_events);
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            () = trimming => {}
        }
    }
}

async fn trim(desk: &Desk, keep: Duration) {
    let sites = match desk.sites.list().await {
        Ok(sites) => sites,
        Err(error) => return tracing::warn!(error = %error, "events.trim_failed"),
    };
    // What is wrong with one site is no reason to keep the others' events.
    for site in sites {
        if let Err(error) = trim_site(desk, &site.id, keep).await {
            tracing::warn!(site = %site.id, error = %error, "events.trim_failed");
        }
    }
}

async fn trim_site(desk: &Desk, site: &SiteId, keep: Duration) -> Result<(), StoreError> {
    let now = desk.store.now().await?;
    let before = Timestamp(
        now.0
            .saturating_sub(i64::try_from(keep.as_millis()).unwrap_or(i64::MAX)),
    );
    for _ in 0..TRIM_STEPS {
        let trimmed = desk.store.trim_events(site, before, TRIM_BATCH).await?;
        if trimmed == 0 {
            break;
        }
        tracing::info!(site = %site, events = trimmed, "events.trimmed");
    }
    Ok(())
}
