//! Where a comment stands, how it got there, and which version that is.

use std::num::NonZeroU32;

/// Where a comment stands. The numbers are those of the proto enum and of the packed record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum CommentState {
    /// Waits for a moderator; not shown.
    Pending = 1,
    /// Shown.
    Approved = 2,
    /// Not shown; an editorial decision.
    Rejected = 3,
    /// Not shown; spam.
    Spam = 4,
    /// Withdrawn by its author.
    Retracted = 5,
    /// Gone; only the name is left, so that retries stay harmless.
    Erased = 6,
}

impl CommentState {
    /// All states, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Approved,
        Self::Rejected,
        Self::Spam,
        Self::Retracted,
        Self::Erased,
    ];

    /// The state with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// Its number in records and scripts.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Its word, as in the docs: `PENDING`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Spam => "SPAM",
            Self::Retracted => "RETRACTED",
            Self::Erased => "ERASED",
        }
    }
}

/// What policy decided at submission. It never changes; the state does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// A moderator decides.
    Pending = 1,
    /// Shown at once.
    Approved = 2,
    /// A word list of the site rejects it.
    Rejected = 3,
    /// Spam.
    Spam = 4,
}

impl Outcome {
    /// The outcome with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Pending, Self::Approved, Self::Rejected, Self::Spam]
            .into_iter()
            .find(|o| *o as u8 == number)
    }

    /// The state that a comment with this outcome starts in.
    #[must_use]
    pub fn state(self) -> CommentState {
        match self {
            Self::Pending => CommentState::Pending,
            Self::Approved => CommentState::Approved,
            Self::Rejected => CommentState::Rejected,
            Self::Spam => CommentState::Spam,
        }
    }
}

/// What a moderator decides on a version of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Verdict {
    /// Show it.
    Approve = 1,
    /// Don't show it: an editorial decision.
    Reject = 2,
    /// Don't show it: spam.
    Spam = 3,
}

impl Verdict {
    /// The verdict with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Approve, Self::Reject, Self::Spam]
            .into_iter()
            .find(|v| *v as u8 == number)
    }

    /// The state that it leads to.
    #[must_use]
    pub fn state(self) -> CommentState {
        match self {
            Self::Approve => CommentState::Approved,
            Self::Reject => CommentState::Rejected,
            Self::Spam => CommentState::Spam,
        }
    }
}

/// A moderator's word on a version of a comment: a verdict, or that a senior moderator should give one. The numbers are
/// those of the proto enum `Verdict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Word {
    /// It is decided.
    Verdict(Verdict),
    /// It moves to the senior lane, and keeps its state and version.
    Escalate,
}

impl Word {
    const ESCALATE: u8 = 4;

    /// The word with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        match number {
            Self::ESCALATE => Some(Self::Escalate),
            number => Verdict::from_number(number).map(Self::Verdict),
        }
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Verdict(verdict) => verdict as u8,
            Self::Escalate => Self::ESCALATE,
        }
    }
}

/// How often a comment's state has been set: 1 when stored, one more with each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version(NonZeroU32);

impl Version {
    /// The version of a comment that was just stored.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// From a number; `None` for 0.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// As a number, at least 1.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

/// A place in time as Redis's `TIME` tells it: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// As RFC 3339 has it, in UTC: `2026-01-31T09:30:00.5Z`; the bare number where no year can name it.
    #[must_use]
    pub fn to_text(self) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .map_or_else(|_| self.0.to_string(), |time| time.to_string())
    }
}
