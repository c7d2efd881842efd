//! A moderator's word, and what became of it.

use crate::{
    comment::{
        ids::CommentId,
        lease::LeaseToken,
        rejection::ReasonCodeText,
        state::{CommentState, Timestamp, Version, Word},
    },
    policy::sites::SiteError,
    store::error::StoreError,
};

/// A moderator's word on a version of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// On which comment.
    pub comment: CommentId,
    /// The version that the moderator saw.
    pub version: Version,
    /// What was said.
    pub word: Word,
    /// The site's own code for a rejection; may be empty.
    pub reason_code: ReasonCodeText,
    /// For other moderators; may be empty.
    pub note: Note,
    /// If the moderator holds the item.
    pub lease: Option<LeaseToken>,
    /// Although another holds it.
    pub override_lease: bool,
}

/// What a moderator tells other moderators: at most 1,000 bytes; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note(String);

impl Note {
    /// The text; may be empty.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Note {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let control = |c: char| c.is_control() && c != '\n' && c != '\t';
        if text.len() > 1_000 || text.contains(control) {
            return Err("must be at most 1,000 bytes without control characters");
        }
        Ok(Self(text.to_owned()))
    }
}

/// A verdict that was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// On which comment.
    pub comment: CommentId,
    /// The state that it made.
    pub state: CommentState,
    /// The version that it made.
    pub version: Version,
    /// What was said.
    pub word: Word,
    /// When.
    pub at: Timestamp,
    /// It had been carried out before.
    pub replayed: bool,
}

/// Why a verdict was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DecideRefusal {
    /// No such comment.
    #[error("no such comment on this site")]
    NotFound,
    /// The comment was erased.
    #[error("the comment was erased")]
    Erased,
    /// The comment has changed since the moderator saw it.
    #[error("the comment has changed")]
    Stale {
        /// How it stands now.
        state: CommentState,
        /// At which version.
        version: Version,
    },
    /// Another moderator holds the item.
    #[error("another moderator holds this item")]
    LeasedByAnother,
    /// The site has a list of reasons, and this code is not on it.
    #[error("the site has no such reason_code")]
    UnknownReason {
        /// Those that it has, for people.
        codes: String,
    },
    /// The site's policy cannot be read.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The author withdrew it.
    #[error("its author has withdrawn the comment")]
    Retracted,
    /// It is for a senior moderator.
    #[error("the comment was escalated: a senior moderator decides")]
    Escalated,
    /// An appeal is for another than the one who rejected.
    #[error("an appeal is answered by another moderator than the one who decided")]
    SameModerator,
    /// The store failed. The verdict may be carried out: the same again will tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A decision to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// On which comment.
    pub comment: CommentId,
    /// The version that the decision made.
    pub version: Version,
    /// For other moderators; may be empty.
    pub note: Note,
}

/// A decision that was undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndoneDecision {
    /// On which comment.
    pub comment: CommentId,
    /// The state now.
    pub state: CommentState,
    /// The version that the undoing made.
    pub version: Version,
    /// What was undone.
    pub word: Word,
    /// When.
    pub at: Timestamp,
    /// It had been undone before.
    pub replayed: bool,
}

/// Why a decision was not undone. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum UndoRefusal {
    /// No such comment.
    #[error("no such comment on this site")]
    NotFound,
    /// The comment was erased.
    #[error("the comment was erased")]
    Erased,
    /// Something came after the decision.
    #[error("the comment has changed since the decision")]
    Stale {
        /// How it stands now.
        state: CommentState,
        /// At which version.
        version: Version,
    },
    /// The version was not made by a decision.
    #[error("this version was not made by a decision")]
    NoDecision,
    /// The decision is too old.
    #[error("the decision is too old to be undone; decide anew")]
    TooLate,
    /// It was a senior moderator's.
    #[error("a senior moderator's decision is undone by one")]
    Escalated,
    /// Neither an appeal nor its answer is left to whoever decided first.
    #[error("an appeal, and its answer, is for another moderator than the one who decided")]
    SameModerator,
    /// The store failed. It may be undone: the same again will tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}
