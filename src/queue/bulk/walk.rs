//! A walk through a bulk operation's comments, and the pace of it.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use tokio::{sync::mpsc, time::sleep};
use tokio_util::sync::CancellationToken;

use super::Step;
use crate::{
    comment::{bulk::Target, ids::SiteId},
    store::{connection::Store, error::StoreError, selection::Picked},
};

/// Comments in one read.
const PAGE: usize = 500;
/// How often a caller hears how far it is.
const TELL_EVERY: Duration = Duration::from_millis(200);
/// How much longer than a batch took the next one waits. Submissions that come meanwhile wait for one batch at most, and
/// find Redis free four fifths of the time.
const REST: u32 = 4;

/// Comments that are still to be dealt with.
pub(super) struct Walk<'a> {
    pub(super) store: &'a Store,
    pub(super) site: &'a SiteId,
    pub(super) target: &'a Target,
    place: Vec<u8>,
    ahead: VecDeque<Picked>,
    ended: bool,
}

impl<'a> Walk<'a> {
    /// Behind a place.
    pub(super) fn new(
        store: &'a Store,
        site: &'a SiteId,
        target: &'a Target,
        place: &[u8],
    ) -> Self {
        Self {
            store,
            site,
            target,
            place: place.to_vec(),
            ahead: VecDeque::new(),
            ended: false,
        }
    }

    /// Goes on behind another place.
    pub(super) fn jump(&mut self, place: &[u8]) {
        place.clone_into(&mut self.place);
        self.ahead.clear();
        self.ended = false;
    }

    /// The next ones; none at the end.
    pub(super) async fn next(&mut self, count: usize) -> Result<Vec<Picked>, StoreError> {
        while self.ahead.is_empty() && !self.ended {
            let picks = self.store.pick(self.site, self.target, &self.place, PAGE);
            let picks = picks.await?;
            self.ahead.extend(picks.picked);
            match picks.next {
                Some(next) => self.place = next,
                None => self.ended = true,
            }
        }
        let count = count.min(self.ahead.len());
        Ok(self.ahead.drain(..count).collect())
    }
}

/// What a run tells, and when it pauses and ends.
pub(super) struct Pace {
    pub(super) steps: mpsc::Sender<Step>,
    pub(super) stop: CancellationToken,
    told: Instant,
}

/// Why a run ends before its work does.
pub(super) enum Early {
    /// The caller left.
    Left,
    /// The service shuts down.
    Stopped,
}

impl Pace {
    pub(super) fn new(steps: mpsc::Sender<Step>, stop: CancellationToken) -> Self {
        Self {
            steps,
            stop,
            told: Instant::now(),
        }
    }

    /// Whether to end.
    pub(super) fn early(&self) -> Option<Early> {
        if self.stop.is_cancelled() {
            Some(Early::Stopped)
        } else if self.steps.is_closed() {
            Some(Early::Left)
        } else {
            None
        }
    }

    /// Tells how far it is, now and then. Who does not read misses it, and holds nothing up.
    pub(super) fn tell(&mut self, step: impl FnOnce() -> Step) {
        if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            let _ = self.steps.try_send(step());
        }
    }

    /// Leaves Redis to others after a batch that began then.
    pub(super) async fn rest(&self, began: Instant) {
        tokio::select! {
            () = sleep(began.elapsed() * REST) => {}
            () = self.stop.cancelled() => {}
            () = self.steps.closed() => {}
        }
    }

    /// Tells how it ended.
    pub(super) async fn end(self, step: Step) {
        // Who left does not hear it.
        let _ = self.steps.send(step).await;
    }
}
