//! What long-lived replies share: who owns their tasks, when they end, and what wakes them.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::store::wakeups::Wakeups;

/// Shared by all streams of a replica. Cheap to clone.
#[derive(Clone)]
pub struct Streams {
    /// Owns every stream's task; joined at shutdown.
    pub tasks: TaskTracker,
    /// When the service shuts down.
    pub shutdown: CancellationToken,
    /// What wakes idle streams.
    pub wakeups: Wakeups,
    /// How old a stream may become, before jitter.
    pub max_age: Duration,
}

impl Streams {
    /// When a stream that starts now ends for age: three quarters of the age to the whole of it, drawn by chance, so that
    /// the streams of a replica that came together don't leave together. Clients then spread over all replicas.
    #[must_use]
    pub fn end_of_life(&self) -> Instant {
        let mut draw = [0];
        // Without random numbers all live equally long.
        let _ = getrandom::fill(&mut draw);
        Instant::now()
            + self
                .max_age
                .mul_f64(0.75 + 0.25 * f64::from(draw[0]) / 255.0)
    }
}
