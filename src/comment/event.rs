//! One state change of one comment, and its place in the feed.

use std::{fmt, str::FromStr};

use crate::comment::{
    ids::{CommentId, OperationId, ThreadId},
    reason::Reason,
    state::{CommentState, Outcome, Timestamp, Verdict, Version},
};

/// A place in a site's feed, or in another stream with dense ids: the sequence number of an event, dense from 1, and 16 random bits that tell it from another
/// event that took the same number after a fail-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    sequence: u64,
    bits: u16,
}

impl Cursor {
    /// Before the first event of a site.
    pub const START: Self = Self {
        sequence: 0,
        bits: 0,
    };

    /// The place with this sequence number and these bits.
    #[must_use]
    pub fn new(sequence: u64, bits: u16) -> Self {
        Self { sequence, bits }
    }

    /// What tells it from another with the same sequence number.
    #[must_use]
    pub fn bits(self) -> u16 {
        self.bits
    }

    /// The event's sequence number; 0 for [`Cursor::START`].
    #[must_use]
    pub fn sequence(self) -> u64 {
        self.sequence
    }
}

/// A text that no feed gave out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a cursor that this feed gave out, or empty to start at the oldest event that is kept"
)]
pub struct BadCursor;

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (sequence, bits) = text.split_once('-').ok_or(BadCursor)?;
        let cursor = Self {
            sequence: sequence.parse().map_err(|_| BadCursor)?,
            bits: bits.parse().map_err(|_| BadCursor)?,
        };
        // One spelling each: a cursor is compared as text elsewhere.
        if cursor.to_string() == text {
            Ok(cursor)
        } else {
            Err(BadCursor)
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.sequence, self.bits)
    }
}

/// What made an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The comment was submitted, and policy decided.
    Submitted {
        /// What policy decided.
        outcome: Outcome,
        /// Why.
        reasons: Vec<Reason>,
    },
    /// A moderator decided.
    Decided {
        /// What was said.
        verdict: Verdict,
        /// What had been said of this comment before, if anything: what that taught is to be corrected.
        earlier: Option<Verdict>,
        /// The label of the moderator's key.
        moderator: String,
        /// The site's own code for a rejection; may be empty.
        reason_code: String,
        /// What the reader is told for it: the policy's text at the time; may be empty.
        reason_text: String,
        /// For other moderators; may be empty. Blogs don't see it.
        note: String,
        /// The bulk operation that it was part of.
        operation: Option<OperationId>,
    },
    /// A moderator undid the decision that was in force.
    Undone {
        /// What had been said, and holds no longer.
        verdict: Verdict,
        /// What had been said before that, if anything: it is in force again.
        earlier: Option<Verdict>,
        /// The label of the key of who undid it.
        moderator: String,
        /// For other moderators; may be empty. Blogs don't see it.
        note: String,
        /// The bulk operation that was undone.
        operation: Option<OperationId>,
    },
    /// Its author withdrew the comment.
    Retracted,
    /// All that was kept of the comment is gone.
    Erased {
        /// Since nobody decided on it for as long as the site keeps texts; else for its author.
        expired: bool,
    },
    /// Its author wrote the comment anew, and policy decided.
    Revised {
        /// What policy decided on the new text.
        outcome: Outcome,
        /// Why.
        reasons: Vec<Reason>,
    },
    /// A moderator blacked out a part of the comment.
    Redacted {
        /// The label of the moderator's key.
        moderator: String,
        /// For other moderators; may be empty. Blogs don't see it.
        note: String,
    },
}

/// One state change of one comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Names this event, and the place after it.
    pub cursor: Cursor,
    /// Whose state changed.
    pub comment: CommentId,
    /// Where it stands.
    pub thread: ThreadId,
    /// The state after the change.
    pub state: CommentState,
    /// The version that the change made.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// What of it teaches the model nothing.
    pub untaught: Untaught,
}

/// Verdicts that teach the model nothing, since their bulk operation had taught enough.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Untaught {
    /// The one that was given, or undone.
    pub verdict: bool,
    /// The one before it.
    pub earlier: bool,
}
