//! Reads a script's reply: a word, then values whose places the script's head tells.

use redis::{FromRedisValue, ParsingError, Value};

use crate::{
    comment::state::{CommentState, Version},
    store::error::StoreError,
};

/// A script's reply as a list of values.
pub struct Reply(Vec<Value>);

impl FromRedisValue for Reply {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        Ok(Self(Vec::<Value>::from_redis_value(value)?))
    }
}

impl Reply {
    /// The word that it starts with.
    ///
    /// # Errors
    /// `Corrupt` if there is none.
    pub fn word(&self) -> Result<String, StoreError> {
        self.get(0)
    }

    /// The value at a place, counted from 0.
    ///
    /// # Errors
    /// `Corrupt` if there is none, or none of this type.
    pub fn get<T: FromRedisValue>(&self, at: usize) -> Result<T, StoreError> {
        let value = self.0.get(at).cloned().ok_or(StoreError::Corrupt {
            what: "a script's reply",
        })?;
        T::from_redis_value(value).map_err(|_| StoreError::Corrupt {
            what: "a script's reply",
        })
    }

    /// The state at a place.
    ///
    /// # Errors
    /// `Corrupt` if there is none.
    pub fn state(&self, at: usize) -> Result<CommentState, StoreError> {
        CommentState::from_number(self.get(at)?).ok_or_else(unexpected)
    }

    /// The version at a place.
    ///
    /// # Errors
    /// `Corrupt` if there is none.
    pub fn version(&self, at: usize) -> Result<Version, StoreError> {
        Version::new(self.get(at)?).ok_or_else(unexpected)
    }

    /// The values, in order.
    #[must_use]
    pub fn into_values(self) -> Vec<Value> {
        self.0
    }
}

/// A reply's word that the script's head does not tell.
#[must_use]
pub fn unexpected() -> StoreError {
    StoreError::Corrupt {
        what: "a script's reply",
    }
}

/// A comment's id, as members and fields have it.
///
/// # Errors
/// `Corrupt` unless it has 16 bytes.
pub fn id_bytes(bytes: &[u8]) -> Result<[u8; 16], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt {
        what: "a comment's id",
    })
}
