//! Changes of comments for those who show them: one reader of a site's feed for all who listen on this replica.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::{sync::broadcast, time::sleep};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::{
    comment::{
        event::{Cause, Cursor},
        ids::{CommentId, SiteId},
        state::{CommentState, Version},
    },
    feed::{FeedError, read},
    store::{connection::Store, error::StoreError, wakeups::Wakeups},
};

/// Events in one read.
const BATCH: usize = 200;
/// How many changes a listener may be behind before it has missed some.
const BEHIND: usize = 512;

/// A comment's new state and version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub comment: CommentId,
    /// How it stands.
    pub state: CommentState,
    /// At which version.
    pub version: Version,
    /// Whether a moderator's decision made it.
    pub decided: bool,
}

/// What a listener hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A comment has changed.
    Changed(Change),
    /// Others may have changed that nobody tells of any more: look at all that matter.
    Missed,
}

/// The readers of a replica. Cheap to clone.
#[derive(Clone)]
pub struct Changes {
    store: Store,
    wakeups: Wakeups,
    poll: Duration,
    tasks: TaskTracker,
    shutdown: CancellationToken,
    readers: Readers,
}

/// Bounded by the listeners that live.
type Readers = Arc<Mutex<HashMap<SiteId, Weak<Reader>>>>;

/// A reader's task ends with its last listener.
struct Reader {
    told: broadcast::Sender<News>,
    _ends: DropGuard,
}

/// What one listener hears of a site.
pub struct Heard {
    told: broadcast::Receiver<News>,
    _reader: Arc<Reader>,
}

impl Heard {
    /// The next news. Nothing is lost when nobody waits, up to a bound; then it is [`News::Missed`].
    pub async fn next(&mut self) -> News {
        match self.told.recv().await {
            Ok(news) => news,
            Err(broadcast::error::RecvError::Lagged(_)) => News::Missed,
            // The service shuts down.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Changes {
    /// No readers yet. Their tasks are the tracker's, and end at the shutdown at the latest.
    #[must_use]
    pub fn new(
        store: Store,
        wakeups: Wakeups,
        poll: Duration,
        tasks: TaskTracker,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            store,
            wakeups,
            poll,
            tasks,
            shutdown,
            readers: Readers::default(),
        }
    }

    /// Listens to a site: every change from now on is heard.
    ///
    /// # Errors
    /// As [`StoreError`] says: where the feed stands can't be read.
    pub async fn of(&self, site: &SiteId) -> Result<Heard, StoreError> {
        if let Some(heard) = self.existing(&self.readers(), site) {
            return Ok(heard);
        }
        let head = self.store.feed_head(site).await?;
        let mut readers = self.readers();
        // Somebody else may have been faster.
        if let Some(heard) = self.existing(&readers, site) {
            return Ok(heard);
        }
        readers.retain(|_, reader| reader.strong_count() > 0);
        let (told, first) = broadcast::channel(BEHIND);
        let stop = self.shutdown.child_token();
        let reader = Arc::new(Reader {
            told: told.clone(),
            _ends: stop.clone().drop_guard(),
        });
        readers.insert(site.clone(), Arc::downgrade(&reader));
        let reading = Reading {
            store: self.store.clone(),
            wakeups: self.wakeups.clone(),
            poll: self.poll,
            site: site.clone(),
            after: head,
            told,
        };
        self.tasks
            .spawn(async move { stop.run_until_cancelled(reading.run()).await });
        Ok(Heard {
            told: first,
            _reader: reader,
        })
    }

    /// How many sites are read.
    #[must_use]
    pub fn sites(&self) -> usize {
        let readers = self.readers();
        readers
            .values()
            .filter(|reader| reader.strong_count() > 0)
            .count()
    }

    fn readers(&self) -> MutexGuard<'_, HashMap<SiteId, Weak<Reader>>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn existing(&self, readers: &HashMap<SiteId, Weak<Reader>>, site: &SiteId) -> Option<Heard> {
        let reader = readers.get(site).and_then(Weak::upgrade)?;
        Some(Heard {
            told: reader.told.subscribe(),
            _reader: reader,
        })
    }
}

/// The task that reads one site's feed.
struct Reading {
    store: Store,
    wakeups: Wakeups,
    poll: Duration,
    site: SiteId,
    after: Cursor,
    told: broadcast::Sender<News>,
}

impl Reading {
    async fn run(mut self) {
        let mut waiter = self.wakeups.event_waiter(&self.site);
        loop {
            match self.read_on().await {
                Ok(true) => {}
                Ok(false) => {
                    tokio::select! {
                        () = waiter.wait() => {}
                        () = sleep(self.poll) => {}
                    }
                }
                // Also while the store is away.
                Err(_) => sleep(self.poll).await,
            }
        }
    }

    /// Whether there may be more.
    async fn read_on(&mut self) -> Result<bool, StoreError> {
        let page = match read(&self.store, &self.site, Some(self.after), BATCH).await {
            Ok(page) => page,
            Err(FeedError::OutOfRange { head }) => {
                self.after = head;
                self.tell(News::Missed);
                return Ok(false);
            }
            Err(FeedError::Store(error)) => return Err(error),
        };
        let more = page.len() == BATCH;
        for event in page {
            self.after = event.cursor;
            // Nobody shows a comment before it was submitted.
            let decided = match event.cause {
                Cause::Submitted { .. } => continue,
                Cause::Decided { .. } => true,
                Cause::Undone { .. }
                | Cause::Retracted
                | Cause::Erased { .. }
                | Cause::Revised { .. }
                | Cause::Redacted { .. } => false,
            };
            self.tell(News::Changed(Change {
                comment: event.comment,
                state: event.state,
                version: event.version,
                decided,
            }));
        }
        Ok(more)
    }

    /// Whoever listens hears it; who has just left does not.
    fn tell(&self, news: News) {
        let _ = self.told.send(news);
    }
}
