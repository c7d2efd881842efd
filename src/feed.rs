//! The event feed: each state change of a site once, in order, from a verified cursor on.

pub mod changes;
mod watch;

use crate::{
    comment::{
        event::{Cursor, Event},
        ids::SiteId,
    },
    store::{connection::Store, error::StoreError, events::FeedPage},
};

pub use watch::{Watch, WatchEnd, WatchMessage};

/// Why the feed can't be read from there.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The feed does not reach back to the cursor, or never gave it out.
    #[error("the feed does not reach back to this cursor")]
    OutOfRange {
        /// Where to go on from after a look at the comments themselves.
        head: Cursor,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// At most `count` events after a cursor, oldest first, or from the oldest that is kept.
///
/// # Errors
/// As [`FeedError`] says.
pub async fn read(
    store: &Store,
    site: &SiteId,
    after: Option<Cursor>,
    count: usize,
) -> Result<Vec<Event>, FeedError> {
    match store.read_events(site, after, count).await? {
        FeedPage::Events(events) => Ok(events),
        FeedPage::OutOfRange { head } => Err(FeedError::OutOfRange { head }),
    }
}
