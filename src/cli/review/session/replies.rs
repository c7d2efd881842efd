//! What is asked besides the stream, and its answers.

use crate::proto::v1::{
    BulkDecideRequest, CloseThreadRequest, GetReviewContextRequest, LastDecision,
    RedactCommentRequest, RedactCommentResponse, SetAuthorStandingRequest, UndoBulkDecisionRequest,
    UndoDecisionRequest,
};

use super::{BulkNews, Current, Desk, Hold, Session, Surroundings};

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// The sites that the key is for.
    Desks,
    /// What surrounds a comment.
    Context(GetReviewContextRequest),
    /// Who decided on a comment, and what.
    WhoDecided(GetReviewContextRequest),
    /// Undo the decision of this session that has this number.
    Undo(u64, UndoDecisionRequest),
    /// The same for a bulk decision.
    UndoBulk(u64, UndoBulkDecisionRequest),
    /// One verdict on a wave; the operation gets its id when it is asked for.
    Bulk(BulkDecideRequest),
    /// How an author stands from now on.
    Standing(SetAuthorStandingRequest),
    /// Close or open an article.
    Thread(CloseThreadRequest),
    /// Black out parts of a comment.
    Redact(RedactCommentRequest),
}

/// A decision that was undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// How it is now, in words.
    pub now: String,
    /// How many comments it was undone for.
    pub comments: u32,
}

/// What was answered.
#[derive(Debug, Clone)]
pub enum Reply {
    /// The sites that the key is for; none where the service can't tell.
    Desks(Vec<Desk>),
    /// What surrounds this comment.
    Context(String, Surroundings),
    /// Who decided on this comment.
    WhoDecided(String, Option<LastDecision>),
    /// How it is now that a decision was undone, or why it was not.
    Undone(u64, Result<Undone, String>),
    /// What came of a bulk decision.
    Bulk(BulkNews),
    /// What was set and done, or why not.
    StandingSet(Result<String, String>),
    /// Whether the article is closed now, or why it is as it was.
    ThreadSet(Result<bool, String>),
    /// What is left of this comment.
    Redacted(String, Result<RedactCommentResponse, String>),
}

impl Session {
    /// An answer has come.
    pub fn replied(&mut self, reply: Reply) {
        match reply {
            Reply::Desks(desks) => self.desks = desks,
            Reply::Context(comment_id, found) => self.surrounded(&comment_id, found),
            Reply::WhoDecided(comment_id, last) => self.decided_by(&comment_id, last),
            Reply::Undone(deed, answer) => self.undone(deed, answer),
            Reply::Bulk(news) => self.bulk_news(news),
            Reply::StandingSet(answer) => self.standing_set(answer),
            Reply::ThreadSet(answer) => self.thread_set(answer),
            Reply::Redacted(comment_id, answer) => self.redacted(&comment_id, answer),
        }
    }

    /// It is of no interest if another comment is shown by now.
    fn surrounded(&mut self, comment_id: &str, found: Surroundings) {
        if self.shown() == Some(comment_id) && self.surroundings.is_some() {
            self.surroundings = Some(found);
        }
    }

    fn decided_by(&mut self, comment_id: &str, last: Option<LastDecision>) {
        if self.shown() != Some(comment_id) {
            return;
        }
        if let (
            Some(Current {
                hold: Hold::Withdrawn(gone),
                ..
            }),
            Some(last),
        ) = (&mut self.current, last)
        {
            let verdict = last.verdict();
            gone.by = Some((last.moderator, verdict));
        }
    }
}
