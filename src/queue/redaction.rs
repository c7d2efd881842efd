//! Parts of a comment blacked out, so that the rest can be approved.

use sha2::{Digest, Sha256};

use super::Queue;
use crate::{
    access::caller::Caller,
    comment::{
        earlier, explained,
        ids::{CommentId, SiteId},
        lease::LeaseToken,
        state::{CommentState, Timestamp, Version},
        stored::{CommentContent, StoredComment},
        violation::Violations,
        written::Written,
    },
    queue::ruling::Note,
    store::{
        error::StoreError,
        redact::{NewRedaction, Redacted},
    },
};

/// What to black out of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// Of which comment.
    pub comment: CommentId,
    /// The version that the moderator saw.
    pub version: Version,
    /// Which texts, wherever they occur.
    pub texts: Vec<String>,
    /// For other moderators; may be empty.
    pub note: Note,
    /// If the moderator holds the item.
    pub lease: Option<LeaseToken>,
}

impl Redaction {
    /// The most texts of one call.
    pub const MOST_TEXTS: usize = 20;
    /// The most bytes of one text.
    pub const MOST_BYTES: usize = 2_000;
}

/// A redaction that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedactedComment {
    /// Of which comment.
    pub comment: CommentId,
    /// Where it stands, as before.
    pub state: CommentState,
    /// The version that it made.
    pub version: Version,
    /// What the comment says now; what it said then if it was changed since.
    pub body: Written,
    /// When.
    pub at: Timestamp,
    /// It had been made before.
    pub replayed: bool,
}

/// Why nothing was blacked out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RedactRefusal {
    /// The request is not right.
    #[error(transparent)]
    Violations(#[from] Violations),
    /// No such comment.
    #[error("no such comment on this site")]
    NotFound,
    /// The comment was erased.
    #[error("the comment was erased")]
    Erased,
    /// Its author withdrew it.
    #[error("its author has withdrawn the comment")]
    Retracted,
    /// The comment has changed since the moderator saw it.
    #[error("the comment has changed")]
    Stale {
        /// How it stands now.
        state: CommentState,
        /// At which version.
        version: Version,
    },
    /// It waits for nobody.
    #[error("only what waits for a moderator is blacked out")]
    NotWaiting,
    /// It is for a senior moderator.
    #[error("the comment was escalated: a senior moderator decides")]
    Escalated,
    /// Another moderator holds the item.
    #[error("another moderator holds this item")]
    LeasedByAnother,
    /// The store failed. It may be done: the same again will tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Queue {
    /// Blacks out parts of a comment. Safe to repeat.
    ///
    /// # Errors
    /// As [`RedactRefusal`] says.
    pub async fn redact(
        &self,
        site: &SiteId,
        caller: &Caller,
        redaction: &Redaction,
    ) -> Result<RedactedComment, RedactRefusal> {
        let comment = self.store.comment(site, redaction.comment).await?;
        let comment = comment.ok_or(RedactRefusal::NotFound)?;
        let is_current = comment.version == redaction.version;
        let body = earlier::without(comment.content.body.verbatim(), &redaction.texts);
        let body = match body {
            Some(body) => body,
            None if is_current => {
                let missing = "must occur in the comment, letter by letter";
                return Err(Violations::one("texts", missing).into());
            }
            // The script will tell whether it was done before.
            None => comment.content.body.verbatim().to_owned(),
        };
        let content = redacted(&comment, body);
        let new = NewRedaction {
            site,
            comment: &comment,
            version: redaction.version,
            digest: digest(caller, redaction),
            content: &content,
            actor: &caller.actor(),
            note: redaction.note.as_str(),
            lease: redaction.lease,
            senior: caller.role.is_senior(),
            longest_rest: self.settings.lease,
        };
        let done = self.confirmation.of(self.store.redact(&new)).await?;
        self.answer(site, redaction, &content, done).await
    }

    async fn answer(
        &self,
        site: &SiteId,
        redaction: &Redaction,
        content: &CommentContent,
        done: Redacted,
    ) -> Result<RedactedComment, RedactRefusal> {
        match done {
            Redacted::Done {
                state,
                version,
                at,
                replayed,
            } => Ok(RedactedComment {
                comment: redaction.comment,
                state,
                version,
                body: if replayed {
                    self.body_at(site, redaction.comment, version).await?
                } else {
                    content.body.clone()
                },
                at,
                replayed,
            }),
            Redacted::NotFound => Err(RedactRefusal::NotFound),
            Redacted::Erased => Err(RedactRefusal::Erased),
            Redacted::Retracted => Err(RedactRefusal::Retracted),
            Redacted::Stale { state, version } => Err(RedactRefusal::Stale { state, version }),
            Redacted::NotWaiting => Err(RedactRefusal::NotWaiting),
            Redacted::Escalated => Err(RedactRefusal::Escalated),
            Redacted::LeasedByAnother => Err(RedactRefusal::LeasedByAnother),
        }
    }

    /// What a comment said at a version; empty if that is no longer kept.
    async fn body_at(
        &self,
        site: &SiteId,
        comment: CommentId,
        version: Version,
    ) -> Result<Written, StoreError> {
        let now = self.store.comment(site, comment).await?;
        let earlier = self.store.earlier_versions(site, &[comment]).await?;
        let earlier = earlier.into_iter().flatten();
        let mut then = earlier.filter(|text| text.last >= version);
        Ok(match then.by_ref().last() {
            Some(text) => text.content.body,
            None => now.map(|now| now.content.body).unwrap_or_default(),
        })
    }
}

/// By whom, and what: so that a repetition is known.
fn digest(caller: &Caller, redaction: &Redaction) -> [u8; 8] {
    let mut hash = Sha256::new();
    hash.update(caller.key_id.as_bytes());
    for text in &redaction.texts {
        hash.update(text.len().to_le_bytes());
        hash.update(text);
    }
    let mut digest = [0; 8];
    digest.copy_from_slice(&hash.finalize()[..8]);
    digest
}

/// The comment with another body. Reasons and explanation must not tell what that no longer says.
fn redacted(comment: &StoredComment, body: String) -> CommentContent {
    let mut content = comment.content.clone();
    explained::leave_out_what_is_hidden(&body, &mut content.reasons, &mut content.score);
    content.body = body.into();
    content
}
