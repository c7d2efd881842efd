//! What a moderator says of a subject, and what came of it.

use crate::{
    authors::naming::Named,
    comment::{
        fields::Line,
        standing::Standing,
        state::{Timestamp, Verdict},
    },
    store::standing::Stands,
};

/// What is hashed of an IP address lives no longer than this, in milliseconds: 30 days. Others have the address later.
pub const LONGEST_OF_IP_MS: i64 = 30 * 86_400_000;

/// What a moderator says of a subject.
#[derive(Debug, Clone)]
pub struct Change {
    /// Of whom or what.
    pub named: Named,
    /// How it stands from now on.
    pub standing: Standing,
    /// Until when; `None` for good.
    pub until: Option<Timestamp>,
    /// For moderators.
    pub reason: Line<200>,
    /// What becomes of what is pending of it; `None`: it stays.
    pub pending: Option<Verdict>,
    /// Where to go on with that; 0 at first.
    pub pending_from: u64,
    /// Whether the comment that names it brings its author a strike.
    pub add_strike: bool,
}

impl Change {
    /// Standing, end and reason, as the audit log tells them: `BANNED until 2026-12-01T00:00:00Z: sells pills`.
    #[must_use]
    pub(super) fn in_words(&self) -> String {
        let mut words = self.standing.word().to_owned();
        if let Some(until) = self
            .until
            .and_then(|at| jiff::Timestamp::from_millisecond(at.0).ok())
        {
            words.push_str(&format!(" until {until}"));
        }
        if !self.reason.as_str().is_empty() {
            words.push_str(": ");
            words.push_str(self.reason.as_str());
        }
        words
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// How it stands now.
    pub stands: Stands,
    /// Whether it stood otherwise before.
    pub changed: bool,
    /// How many pending comments were decided on.
    pub dealt_with: u32,
    /// How many were not looked at.
    pub pending_left: u64,
    /// Where to go on with them; `None` when all were looked at.
    pub next: Option<u64>,
}
