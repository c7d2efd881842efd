//! Of the model, and of what it learns from.

use super::of_site;
use crate::comment::ids::SiteId;

/// How many sets the markers of imported comments are spread over. Redis packs a set of at most 512 integers into 8 bytes
/// each (an intset): 16,384 sets stay so up to some six million comments.
const MARKER_BUCKETS: u64 = 16_384;

/// Set: what was imported before, of those whose marker is in the same bucket.
#[must_use]
pub fn imported_markers(site: &SiteId, marker: u64) -> Vec<u8> {
    let bucket = u16::try_from(marker % MARKER_BUCKETS).unwrap_or_default();
    of_site(site, ":im:", &bucket.to_le_bytes())
}

/// Stream: lessons of imported comments, which the trainer takes away.
#[must_use]
pub fn imported_lessons(site: &SiteId) -> Vec<u8> {
    of_site(site, ":il", b"")
}

/// Hash: how the model log and its snapshots stand, and who is the trainer.
#[must_use]
pub fn model() -> Vec<u8> {
    b"{replydesk}:model".to_vec()
}

/// Stream: the lessons that every replica applies.
#[must_use]
pub fn model_log() -> Vec<u8> {
    b"{replydesk}:model:log".to_vec()
}

/// Hash: how far each source of lessons is taught.
#[must_use]
pub fn model_cursors() -> Vec<u8> {
    b"{replydesk}:model:cursors".to_vec()
}

/// String: the newest snapshot of the model.
#[must_use]
pub fn model_snapshot() -> Vec<u8> {
    b"{replydesk}:model:snapshot".to_vec()
}

/// String: the snapshot before the newest.
#[must_use]
pub fn model_snapshot_before() -> Vec<u8> {
    b"{replydesk}:model:snapshot:before".to_vec()
}
