//! What was done to a comment since it was stored.

use crate::comment::{
    ids::KeyId,
    lane::Lane,
    state::{CommentState, Timestamp, Verdict, Version},
};

/// Something that was done to a comment. The numbers are those of the packed record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Deed {
    /// A moderator approved it.
    Approved = 1,
    /// A moderator rejected it.
    Rejected = 2,
    /// A moderator called it spam.
    CalledSpam = 3,
    /// A moderator left it to a senior one.
    Escalated = 4,
    /// The ruling that was in force was undone.
    Undone = 5,
    /// Its author wrote it anew.
    Revised = 6,
    /// A moderator left a note on it.
    Noted = 7,
    /// A moderator blacked out a part of it.
    Redacted = 8,
    /// Its author appealed against its rejection.
    Appealed = 9,
    /// Its author withdrew it.
    Retracted = 10,
}

impl Deed {
    const ALL: [Self; 10] = [
        Self::Approved,
        Self::Rejected,
        Self::CalledSpam,
        Self::Escalated,
        Self::Undone,
        Self::Revised,
        Self::Noted,
        Self::Redacted,
        Self::Appealed,
        Self::Retracted,
    ];

    /// The deed with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| *deed as u8 == number)
    }

    /// The verdict that it was, if it was one that made a state.
    #[must_use]
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Approved => Some(Verdict::Approve),
            Self::Rejected => Some(Verdict::Reject),
            Self::CalledSpam => Some(Verdict::Spam),
            Self::Escalated
            | Self::Undone
            | Self::Revised
            | Self::Noted
            | Self::Redacted
            | Self::Appealed
            | Self::Retracted => None,
        }
    }
}

/// One thing that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The version that it made, or was done at.
    pub version: Version,
    /// What.
    pub deed: Deed,
    /// A ruling that was neither undone nor overtaken by a revision.
    pub in_force: bool,
    /// By whose key.
    pub by: KeyId,
    /// When.
    pub at: Timestamp,
    /// Its entry in the site's audit log.
    pub audit: u64,
    /// Where the comment stood before.
    pub state_before: CommentState,
    /// Where it waited before.
    pub lane_before: Option<Lane>,
}

/// The last things that were done to a comment, at most 16, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History(Vec<Entry>);

impl History {
    /// From its entries, the oldest first.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        Self(entries)
    }

    /// The entries, the oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The decision that is in force, with what was said.
    #[must_use]
    pub fn decision(&self) -> Option<(Verdict, &Entry)> {
        let ruling = |entry: &'_ Entry| entry.in_force.then(|| entry.deed.verdict())?;
        self.0
            .iter()
            .rev()
            .find_map(|entry| Some((ruling(entry)?, entry)))
    }
}
