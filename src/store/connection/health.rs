//! How Redis is, as the last call or probe saw it.

use std::{fmt, sync::Arc};

use crate::store::error::StoreError;

/// The state of the one connection and of the server behind it: raw, as it was last seen. Whoever reports it to others
/// damps it (several failures to leave, one success to return).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Connected, and the last probe could write.
    Up,
    /// No connection; calls fail at once. A new one is being made.
    Away {
        /// What broke it, or why none can be made.
        reason: Arc<str>,
    },
    /// Connected to a server that takes no writes: a replica, loading, failing over. Looking for a better one.
    ReadOnly {
        /// What the server said.
        reason: Arc<str>,
    },
    /// Connected, but out of memory, or the disk is full or failing. What frees space still works.
    Full {
        /// What the server said.
        reason: Arc<str>,
    },
}

impl Health {
    /// Whether writes can be expected to succeed.
    #[must_use]
    pub fn is_up(&self) -> bool {
        *self == Self::Up
    }

    /// Whether there is no connection.
    #[must_use]
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Away { .. })
    }
}

impl From<&StoreError> for Health {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Away(reason) => Self::Away {
                reason: reason.as_str().into(),
            },
            StoreError::TimedOut => Self::Away {
                reason: error.to_string().into(),
            },
            StoreError::Full(reason) => Self::Full {
                reason: reason.as_str().into(),
            },
            StoreError::ReadOnly(reason) | StoreError::Refused(reason) => Self::ReadOnly {
                reason: reason.as_str().into(),
            },
            StoreError::Unreplicated { .. } | StoreError::Corrupt { .. } => Self::ReadOnly {
                reason: error.to_string().into(),
            },
        }
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Up => f.write_str("up"),
            Self::Away { reason } => write!(f, "away: {reason}"),
            Self::ReadOnly { reason } => write!(f, "takes no writes: {reason}"),
            Self::Full { reason } => write!(f, "full or cannot write its disk: {reason}"),
        }
    }
}
