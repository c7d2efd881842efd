//! Of the queue, and of bulk decisions.

use super::of_site;
use crate::comment::{
    ids::{OperationId, SiteId, WaveId},
    lane::Lane,
};

/// Sorted set: ids that wait in a lane for a moderator, by due time in milliseconds.
#[must_use]
pub fn lane(site: &SiteId, lane: Lane) -> Vec<u8> {
    of_site(site, ":q:", lane.word().as_bytes())
}

/// Sorted set: leased ids, by expiry in milliseconds.
#[must_use]
pub fn leases(site: &SiteId) -> Vec<u8> {
    of_site(site, ":l", b"")
}

/// Hash: leased id to token, due time and holder.
#[must_use]
pub fn lease_holders(site: &SiteId) -> Vec<u8> {
    of_site(site, ":lh", b"")
}

/// Hash: lease token to id.
#[must_use]
pub fn lease_tokens(site: &SiteId) -> Vec<u8> {
    of_site(site, ":lt", b"")
}

/// String: what later members of a wave follow: a bulk operation's name, 16 bytes, and its verdict.
#[must_use]
pub fn wave_decision(site: &SiteId, wave: WaveId) -> Vec<u8> {
    of_site(site, ":wd:", wave.to_string().as_bytes())
}

/// What [`wave_decision`] keys start with, for a script that learns the wave on its way.
#[must_use]
pub fn wave_decision_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":wd:", b"")
}

/// Hash: a bulk operation.
#[must_use]
pub fn bulk(site: &SiteId, operation: OperationId) -> Vec<u8> {
    of_site(site, ":b:", operation.as_bytes())
}

/// String: the changes that a bulk operation made, or that its undoing made.
#[must_use]
pub fn bulk_changes(site: &SiteId, operation: OperationId, undone: bool) -> Vec<u8> {
    let kind = if undone { ":bu:" } else { ":bc:" };
    of_site(site, kind, operation.as_bytes())
}
