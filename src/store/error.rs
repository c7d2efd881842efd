//! What can go wrong with the store, by what the caller can do about it.

use redis::{ErrorKind, RedisError};

/// A failed call to Redis. Unless it says `refused before`, the call may have been carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No connection, or it broke. Try again later.
    #[error("Redis cannot be reached: {0}")]
    Away(String),
    /// No answer within the deadline. It may have been carried out.
    #[error("Redis did not answer within its deadline")]
    TimedOut,
    /// Redis refused before writing: read-only, a replica, loading, or failing over. Try again later.
    #[error("Redis takes no writes now: {0}")]
    ReadOnly(String),
    /// Redis refused before writing: out of memory, or its disk is full or failing.
    #[error("Redis is full or cannot write its disk: {0}")]
    Full(String),
    /// Written on the primary, but too few replicas have received it yet. The same call again is harmless where it is
    /// idempotent, and waits again.
    #[error("only {received} of {wanted} replicas have received the write")]
    Unreplicated {
        /// How many have.
        received: u32,
        /// How many the durability setting asks for.
        wanted: u32,
    },
    /// Redis refused the command or script: a defect of ours, or a foreign server.
    #[error("Redis refused a command: {0}")]
    Refused(String),
    /// A stored value or a reply is not what we wrote.
    #[error("{what} in Redis cannot be read")]
    Corrupt {
        /// Which value.
        what: &'static str,
    },
}

impl StoreError {
    /// Whether the same call may succeed later without anyone mending anything here.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Away(_)
            | Self::TimedOut
            | Self::ReadOnly(_)
            | Self::Full(_)
            | Self::Unreplicated { .. } => true,
            Self::Refused(_) | Self::Corrupt { .. } => false,
        }
    }
}

impl From<RedisError> for StoreError {
    fn from(error: RedisError) -> Self {
        let refusals = error.clone().into_server_errors();
        // Of a pipeline, the first refusal.
        if let Some((_, refusal)) = refusals.as_deref().and_then(<[_]>::first) {
            let details = without_arguments(refusal.details().unwrap_or_default());
            return Self::from_code(refusal.code(), details);
        }
        let unreadable = matches!(
            error.kind(),
            ErrorKind::UnexpectedReturnType | ErrorKind::Parse
        );
        if error.is_timeout() {
            Self::TimedOut
        } else if error.is_io_error() || error.is_connection_dropped() {
            Self::Away(error.to_string())
        } else if unreadable {
            Self::Corrupt { what: "a reply" }
        } else {
            Self::Refused(error.to_string())
        }
    }
}

impl StoreError {
    /// By the first word of the server's answer.
    fn from_code(code: &str, details: &str) -> Self {
        let text = format!("{code} {details}").trim_end().to_owned();
        match code {
            "READONLY" | "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "NOREPLICAS" => {
                Self::ReadOnly(text)
            }
            "OOM" | "MISCONF" => Self::Full(text),
            _ => Self::Refused(text),
        }
    }
}

/// Redis quotes the arguments of a command that it does not know; those can be a reader's words.
fn without_arguments(details: &str) -> &str {
    details
        .split_once(", with args beginning with")
        .map_or(details, |(before, _)| before)
}
