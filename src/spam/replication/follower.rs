//! Applies the model log to this replica's model, in order, and publishes it.
//!
//! The follower owns a model that nobody else sees; scores read the published copy. Where the log does not go on, a
//! snapshot is loaded; where that leads to the same place, the gap is crossed, counted and visible: learning goes on, and
//! the next snapshot brings all replicas together again.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep, sleep_until};

use super::{
    Published, Shared,
    apply::{Applied, apply},
    snapshots::{self, Start},
};
use crate::{
    comment::event::Cursor,
    spam::model::Model,
    store::{
        error::StoreError,
        model_log::{LogEntry, LogFrom, LogPage},
    },
};

/// Entries in one read and one slice of work.
const BATCH: usize = 500;
/// Marks to compare with a snapshot to come.
const MOST_UNCONFIRMED: usize = 64;
/// Before the next try after an error.
const PAUSE: Duration = Duration::from_millis(200);

pub(super) struct Follower {
    shared: Arc<Shared>,
    /// `None` until the first load, and after a slice of work that failed.
    model: Option<Model>,
    position: Cursor,
    from: LogFrom,
    /// The furthest place where the log did not go on, until it went on behind it.
    broken_at: Option<u64>,
    /// The published model is not the newest.
    changed: bool,
    published_at: Instant,
    /// The last marks that no snapshot has confirmed yet, oldest first: where much is decided, the next mark comes before
    /// the snapshot of the one before it is looked at.
    unconfirmed: VecDeque<(Cursor, [u8; 32])>,
    /// When it was asked for a snapshot at one of them the last time.
    asked_at: Instant,
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the model could not be worked on: {0}")]
    Work(#[from] tokio::task::JoinError),
}

impl Follower {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            model: None,
            position: Cursor::START,
            from: LogFrom::Start,
            broken_at: None,
            changed: false,
            published_at: Instant::now(),
            unconfirmed: VecDeque::new(),
            asked_at: Instant::now(),
        }
    }

    /// For as long as it is polled.
    pub(super) async fn follow(mut self) {
        let mut waiter = self.shared.wakeups.model_waiter();
        let mut told = false;
        loop {
            match self.catch_up().await {
                Ok(()) => told = false,
                Err(error) => {
                    // Redis that is away is told elsewhere, and once is enough.
                    if !std::mem::replace(&mut told, true) {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "model.not_followed"
                        );
                    }
                    sleep(PAUSE).await;
                    continue;
                }
            }
            let publish_at = self.published_at + self.shared.settings.publish_every;
            tokio::select! {
                () = waiter.wait() => {}
                () = sleep_until(publish_at), if self.changed => {}
                () = sleep(self.shared.settings.poll) => {}
            }
            // By its own time: where much is decided, the log is never quiet for so long.
            if self.asked_at.elapsed() >= self.shared.settings.poll {
                self.asked_at = Instant::now();
                if let Err(error) = self.confirm().await {
                    tracing::debug!(
                        error = &error as &dyn std::error::Error,
                        "model.not_confirmed"
                    );
                }
            }
        }
    }

    /// Up to the log's end.
    async fn catch_up(&mut self) -> Result<(), Failed> {
        if self.model.is_none() {
            self.load().await?;
        }
        loop {
            let page = self.shared.store.read_model_log(self.from, BATCH).await?;
            let at_end = match page {
                LogPage::Broken => {
                    self.mend().await?;
                    continue;
                }
                LogPage::Entries(entries) => {
                    let at_end = entries.len() < BATCH;
                    self.learn(entries).await?;
                    at_end
                }
            };
            let due = self.published_at.elapsed() >= self.shared.settings.publish_every;
            let first = at_end && !*self.shared.caught_up.borrow();
            if self.changed && (due || first) {
                self.publish().await?;
            }
            if first {
                let (position, lessons) = (self.position.to_string(), self.lessons());
                tracing::info!(%position, lessons, "model.caught_up");
                self.shared.caught_up.send_replace(true);
            }
            if at_end {
                return Ok(());
            }
        }
    }

    fn lessons(&self) -> u64 {
        self.model.as_ref().map_or(0, Model::lessons)
    }

    async fn load(&mut self) -> Result<(), Failed> {
        let start = snapshots::load(&self.shared).await?;
        let start = start.unwrap_or_else(|| Start::prior(&self.shared));
        self.start_at(start);
        Ok(())
    }

    fn start_at(&mut self, Start { model, position }: Start) {
        self.model = Some(model);
        self.position = position;
        self.from = match position {
            Cursor::START => LogFrom::Start,
            position => LogFrom::After(position),
        };
        self.changed = true;
        self.unconfirmed.clear();
    }

    /// The log does not go on from here: a snapshot does, or else what is missing is missing for good.
    async fn mend(&mut self) -> Result<(), Failed> {
        let here = self.position.sequence();
        let position = self.position.to_string();
        // Up to the furthest: a second gap must not lead back to the first one for good.
        if self.broken_at.is_some_and(|furthest| here <= furthest) {
            tracing::error!(%position, "model.log_gap_crossed");
            self.shared.counters.gaps.one();
            self.from = LogFrom::Past(here);
            return Ok(());
        }
        self.broken_at = Some(here);
        tracing::warn!(%position, "model.log_broken");
        self.shared.counters.reloads.one();
        self.load().await
    }

    async fn learn(&mut self, entries: Vec<LogEntry>) -> Result<(), Failed> {
        let Some(position) = entries.last().map(|entry| entry.position) else {
            return Ok(());
        };
        let Some(model) = self.model.take() else {
            return Ok(());
        };
        let want_snapshot = self.shared.trains();
        let work = move || apply(model, &entries, want_snapshot);
        let Applied {
            model,
            mark,
            corrupt,
        } = tokio::task::spawn_blocking(work).await?;
        self.model = Some(model);
        self.position = position;
        self.from = LogFrom::After(position);
        let sequence = position.sequence();
        self.broken_at = self.broken_at.filter(|furthest| sequence <= *furthest);
        // A mark's position is published too.
        self.changed = true;
        for position in corrupt {
            let position = position.to_string();
            tracing::error!(%position, "model.entry_corrupt");
            self.shared.counters.entries_corrupt.one();
        }
        if let Some(mark) = mark {
            if self.unconfirmed.len() == MOST_UNCONFIRMED {
                self.unconfirmed.pop_front();
            }
            self.unconfirmed.push_back((mark.position, mark.digest));
            if mark.snapshot.is_some() {
                self.shared.at_mark.send_replace(Some(Arc::new(mark)));
            }
        }
        Ok(())
    }

    async fn publish(&mut self) -> Result<(), Failed> {
        let Some(model) = self.model.take() else {
            return Ok(());
        };
        let copying = tokio::task::spawn_blocking(move || (model.clone(), model));
        let (copy, model) = copying.await?;
        self.model = Some(model);
        self.shared.live.publish(copy);
        let model = Arc::clone(&self.shared.live.load());
        let published = Published::new(model, self.position);
        self.shared.published.send_replace(published);
        self.changed = false;
        self.published_at = Instant::now();
        Ok(())
    }

    /// Compares this replica's model with the newest snapshot, where it was at the same mark.
    async fn confirm(&mut self) -> Result<(), Failed> {
        if self.unconfirmed.is_empty() {
            return Ok(());
        }
        let state = self.shared.store.log_state().await?;
        let (Some(place), Some(digest)) = (state.snapshot, state.digest) else {
            return Ok(());
        };
        let own = self.unconfirmed.iter().find(|(mark, _)| *mark == place);
        let diverged = own.is_some_and(|(_, own_digest)| *own_digest != digest);
        self.unconfirmed
            .retain(|(mark, _)| mark.sequence() > place.sequence());
        if diverged {
            let position = place.to_string();
            tracing::error!(%position, "model.diverged");
            self.shared.counters.diverged.one();
            // Without a usable one, what this replica has learnt is better than nothing.
            if let Some(start) = snapshots::load(&self.shared).await? {
                self.start_at(start);
            }
        }
        Ok(())
    }
}
