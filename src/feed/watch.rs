//! Follows a site's feed for one caller.

use std::time::Duration;

use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{
    comment::{
        event::{Cursor, Event},
        ids::SiteId,
    },
    feed::{Feed, FeedError},
    store::wakeups::Wakeups,
};

/// Events in one read.
const BATCH: usize = 200;
/// An idle stream shows that it lives this often.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A send that is blocked for longer ends the stream: the client does not read.
const READ_WITHIN: Duration = Duration::from_secs(10);

/// What a watcher is told.
#[derive(Debug)]
pub enum WatchMessage {
    /// The next event.
    Event(Event),
    /// Nothing new; the last cursor that was passed, if any.
    Heartbeat(Option<Cursor>),
}

/// Why a watch ended.
#[derive(Debug)]
pub enum WatchEnd {
    /// The client left.
    Left,
    /// The service shuts down.
    Shutdown,
    /// The stream has reached its age.
    Age,
    /// The client does not read.
    NotRead,
    /// The feed can't be read on from there.
    Failed(FeedError),
}

/// A watch on one site's feed.
pub struct Watch {
    /// Where events come from.
    pub feed: Feed,
    /// What tells of new ones at once.
    pub wakeups: Wakeups,
    /// How often to look all the same, since a wake-up can be lost.
    pub poll: Duration,
    /// Whose feed.
    pub site: SiteId,
    /// The last event that the caller has dealt with.
    pub after: Option<Cursor>,
    /// When to end for age.
    pub ends_at: Instant,
    /// When the service shuts down.
    pub shutdown: CancellationToken,
}

impl Watch {
    /// Follows the feed until one of the two sides ends it.
    pub async fn run(mut self, messages: mpsc::Sender<WatchMessage>) -> WatchEnd {
        let mut waiter = self.wakeups.event_waiter(&self.site);
        let mut next_heartbeat = Instant::now() + HEARTBEAT;
        loop {
            let page = match self.feed.read(&self.site, self.after, BATCH).await {
                Ok(page) => page,
                Err(error) => return WatchEnd::Failed(error),
            };
            let caught_up = page.len() < BATCH;
            for event in page {
                let cursor = event.cursor;
                if let Err(end) = self.send(&messages, WatchMessage::Event(event)).await {
                    return end;
                }
                self.after = Some(cursor);
                next_heartbeat = Instant::now() + HEARTBEAT;
            }
            if self.shutdown.is_cancelled() {
                return WatchEnd::Shutdown;
            }
            if Instant::now() >= self.ends_at {
                return WatchEnd::Age;
            }
            if !caught_up {
                continue;
            }
            if Instant::now() >= next_heartbeat {
                next_heartbeat = Instant::now() + HEARTBEAT;
                let heartbeat = WatchMessage::Heartbeat(self.after);
                if let Err(end) = self.send(&messages, heartbeat).await {
                    return end;
                }
            }
            tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return WatchEnd::Shutdown,
                () = messages.closed() => return WatchEnd::Left,
                () = sleep_until(self.ends_at) => return WatchEnd::Age,
                () = waiter.wait() => {}
                () = tokio::time::sleep(self.poll) => {}
            }
        }
    }

    async fn send(
        &self,
        messages: &mpsc::Sender<WatchMessage>,
        message: WatchMessage,
    ) -> Result<(), WatchEnd> {
        let sent = tokio::select! {
            biased;
            sent = messages.send_timeout(message, READ_WITHIN) => sent,
            // Whoever does not read must not hold up the shutdown.
            () = self.shutdown.cancelled() => return Err(WatchEnd::Shutdown),
        };
        match sent {
            Ok(()) => Ok(()),
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => Err(WatchEnd::NotRead),
            Err(mpsc::error::SendTimeoutError::Closed(_)) => Err(WatchEnd::Left),
        }
    }
}
