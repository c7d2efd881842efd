//! `[throttle]`: what protects this replica; the limits of a site are its policy's.

use std::num::NonZeroU32;

use crate::config::{reader::Reader, values::number};

/// Calls a second on this replica.
#[derive(Debug, Clone)]
pub struct ThrottleConfig {
    /// With one key.
    pub per_key_per_second: NonZeroU32,
    /// In all.
    pub total_per_second: NonZeroU32,
}

impl ThrottleConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let most = NonZeroU32::MIN.saturating_add(999_999);
        let per_key = reader.take(
            "throttle.per_key_per_second",
            number(NonZeroU32::MIN..=most),
        );
        let total = reader.take("throttle.total_per_second", number(NonZeroU32::MIN..=most));
        Some(Self {
            per_key_per_second: per_key?,
            total_per_second: total?,
        })
    }
}
