//! Where else a comment is known, so that it can go as a whole.

use crate::{
    comment::{folding::said, ids::SiteId, stored::StoredComment},
    privacy::hashing::Hasher,
    store::erasure::Removal,
};

/// A comment's removal. Duplicates are known for a day only, but to hash what it said costs little.
#[must_use]
pub fn of(hasher: &Hasher, site: &SiteId, comment: &StoredComment) -> Removal {
    let content = &comment.content;
    let said = content.author.map(|author| {
        let plain = said::plainly(&content.body);
        let parent = content.parent.as_ref();
        hasher.duplicate(site, &author, &content.thread, parent, &plain)
    });
    Removal {
        comment: comment.id,
        version: comment.version,
        wave: comment.wave,
        said,
    }
}
