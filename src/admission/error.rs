//! Why a submission could not be dealt with.

use std::time::Duration;

use crate::{
    comment::violation::Violations, policy::sites::SiteError, privacy::sealing::SealError,
    store::error::StoreError,
};

/// Why a submission could not be dealt with.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// This replica is asked too much at once.
    #[error("this replica is asked too much at once")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The form is not filled in as the site wants it.
    #[error(transparent)]
    Violations(#[from] Violations),
    /// The site cannot be read.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The contact data cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// This replica's officer key was replaced while it was cut off from the store. Nothing was stored.
    #[error(
        "this replica was cut off from the store while the privacy officer's key was replaced, and takes no contact data any more; nothing was stored. Try again: another replica takes it. Operators: restart this one with the new key (privacy.public_key_file)"
    )]
    SealLapsed,
    /// The store failed. The comment may be stored: the same request again will tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}
