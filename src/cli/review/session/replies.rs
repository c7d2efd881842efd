//! What is asked besides the stream, and its answers.

use std::time::SystemTime;

use crate::proto::v1::{LastDecision, PendingAction, RedactCommentResponse, Standing, Verdict};

use super::{BulkNews, Current, Desk, Hold, Session, Surroundings};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// The sites that the key is for.
    Desks,
    /// What surrounds a comment.
    Context {
        /// Whose.
        site: String,
        /// Which.
        comment_id: String,
    },
    /// Who decided on a comment, and what.
    WhoDecided {
        /// Whose.
        site: String,
        /// Which.
        comment_id: String,
    },
    /// Undo a decision of this session.
    Undo {
        /// Its number.
        deed: u64,
        /// Whose.
        site: String,
        /// Which.
        comment_id: String,
        /// The version that it made.
        version: u32,
    },
    /// Undo a bulk decision of this session.
    UndoBulk {
        /// Its number.
        deed: u64,
        /// Whose.
        site: String,
        /// Which.
        operation_id: String,
    },
    /// One verdict on a wave.
    Bulk {
        /// Whose.
        site: String,
        /// Which.
        wave_id: String,
        /// What is said.
        verdict: Verdict,
        /// Only tell what would be done.
        validate_only: bool,
    },
    /// How an author stands from now on.
    Standing {
        /// On which site.
        site: String,
        /// Whose author.
        comment_id: String,
        /// How.
        standing: Standing,
        /// Until when; for good without.
        until: Option<SystemTime>,
        /// Why.
        reason: String,
        /// What becomes of what waits.
        pending: PendingAction,
    },
    /// Close or open an article.
    Thread {
        /// On which site.
        site: String,
        /// Which.
        thread_id: String,
        /// Open it again.
        reopen: bool,
    },
    /// Black out parts of a comment.
    Redact {
        /// Whose.
        site: String,
        /// Which.
        comment_id: String,
        /// The version that is shown.
        version: u32,
        /// The item's.
        lease_token: String,
        /// What to black out.
        texts: Vec<String>,
    },
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
    Undone(u64, Result<String, String>),
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
