//! `[learning]`: how the model learns and is replicated.

use std::time::Duration;

use crate::config::{
    reader::Reader,
    values::{milliseconds, number, seconds},
};

/// How the model learns and is replicated.
#[derive(Debug, Clone)]
pub struct LearningConfig {
    /// How long the trainer's lease lives without a sign of life.
    pub lease: Duration,
    /// The slow poll that covers a lost wake-up.
    pub poll: Duration,
    /// The shortest time between two publications of a replica's model.
    pub publish_every: Duration,
    /// The longest that lessons wait for a snapshot; at most 11 h, so that the log forgets them within 24.
    pub snapshot_every: Duration,
    /// The most lessons that wait for a snapshot.
    pub snapshot_lessons: u64,
}

impl LearningConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let lease = reader.take("learning.lease_ms", milliseconds(500..=60_000));
        let poll = reader.take("learning.poll_ms", milliseconds(100..=60_000));
        let publish_every = reader.take("learning.publish_ms", milliseconds(10..=10_000));
        let snapshot_every = reader.take("learning.snapshot_s", seconds(1..=39_600));
        let snapshot_lessons = reader.take("learning.snapshot_lessons", number(1..=1_000_000));
        Some(Self {
            lease: lease?,
            poll: poll?,
            publish_every: publish_every?,
            snapshot_every: snapshot_every?,
            snapshot_lessons: snapshot_lessons?,
        })
    }
}
