//! What `grpc.health.v1` and the ops port say: whether submissions can be expected to succeed.

use std::{fmt, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use tonic_health::{ServingStatus, server::HealthReporter};

use crate::store::connection::{Health, Store};

/// How often the store is looked at.
const EVERY: Duration = Duration::from_millis(500);
/// After this many looks in a row at a store that is away, so is the service; one good look brings it back. A blip must
/// not send all replicas out of the load balancer at once.
const FAILURES: u32 = 3;

/// The services by name, and the empty name that stands for the whole server.
const NAMES: [&str; 5] = [
    "",
    "replydesk.v1.CommentService",
    "replydesk.v1.ModerationService",
    "replydesk.v1.SiteService",
    "replydesk.v1.PrivacyService",
];

/// Whether submissions can be expected to succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// They can.
    Ready,
    /// They can't, for this reason.
    NotReady(Arc<str>),
}

impl Readiness {
    /// Before anything is known.
    #[must_use]
    pub fn starting() -> Self {
        Self::NotReady("the service starts".into())
    }

    /// Whether they can.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        *self == Self::Ready
    }
}

impl fmt::Display for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("ok"),
            Self::NotReady(reason) => f.write_str(reason),
        }
    }
}

/// What readiness rests on.
pub struct Watched {
    /// Redis: reachable and writable.
    pub store: Store,
    /// Why Redis is not fit to keep what is acknowledged, if it is not.
    pub unfit: watch::Receiver<Option<Arc<str>>>,
    /// The model has caught up with its log once.
    pub caught_up: watch::Receiver<bool>,
}

/// Who is told.
pub struct Told {
    /// Who ask by gRPC: each port has its own.
    pub reporters: Vec<HealthReporter>,
    /// Who ask by HTTP.
    pub readiness: watch::Sender<Readiness>,
}

impl Told {
    /// Says the same of all services.
    async fn tell(&self, readiness: Readiness) {
        let status = match readiness {
            Readiness::Ready => ServingStatus::Serving,
            Readiness::NotReady(_) => ServingStatus::NotServing,
        };
        self.readiness.send_replace(readiness);
        for reporter in &self.reporters {
            for name in NAMES {
                reporter.set_service_status(name, status).await;
            }
        }
    }

    /// Says that nothing more is to be expected, and lets those go who watch: nothing else ends their streams, and shutdown
    /// would wait for them.
    async fn dismiss(mut self) {
        let reason = Readiness::NotReady("the service shuts down".into());
        self.tell(reason).await;
        for reporter in &mut self.reporters {
            for name in NAMES {
                reporter.clear_service_status(name).await;
            }
        }
    }
}

/// Why it is not ready; `None` where nothing stands against it.
fn obstacle(store: &Health, unfit: Option<&Arc<str>>, learnt: bool) -> Option<Arc<str>> {
    if !store.is_up() {
        return Some(format!("Redis is {store}").into());
    }
    if let Some(why) = unfit {
        return Some(Arc::clone(why));
    }
    let behind = "the model has not caught up with its log yet";
    (!learnt).then(|| behind.into())
}

/// Follows what readiness rests on until shutdown, and then says NOT_SERVING for good. Starts with NOT_SERVING.
pub async fn follow(mut watched: Watched, told: Told, shutdown: CancellationToken) {
    let mut look = interval(EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut serving = false;
    let mut failures = 0;
    told.tell(Readiness::starting()).await;
    let mut health = watched.store.health();
    loop {
        let now = health.borrow_and_update().clone();
        let unfit = watched.unfit.borrow().clone();
        failures = if now.is_up() && unfit.is_none() {
            0
        } else {
            failures + 1
        };
        // Before its first catch-up a replica would score by an old model. It happens once, and is bounded.
        let learnt = *watched.caught_up.borrow_and_update();
        let should_serve = (failures == 0 && learnt) || (serving && failures < FAILURES);
        if should_serve != serving {
            serving = should_serve;
            if serving {
                tracing::info!("health.serving");
                told.tell(Readiness::Ready).await;
            }
        }
        if !serving && let Some(reason) = obstacle(&now, unfit.as_ref(), learnt) {
            let readiness = Readiness::NotReady(Arc::clone(&reason));
            let was_ready = told.readiness.borrow().is_ready();
            if was_ready {
                let fit = unfit.is_none();
                tracing::warn!(store = %now, fit, reason = %reason, "health.not_serving");
                told.tell(readiness).await;
            } else {
                // The same to who asks by gRPC; who asks why is told the newest.
                told.readiness.send_replace(readiness);
            }
        }
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return told.dismiss().await,
            Ok(()) = watched.caught_up.changed(), if !learnt => {}
            _ = look.tick() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_tells_what_to_look_at() {
        let away = Health::Away {
            reason: "redis://host:6379: connection refused".into(),
        };
        let unfit: Arc<str> = "maxmemory-policy is allkeys-lru".into();
        for (store, unfit, learnt, expected) in [
            (
                &away,
                Some(&unfit),
                false,
                Some("Redis is away: redis://host:6379: connection refused"),
            ),
            (&Health::Up, Some(&unfit), false, Some(&*unfit)),
            (
                &Health::Up,
                None,
                false,
                Some("the model has not caught up with its log yet"),
            ),
            (&Health::Up, None, true, None),
        ] {
            let found = obstacle(store, unfit, learnt);
            assert_eq!(found.as_deref(), expected);
        }
    }
}
