//! The event feed: each state change of a site once, in order, from a verified cursor on.

pub mod changes;
mod watch;

use crate::{
    comment::{
        event::{Cursor, Event},
        ids::SiteId,
    },
    store::{confirmation::Confirmation, connection::Store, error::StoreError, events::FeedPage},
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
    events(store.read_events(site, after, count).await?)
}

fn events(page: FeedPage) -> Result<Vec<Event>, FeedError> {
    match page {
        FeedPage::Events(events) => Ok(events),
        FeedPage::OutOfRange { head } => Err(FeedError::OutOfRange { head }),
    }
}

/// The feeds, for those outside who keep what they were shown: an event is shown once it is as durable as an OK promises,
/// so that no fail-over takes it back. Cheap to clone.
#[derive(Clone)]
pub struct Feed {
    /// Where events come from.
    pub store: Store,
    /// What they wait for.
    pub confirmation: Confirmation,
}

impl Feed {
    /// As [`read`], once the events are durable; nothing new is told at once.
    ///
    /// # Errors
    /// As [`FeedError`] says; `Unreplicated` while too few replicas have the events.
    pub async fn read(
        &self,
        site: &SiteId,
        after: Option<Cursor>,
        count: usize,
    ) -> Result<Vec<Event>, FeedError> {
        let reading = self.store.read_events(site, after, count);
        let is_news =
            |page: &FeedPage| !matches!(page, FeedPage::Events(events) if events.is_empty());
        events(self.confirmation.of_news(reading, is_news).await?)
    }
}
