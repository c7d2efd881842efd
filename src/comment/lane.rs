//! The parts of a site's queue.

use std::fmt;

/// A part of a site's queue, with an order of its own. A comment waits in one at most. The numbers are those of the proto
/// enum and of the packed record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Lane {
    /// What policy wants a moderator to see.
    Review = 1,
    /// What readers reported.
    Reported = 2,
    /// What a moderator left to a senior one.
    Escalated = 3,
    /// Rejections that their authors appeal against; for another moderator than the one who rejected.
    Appeals = 4,
}

impl Lane {
    /// All lanes, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Review, Self::Reported, Self::Escalated, Self::Appeals];

    /// The lane with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.number() == number)
    }

    /// Its number in records and scripts.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Its word in Redis keys, metrics and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Reported => "reported",
            Self::Escalated => "escalated",
            Self::Appeals => "appeals",
        }
    }

    /// The lane of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.word() == word)
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
