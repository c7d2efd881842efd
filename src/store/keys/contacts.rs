//! Of contact data: what opens it, who asked for it, how long it is kept.

use super::of_site;
use crate::comment::{calendar::Day, ids::SiteId};

/// String: a wrapped data key.
#[must_use]
pub fn data_key(site: &SiteId, id: [u8; 8]) -> Vec<u8> {
    of_site(site, ":k:", &id)
}

/// What [`data_key`] keys start with, for scripts that learn ids on their way.
#[must_use]
pub fn data_key_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":k:", b"")
}

/// Sorted set: a site's data keys, by when they came, in milliseconds.
#[must_use]
pub fn data_keys(site: &SiteId) -> Vec<u8> {
    of_site(site, ":kx", b"")
}

/// Set: the data keys that a legal hold keeps.
#[must_use]
pub fn held_data_keys(site: &SiteId) -> Vec<u8> {
    of_site(site, ":kh", b"")
}

/// String: how often contact data was revealed on a day, in UTC.
#[must_use]
pub fn reveals(site: &SiteId, day: Day) -> Vec<u8> {
    of_site(site, ":rv:", day.number().to_string().as_bytes())
}

/// Hash: how far retention has come.
#[must_use]
pub fn retention(site: &SiteId) -> Vec<u8> {
    of_site(site, ":rt", b"")
}

/// String: who enforces retention, for as long as it lives.
#[must_use]
pub fn retention_lease() -> Vec<u8> {
    b"{replydesk}:retention".to_vec()
}

/// String: the append-only file was rewritten for an erasure within the hour.
#[must_use]
pub fn log_rewritten() -> Vec<u8> {
    b"{replydesk}:rewritten".to_vec()
}

/// String: how many erasures wait for a rewrite of the append-only file.
#[must_use]
pub fn log_rewrite_due() -> Vec<u8> {
    b"{replydesk}:rewrite".to_vec()
}
