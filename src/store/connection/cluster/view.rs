//! Who has which slot, as one node tells it.

use std::ops::RangeInclusive;

use crate::store::connection::address::HostPort;

/// What one node says.
pub(super) struct View {
    /// Grows with each fail-over and each move of a slot.
    pub(super) epoch: u64,
    /// Whether this node can reach most primaries.
    pub(super) is_well: bool,
    /// Slots, and where their primary is.
    pub(super) ranges: Vec<(RangeInclusive<u16>, HostPort)>,
}
