//! A key in the place of another, which stays good for a while: so its holder can change over without a gap.

use std::time::Duration;

use crate::{
    access::{
        Access,
        caller::Caller,
        issue::{IssueError, KeyInfo, info},
        key::AccessKey,
        table::Method,
    },
    comment::{
        ids::{KeyId, OperationId},
        state::Timestamp,
        violation::Violations,
    },
    store::{
        error::StoreError,
        key_rotation::{KeyRotated, Rotation},
    },
};

/// How long a key stays good when another was made in its place: 0 to 30 days. Never longer than it would have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap(Duration);

impl Overlap {
    /// The longest.
    pub const MAX: Duration = Duration::from_hours(30 * 24);

    /// So long, cut to milliseconds; `None` beyond [`Overlap::MAX`].
    #[must_use]
    pub fn new(length: Duration) -> Option<Self> {
        (length <= Self::MAX).then_some(Self(length))
    }

    fn ms(self) -> u64 {
        // At most thirty days.
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }
}

impl Default for Overlap {
    /// A day.
    fn default() -> Self {
        Self(Duration::from_hours(24))
    }
}

/// A key that is to be made in the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// The other.
    pub key: KeyId,
    /// What a repetition is known by.
    pub operation: OperationId,
    /// How long the other stays good.
    pub overlap: Overlap,
    /// From when on the new one is no good; `None` for when the other was to end.
    pub expires_at: Option<Timestamp>,
}

/// What a rotation made.
#[derive(Debug)]
pub struct Rotated {
    /// The new key.
    pub successor: KeyInfo,
    /// With its secret, shown this once.
    pub access_key: AccessKey,
    /// The key in whose place it is.
    pub replaced: KeyInfo,
}

impl Access {
    /// Makes a key with the role, sites and label of another, which stays good for the overlap.
    ///
    /// Repeated under the same operation it makes no third key: the successor of the first time gets another secret, as
    /// long as it was not used, and keeps the first time's overlap and expiry.
    ///
    /// # Errors
    /// As [`IssueError`] says.
    pub async fn rotate(&self, caller: &Caller, new: &Replacement) -> Result<Rotated, IssueError> {
        caller.may_call(Method::RotateKey)?;
        let record = self.own(caller, new.key).await?;
        let mut access_key = AccessKey::generate()?;
        let rotation = Rotation {
            key: new.key,
            record,
            successor: access_key.id(),
            secret_sha256: *access_key.hash().as_bytes(),
            expires_at: new.expires_at,
            overlap_ms: new.overlap.ms(),
            operation: new.operation,
        };
        let rotated = self
            .store
            .rotate_access_key(&rotation, &caller.actor())
            .await;
        self.known.forget(&new.key);
        match rotated? {
            KeyRotated::To {
                id,
                successor,
                replaced,
            } => {
                self.known.forget(&id);
                access_key.put_under(id);
                Ok(Rotated {
                    successor: info(id, *successor)?,
                    access_key,
                    replaced: info(new.key, *replaced)?,
                })
            }
            KeyRotated::Expired => {
                Err(Violations::one("expires_at", "must be in the future").into())
            }
            KeyRotated::Unknown => Err(IssueError::NotFound),
            KeyRotated::Over => Err(IssueError::Over),
            KeyRotated::Used(successor) => Err(IssueError::Used(successor)),
            KeyRotated::Replaced(successor) => Err(IssueError::Replaced(successor)),
            KeyRotated::TooMany => Err(IssueError::TooMany),
            // As for a new key.
            KeyRotated::Exists => {
                let what = "a fresh random key id, which is in use";
                Err(StoreError::Corrupt { what }.into())
            }
        }
    }
}
