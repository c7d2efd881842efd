//! Notes on comments, for other moderators.

use crate::{
    access::caller::Caller,
    comment::ids::{CommentId, SiteId},
    queue::{Queue, ruling::Note},
    store::{error::StoreError, note::Noted},
};

/// Why a note was not taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NoteRefusal {
    /// No such comment.
    #[error("no such comment on this site")]
    NotFound,
    /// The comment was erased.
    #[error("the comment was erased")]
    Erased,
    /// The store failed. The note may be kept: the same again will tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Queue {
    /// Leaves a note on a comment: state and version stay. Safe to repeat.
    ///
    /// # Errors
    /// As [`NoteRefusal`] says.
    pub async fn note(
        &self,
        site: &SiteId,
        caller: &Caller,
        comment: CommentId,
        note: &Note,
    ) -> Result<(), NoteRefusal> {
        let actor = caller.actor();
        let noting = self.store.note(site, comment, &actor, note.as_str());
        match self.confirmation.of(noting).await? {
            Noted::Done => Ok(()),
            Noted::NotFound => Err(NoteRefusal::NotFound),
            Noted::Erased => Err(NoteRefusal::Erased),
        }
    }
}
