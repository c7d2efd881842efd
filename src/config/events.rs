//! `[events]`: the event feed.

use std::time::Duration;

use crate::config::{reader::Reader, values::number};

/// The event feed.
#[derive(Debug, Clone)]
pub struct EventsConfig {
    /// How long events stay in the feed.
    pub keep: Duration,
}

impl EventsConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let days: u64 = reader.take("events.keep_days", number(1..=3_650))?;
        Some(Self {
            keep: Duration::from_secs(days * 86_400),
        })
    }
}
