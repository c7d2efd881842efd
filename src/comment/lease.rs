//! Who holds an item, and until when.

use std::{fmt, str::FromStr};

use crate::comment::{observed::AuthorHistory, state::Timestamp, stored::StoredComment};

/// Proves who holds an item: 64 random bits that the holder made. All zeros is nobody's.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseToken([u8; 8]);

/// A text that is no lease token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be the item's lease token, 16 hexadecimal digits")]
pub struct BadToken;

impl LeaseToken {
    /// From the 8 bytes; `None` for nobody's.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 8]) -> Option<Self> {
        (bytes != [0; 8]).then_some(Self(bytes))
    }

    /// The 8 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl FromStr for LeaseToken {
    type Err = BadToken;

    fn from_str(text: &str) -> Result<Self, BadToken> {
        let bytes = data_encoding::HEXLOWER
            .decode(text.as_bytes())
            .map_err(|_| BadToken)?;
        let bytes = bytes.try_into().map_err(|_| BadToken)?;
        Self::from_bytes(bytes).ok_or(BadToken)
    }
}

impl fmt::Display for LeaseToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for LeaseToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeaseToken({self})")
    }
}

/// An item under a lease.
#[derive(Debug, Clone, PartialEq)]
pub struct LeasedItem {
    /// Proves who holds it.
    pub token: LeaseToken,
    /// Until when.
    pub expires_at: Timestamp,
    /// What it waits for, and since when.
    pub item: QueuedItem,
}

/// An item of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedItem {
    /// The comment as it stood when the item was read.
    pub comment: StoredComment,
    /// Items are served in the order of this time.
    pub due_at: Timestamp,
}

/// What a moderator wants to know besides the comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemContext {
    /// The article.
    pub thread: crate::comment::stored::ThreadDetails,
    /// The author's comments so far.
    pub history: AuthorHistory,
    /// How many comments its wave has, itself among them; 0 where nobody else said nearly the same, or it was forgotten.
    pub wave_size: u32,
}
