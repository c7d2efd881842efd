//! What is asked besides the stream, and its answers.

use crate::proto::v1::{LastDecision, UndoDecisionResponse};

use super::{Current, Desk, Hold, Session, Surroundings};

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
    /// Whether a decision was undone.
    Undone(u64, Result<UndoDecisionResponse, String>),
}

impl Session {
    /// An answer has come.
    pub fn replied(&mut self, reply: Reply) {
        match reply {
            Reply::Desks(desks) => self.desks = desks,
            Reply::Context(comment_id, found) => self.surrounded(&comment_id, found),
            Reply::WhoDecided(comment_id, last) => self.decided_by(&comment_id, last),
            Reply::Undone(deed, answer) => self.undone(deed, answer),
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
