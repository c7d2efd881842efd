//! `[moderation]`: the review queue.

use std::time::Duration;

use crate::config::{
    reader::Reader,
    values::{milliseconds, seconds},
};

/// The review queue.
#[derive(Debug, Clone)]
pub struct ModerationConfig {
    /// How long an item is one moderator's without a sign of life.
    pub lease: Duration,
    /// How long a skipped item stays away from who skipped it.
    pub skip_cooldown: Duration,
    /// How long an item is one moderator's with signs of life.
    pub max_hold: Duration,
    /// How long a decision can be undone.
    pub undo_window: Duration,
    /// The slow poll that covers a lost wake-up.
    pub poll: Duration,
}

impl ModerationConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let lease = reader.take("moderation.lease_ms", milliseconds(100..=3_600_000));
        let skip_cooldown = reader.take("moderation.skip_cooldown_s", seconds(0..=3_600));
        let max_hold = reader.take("moderation.max_hold_s", seconds(1..=86_400));
        let undo_window = reader.take("moderation.undo_window_s", seconds(0..=2_592_000));
        let poll = reader.take("moderation.poll_ms", milliseconds(100..=60_000));
        Some(Self {
            lease: lease?,
            skip_cooldown: skip_cooldown?,
            max_hold: max_hold?,
            undo_window: undo_window?,
            poll: poll?,
        })
    }
}
