//! What can go wrong with the store, by what the caller can do about it.

/// A failed call to Redis. Unless it says `refused before`, the call may have been carried out.
#[derive(Debug, thiserror::Error)]
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
            Self::Away(_) | Self::TimedOut | Self::ReadOnly(_) | Self::Full(_) => true,
            Self::Refused(_) | Self::Corrupt { .. } => false,
        }
    }
}

impl From<redis::RedisError> for StoreError {
    fn from(error: redis::RedisError) -> Self {
        let text = error.to_string();
        let code = error.code().unwrap_or_default();
        match code {
            "READONLY" | "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "NOREPLICAS" => {
                Self::ReadOnly(text)
            }
            "OOM" | "MISCONF" => Self::Full(text),
            _ if error.is_timeout() => Self::TimedOut,
            _ if error.is_io_error()
                || error.is_connection_dropped()
                || error.is_connection_refusal() =>
            {
                Self::Away(text)
            }
            _ if matches!(
                error.kind(),
                redis::ErrorKind::UnexpectedReturnType | redis::ErrorKind::Parse
            ) =>
            {
                Self::Corrupt { what: "a reply" }
            }
            _ => Self::Refused(text),
        }
    }
}
