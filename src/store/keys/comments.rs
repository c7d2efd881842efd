//! Of comments: each, and what stands beside it.

use super::{audit, counters, events, lease_holders, lease_tokens, leases, of_site};
use crate::comment::{
    ids::{CommentId, KeyedHash, SiteId, ThreadId, WaveId},
    state::CommentState,
};

/// Hash: what people wrote of a comment, or of an author by reference, by the sequence of its audit entry.
#[must_use]
pub fn audit_texts(site: &SiteId, of: &[u8]) -> Vec<u8> {
    of_site(site, ":ax:", of)
}

/// String: a packed comment.
#[must_use]
pub fn comment(site: &SiteId, id: &CommentId) -> Vec<u8> {
    of_site(site, ":c:", id.as_bytes())
}

/// What [`comment`] keys start with, for scripts that learn ids on their way.
#[must_use]
pub fn comment_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":c:", b"")
}

/// The prefixes and keys that `scripts/parts/change.lua` takes, in its order.
#[must_use]
pub fn change(site: &SiteId) -> [Vec<u8>; 11] {
    [
        comment_prefix(site),
        index_prefix(site),
        of_site(site, ":t:", b""),
        of_site(site, ":a:", b""),
        of_site(site, ":q:", b""),
        leases(site),
        lease_holders(site),
        lease_tokens(site),
        events(site),
        counters(site),
        audit(site),
    ]
}

/// Sorted set: ids in a state, by sequence of arrival; of one thread or of the whole site.
#[must_use]
pub fn index(site: &SiteId, state: CommentState, thread: Option<&ThreadId>) -> Vec<u8> {
    let mut rest = vec![b'0' + state.number()];
    if let Some(thread) = thread {
        rest.push(b':');
        rest.extend(thread.as_str().as_bytes());
    }
    of_site(site, ":i:", &rest)
}

/// What [`index`] keys start with, for scripts that learn the state on their way.
#[must_use]
pub fn index_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":i:", b"")
}

/// Hash: what readers reported of a comment, by a keyed hash of reader and comment.
#[must_use]
pub fn reports(site: &SiteId, id: &CommentId) -> Vec<u8> {
    of_site(site, ":r:", id.as_bytes())
}

/// List: what a comment said before, the newest first.
#[must_use]
pub fn earlier_versions(site: &SiteId, id: &CommentId) -> Vec<u8> {
    of_site(site, ":cv:", id.as_bytes())
}

/// String: the first comment by this author that said this here.
#[must_use]
pub fn duplicate(site: &SiteId, said: &KeyedHash) -> Vec<u8> {
    of_site(site, ":d:", said.as_bytes())
}

/// String: the wave whose comments share this part of a sketch, and its size.
#[must_use]
pub fn sketch_part(site: &SiteId, which: u8, part: u64) -> Vec<u8> {
    let mut rest = [b'0' + which; 9];
    rest[1..].copy_from_slice(&part.to_le_bytes());
    of_site(site, ":m:", &rest)
}

/// Sorted set: the ids of a wave's comments, by sequence of arrival. There is none for a wave of one.
#[must_use]
pub fn wave(site: &SiteId, wave: WaveId) -> Vec<u8> {
    of_site(site, ":w:", wave.to_string().as_bytes())
}

/// What [`wave`] keys start with, for a script that learns the wave on its way.
#[must_use]
pub fn wave_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":w:", b"")
}

/// String: how many comments lead to this registered domain.
#[must_use]
pub fn link_host(site: &SiteId, host: &KeyedHash) -> Vec<u8> {
    of_site(site, ":h:", host.as_bytes())
}

/// The prefixes that `scripts/parts/removal.lua` takes, in its order.
#[must_use]
pub fn removal(site: &SiteId) -> [Vec<u8>; 6] {
    [":cv:", ":r:", ":w:", ":ac:", ":d:", ":ax:"].map(|kind| of_site(site, kind, b""))
}

/// The prefixes that `purge.lua` takes besides, in its order; the last is a whole key.
#[must_use]
pub fn purge(site: &SiteId) -> [Vec<u8>; 6] {
    [":an:", ":ak:", ":ae:", ":al:", ":als:", ":se"].map(|kind| of_site(site, kind, b""))
}
