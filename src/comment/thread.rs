//! What a site wants of one thread: whether it takes comments, and how they are moderated for a while.

use std::time::Duration;

use crate::comment::{mode::ModerationMode, state::Timestamp, stored::ThreadDetails};

/// Who or what closed a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedBy {
    /// A person said so.
    Moderator,
    /// Its first comment is older than the site's policy lets threads take comments.
    Age,
}

impl ClosedBy {
    /// Its word in replies of scripts and in errors.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Moderator => "moderator",
            Self::Age => "age",
        }
    }

    /// The one of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Moderator, Self::Age]
            .into_iter()
            .find(|by| by.word() == word)
    }
}

/// What was last said about whether a thread takes comments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Closing {
    /// Nothing: it closes by age, where the policy says when.
    #[default]
    ByAge,
    /// Open, whatever its age.
    Open,
    /// Closed.
    Closed,
}

impl Closing {
    /// Who or what closed a thread, if it is closed; the same as `submit.lua` says. A first comment from the future, left
    /// by a clock that jumped back, is young.
    #[must_use]
    pub fn closed_by(
        self,
        first_comment_at: Option<Timestamp>,
        now: Timestamp,
        close_after: Option<Duration>,
    ) -> Option<ClosedBy> {
        match (self, first_comment_at, close_after) {
            (Self::Closed, _, _) => Some(ClosedBy::Moderator),
            (Self::ByAge, Some(first), Some(after)) => {
                let age = u64::try_from(now.0.saturating_sub(first.0)).unwrap_or(0);
                (Duration::from_millis(age) > after).then_some(ClosedBy::Age)
            }
            (Self::ByAge, _, _) | (Self::Open, _, _) => None,
        }
    }
}

/// How comments of one thread are moderated until a time, other than the site's policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModeOverride {
    /// When they are shown.
    pub mode: ModerationMode,
    /// Until when that holds.
    pub until: Timestamp,
}

impl ModeOverride {
    /// The longest that it may hold: a storm passes, and what was meant for it should not be forgotten.
    pub const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

    /// The mode, if it holds now. One that holds for longer than it may is from before a clock jumped back.
    #[must_use]
    pub fn in_force(self, now: Timestamp) -> Option<ModerationMode> {
        let left = u64::try_from(self.until.0.saturating_sub(now.0)).unwrap_or(0);
        let left = Duration::from_millis(left);
        (left > Duration::ZERO && left <= Self::LONGEST).then_some(self.mode)
    }
}

/// Comments by current state, in the order of [`CommentState::ALL`](crate::comment::state::CommentState::ALL).
pub type StateCounts = [u32; 6];

/// A thread as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thread {
    /// The article; empty before the first comment.
    pub details: ThreadDetails,
    /// Raised by one with each change of its settings, from 0.
    pub version: u32,
    /// What was last said about whether it takes comments.
    pub closing: Closing,
    /// When its first comment came; `None` before, and for threads whose first one came before that was noted.
    pub first_comment_at: Option<Timestamp>,
    /// How it is moderated, or was.
    pub mode_override: Option<ModeOverride>,
    /// Its comments.
    pub counts: StateCounts,
    /// Redis's time at the read.
    pub now: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

    #[test]
    fn a_thread_closes_by_age_unless_somebody_said_otherwise() {
        let day = Some(Duration::from_secs(24 * 60 * 60));
        let now = Timestamp(10 * DAY_MS);
        let ago = |ms: i64| Some(Timestamp(now.0 - ms));
        let (moderator, age) = (Some(ClosedBy::Moderator), Some(ClosedBy::Age));
        for (closing, first, after, expected) in [
            (Closing::ByAge, ago(DAY_MS), day, None),
            (Closing::ByAge, ago(DAY_MS + 1), day, age),
            (Closing::ByAge, ago(DAY_MS + 1), None, None),
            (Closing::ByAge, None, day, None),
            (Closing::ByAge, ago(-DAY_MS), day, None),
            (Closing::ByAge, Some(Timestamp(i64::MIN)), day, age),
            (Closing::Open, ago(9 * DAY_MS), day, None),
            (Closing::Closed, ago(9 * DAY_MS), day, moderator),
            (Closing::Closed, None, None, moderator),
        ] {
            let found = closing.closed_by(first, now, after);
            assert_eq!(found, expected, "{closing:?} {first:?} {after:?}");
        }
    }

    #[test]
    fn an_override_holds_until_its_time_and_no_longer_than_it_may() {
        let now = Timestamp(1_000);
        let longest = 30 * DAY_MS;
        for (until, holds) in [
            (999, false),
            (1_000, false),
            (1_001, true),
            (1_000 + longest, true),
            (1_001 + longest, false),
            (i64::MAX, false),
            (i64::MIN, false),
        ] {
            let mode = ModeOverride {
                mode: ModerationMode::Pre,
                until: Timestamp(until),
            };
            assert_eq!(mode.in_force(now).is_some(), holds, "{until}");
        }
    }
}
