//! What is counted and measured, and the page that tells it to Prometheus.
//!
//! [`catalogue`] has a row for each metric, and nothing else names one: `docs/METRICS.md` is made from it. Each group below
//! has its numbers as atomics at known places, so that counting costs no look-up and no lock; a label has only values that
//! are known here, so that no caller makes a new series.

pub mod catalogue;
pub mod exposition;
pub mod instruments;
pub mod model;
pub mod process;
pub mod queues;
pub mod redis;
pub mod replica;
pub mod retention;
pub mod reviews;
pub mod rpc;
pub mod submissions;

use std::sync::Arc;

use exposition::Page;

/// All of a replica's metrics. Made once, in the composition root, and handed to what counts. Cheap to clone.
#[derive(Clone, Default)]
pub struct Metrics {
    /// Calls.
    pub rpc: Arc<rpc::Rpc>,
    /// What became of submissions.
    pub submissions: Arc<submissions::Submissions>,
    /// What moderators decide.
    pub reviews: Arc<reviews::Reviews>,
    /// What waits for them.
    pub queues: Arc<queues::Queues>,
    /// The model.
    pub model: Arc<model::Model>,
    /// Redis, as seen from here.
    pub redis: Arc<redis::Redis>,
    /// What was forgotten for its age.
    pub retention: Arc<retention::Retained>,
    /// Connections.
    pub connections: Arc<replica::Connections>,
}

impl Metrics {
    /// All of it as Prometheus reads it (text format 0.0.4), with what is only known now.
    #[must_use]
    pub fn page(&self, now: &replica::Now) -> String {
        let mut page = Page::default();
        self.rpc.write(&mut page);
        self.submissions.write(&mut page);
        self.reviews.write(&mut page);
        self.queues.write(&mut page);
        self.model.write(&mut page);
        self.redis.write(&mut page, now);
        self.retention.write(&mut page);
        self.connections.write(&mut page);
        now.write(&mut page);
        process::write(&mut page);
        page.into_text()
    }
}

#[cfg(test)]
mod tests;
