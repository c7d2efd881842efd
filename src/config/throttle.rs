//! `[throttle]`: what protects this replica; the limits of a site are its policy's.

use std::num::NonZeroU32;

use crate::config::{reader::Reader, values::number};

/// Calls on this replica.
#[derive(Debug, Clone)]
pub struct ThrottleConfig {
    /// A second with one key.
    pub per_key_per_second: NonZeroU32,
    /// A second in all.
    pub total_per_second: NonZeroU32,
    /// Calls a minute without a good access key, from one address or /64 network.
    pub failures_per_peer_per_minute: NonZeroU32,
}

impl ThrottleConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let most = NonZeroU32::MIN.saturating_add(999_999);
        let per_key = reader.take(
            "throttle.per_key_per_second",
            number(NonZeroU32::MIN..=most),
        );
        let total = reader.take("throttle.total_per_second", number(NonZeroU32::MIN..=most));
        let failures = reader.take(
            "throttle.failures_per_peer_per_minute",
            number(NonZeroU32::MIN..=most),
        );
        Some(Self {
            per_key_per_second: per_key?,
            total_per_second: total?,
            failures_per_peer_per_minute: failures?,
        })
    }
}
