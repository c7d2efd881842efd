//! When comments are shown.

use serde::{Deserialize, Serialize};

/// When comments are shown. The numbers are those of the proto enum and of a thread's hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum ModerationMode {
    /// A moderator sees each comment before readers do.
    Pre = 1,
    /// Readers see it at once, a moderator afterwards.
    Post = 2,
    /// The score decides, and what is uncertain waits for a moderator.
    Automatic = 3,
}

impl ModerationMode {
    /// All modes, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Pre, Self::Post, Self::Automatic];

    /// The mode with this number; `None` for what is none of them, 0 included.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.number() == number)
    }

    /// Its number in Redis and on the wire.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Its word in TOML and on the command line: `pre`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pre => "pre",
            Self::Post => "post",
            Self::Automatic => "automatic",
        }
    }
}
