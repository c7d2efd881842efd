//! What became of a submission.

use std::time::Duration;

use crate::comment::{
    ids::CommentId,
    limits::LimitName,
    reason::Reason,
    score::Score,
    state::{CommentState, Outcome, Timestamp, Version},
    stored::{CommentContent, StoredComment},
    thread::ClosedBy,
};

/// What policy decided, and how the comment stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// What policy decided when the comment came.
    pub outcome: Outcome,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Where it stands now.
    pub state: CommentState,
    /// At which version.
    pub version: Version,
    /// How likely it is spam, and why.
    pub score: Score,
    /// When it came.
    pub submitted_at: Timestamp,
}

/// Why a comment is not taken. Nothing was stored, and nothing charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A limit is used up.
    Limit {
        /// The one with the longest wait.
        limit: LimitName,
        /// How long to wait.
        retry_after: Duration,
    },
    /// The author said the same here within 24 h.
    Duplicate {
        /// What was said first.
        of: CommentId,
    },
    /// This name is another comment's.
    IdReused,
    /// This name's comment was erased.
    Erased,
    /// The thread takes no comments.
    ThreadClosed {
        /// Who or what closed it.
        by: ClosedBy,
    },
}

/// What became of a submission.
#[derive(Debug)]
pub enum Admission {
    /// Stored.
    Admitted(Receipt),
    /// It had been stored before.
    Replayed(Receipt),
    /// Not taken.
    Refused(Refusal),
}

impl Receipt {
    /// Of a comment that was stored a moment ago.
    #[must_use]
    pub fn fresh(outcome: Outcome, content: CommentContent, at: Timestamp) -> Self {
        Self {
            outcome,
            reasons: content.reasons,
            state: outcome.state(),
            version: Version::FIRST,
            score: content.score,
            submitted_at: at,
        }
    }
}

impl From<StoredComment> for Receipt {
    /// Of a comment as it stands.
    fn from(comment: StoredComment) -> Self {
        Self {
            outcome: comment.outcome,
            reasons: comment.content.reasons,
            state: comment.state,
            version: comment.version,
            score: comment.content.score,
            submitted_at: comment.submitted_at,
        }
    }
}
