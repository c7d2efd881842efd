//! Where else comments are known, so that they can go as a whole.

use crate::{
    comment::{
        folding::said,
        ids::{CommentId, KeyedHash, SiteId},
        stored::{CommentContent, StoredComment},
    },
    recognition::Recognition,
    store::{connection::Store, erasure::Removal, error::StoreError},
};

/// The removals of some comments, in their order. One read where one of them said something else before.
///
/// # Errors
/// As [`StoreError`] says.
pub async fn of(
    store: &Store,
    recognition: &Recognition,
    site: &SiteId,
    comments: &[StoredComment],
) -> Result<Vec<Removal>, StoreError> {
    let changed = comments.iter().filter(|comment| comment.was_changed);
    let changed: Vec<CommentId> = changed.map(|comment| comment.id).collect();
    let mut earlier = store.earlier_versions(site, &changed).await?.into_iter();
    // Duplicates are known for a day only, but to hash what a comment said costs little.
    let said = |content: &CommentContent| -> Vec<KeyedHash> {
        let Some(author) = &content.author else {
            return Vec::new();
        };
        let plain = said::plainly(content.body.verbatim());
        let (thread, parent) = (&content.thread, content.parent.as_ref());
        recognition
            .hashers()
            .map(|hasher| hasher.duplicate(site, author, thread, parent, &plain))
            .collect()
    };
    let removal = |comment: &StoredComment| {
        let earlier = comment.was_changed.then(|| earlier.next()).flatten();
        let before = earlier.unwrap_or_default();
        let before = before.iter().map(|version| &version.content);
        Removal {
            comment: comment.id,
            version: comment.version,
            wave: comment.wave,
            said: [&comment.content]
                .into_iter()
                .chain(before)
                .flat_map(said)
                .collect(),
        }
    };
    Ok(comments.iter().map(removal).collect())
}
