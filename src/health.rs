//! What `grpc.health.v1` says: whether submissions can be expected to succeed.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use tonic_health::{ServingStatus, server::HealthReporter};

use crate::store::connection::Store;

/// How often the store is looked at.
const EVERY: Duration = Duration::from_millis(500);
/// After this many looks in a row at a store that is away, so is the service; one good look brings it back. A blip must
/// not send all replicas out of the load balancer at once.
const FAILURES: u32 = 3;

/// The services by name, and the empty name that stands for the whole server.
const NAMES: [&str; 4] = [
    "",
    "replydesk.v1.CommentService",
    "replydesk.v1.ModerationService",
    "replydesk.v1.SiteService",
];

/// Says the same of all services.
pub async fn tell(reporter: &HealthReporter, status: ServingStatus) {
    for name in NAMES {
        reporter.set_service_status(name, status).await;
    }
}

/// Says NOT_SERVING, and lets those go who watch: nothing else ends their streams, and shutdown would wait for them.
async fn dismiss(mut reporter: HealthReporter) {
    tell(&reporter, ServingStatus::NotServing).await;
    for name in NAMES {
        reporter.clear_service_status(name).await;
    }
}

/// Follows the store's health until shutdown, and then says NOT_SERVING for good. Starts with NOT_SERVING.
pub async fn follow(
    store: Store,
    fit: watch::Receiver<bool>,
    mut caught_up: watch::Receiver<bool>,
    reporter: HealthReporter,
    shutdown: CancellationToken,
) {
    let mut look = interval(EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut serving = false;
    let mut failures = 0;
    tell(&reporter, ServingStatus::NotServing).await;
    let mut health = store.health();
    loop {
        let now = health.borrow_and_update().clone();
        let fit = *fit.borrow();
        failures = if now.is_up() && fit { 0 } else { failures + 1 };
        // Before its first catch-up a replica would score by an old model. It happens once, and is bounded.
        let learnt = *caught_up.borrow_and_update();
        let should_serve = (failures == 0 && learnt) || (serving && failures < FAILURES);
        if should_serve != serving {
            serving = should_serve;
            let status = if serving {
                ServingStatus::Serving
            } else {
                ServingStatus::NotServing
            };
            if serving {
                tracing::info!("health.serving");
            } else {
                tracing::warn!(store = %now, fit, "health.not_serving");
            }
            tell(&reporter, status).await;
        }
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return dismiss(reporter).await,
            Ok(()) = caught_up.changed(), if !learnt => {}
            _ = look.tick() => {}
        }
    }
}
