//! The trainer's work while it holds the lease: source after source, a stretch of each in turn, so that a long import
//! keeps no decision waiting.

use std::{collections::BTreeSet, convert::Infallible, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, sleep, sleep_until},
};

use super::{
    Shared,
    apply::AtMark,
    places::{Place, Places},
    snapshots,
    sources::{self, Batch, SourceError},
};
use crate::{
    comment::{ids::SiteId, lease::LeaseToken},
    store::{
        error::StoreError,
        model_log::{Appended, LessonSource, NewLessons},
        model_snapshot::Keeping,
        trainer_lease::TrainerLease,
        wakeups::Heard,
    },
};

/// Between two rounds: what is decided meanwhile is read at once.
const GATHER: Duration = Duration::from_millis(15);
/// Sites that one slow poll looks at.
const SITES: usize = 500;
/// How often snapshots are seen to while there is much to teach.
const TEND_EVERY: Duration = Duration::from_millis(500);
/// A mark whose model did not come within this is given up.
const MARK_PATIENCE: Duration = Duration::from_secs(30);

/// Why a tenure ended.
#[derive(Debug)]
pub(super) enum TenureEnd {
    LeaseLost,
    /// A write whose reply was lost had been carried out.
    CursorMoved,
    Store(StoreError),
}

impl From<StoreError> for TenureEnd {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

pub(super) struct Tenure<'a> {
    shared: &'a Shared,
    token: LeaseToken,
    renewed: Instant,
    places: Places,
    /// Sites that the slow poll has still to look at in this round.
    to_look_at: Vec<SiteId>,
    /// When the mark was appended that a snapshot is awaited for.
    marked: Option<Instant>,
    /// When snapshots were seen to the last time.
    tended: Instant,
    at_mark: watch::Receiver<Option<Arc<AtMark>>>,
}

impl<'a> Tenure<'a> {
    pub(super) fn new(shared: &'a Shared, token: LeaseToken) -> Self {
        Self {
            shared,
            token,
            renewed: Instant::now(),
            places: Places::default(),
            to_look_at: Vec::new(),
            marked: None,
            tended: Instant::now(),
            at_mark: shared.at_mark.subscribe(),
        }
    }

    /// Until the lease is lost, or Redis.
    pub(super) async fn serve(mut self) -> TenureEnd {
        match self.work().await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn work(&mut self) -> Result<Infallible, TenureEnd> {
        let waiter = self.shared.wakeups.decision_waiter();
        self.places = Places::read(&self.shared.store).await?;
        self.forget_taught().await?;
        let mut poll = interval(self.shared.settings.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut due = BTreeSet::new();
        loop {
            while !due.is_empty() {
                due = self.round(due).await?;
            }
            self.keep_lease().await?;
            let renew_at = self.renewed + self.shared.settings.lease / 3;
            tokio::select! {
                // The loop keeps the lease.
                () = sleep_until(renew_at) => {}
                heard = waiter.wait() => {
                    sleep(GATHER).await;
                    match heard {
                        Heard::Sites(sites) => due.extend(sites.into_iter().map(LessonSource::Decisions)),
                        Heard::All => due.extend(self.look_at_all().await?),
                    }
                }
                _ = poll.tick() => {
                    due.extend(self.look_at_some().await?);
                    self.tend_snapshots().await?;
                }
                _ = self.at_mark.changed() => self.tend_snapshots().await?,
            }
        }
    }

    /// A trainer that dies between an append and what follows leaves lessons behind, and hashes of words must not stay.
    async fn forget_taught(&mut self) -> Result<(), TenureEnd> {
        for places in self.places.imported().chunks(SITES) {
            self.shared.store.forget_taught_lessons(places).await?;
            self.keep_lease().await?;
        }
        Ok(())
    }

    /// One stretch of each source; those that have more are due again.
    async fn round(
        &mut self,
        due: BTreeSet<LessonSource>,
    ) -> Result<BTreeSet<LessonSource>, TenureEnd> {
        let mut again = BTreeSet::new();
        for source in due {
            let Some(place) = self.places.of(&source) else {
                continue;
            };
            self.keep_lease().await?;
            match sources::read(self.shared, &source, place.at).await {
                Ok(batch) => {
                    let more = batch.more;
                    self.teach(&source, place, batch).await?;
                    if more {
                        again.insert(source);
                    }
                }
                Err(SourceError::Store(error)) if error.is_transient() => return Err(error.into()),
                Err(error) if error.is_transient() => {}
                Err(error) => {
                    tracing::error!(
                        ?source,
                        error = &error as &dyn std::error::Error,
                        "model.source_unreadable"
                    );
                    self.places.is_unreadable(source);
                }
            }
        }
        // While there is much to teach, the loop does not come back to where it would hear of a mark or the slow poll.
        if self.at_mark.has_changed().unwrap_or(false) || self.tended.elapsed() > TEND_EVERY {
            self.tend_snapshots().await?;
        }
        Ok(again)
    }

    async fn teach(
        &mut self,
        source: &LessonSource,
        place: Place,
        batch: Batch,
    ) -> Result<(), TenureEnd> {
        let Some(to) = batch.to else { return Ok(()) };
        if batch.lessons.is_empty() && place.may_wait(to) {
            self.places.passed(source, to);
            return Ok(());
        }
        let new = NewLessons {
            token: self.token,
            source,
            from: place.written,
            to,
            lessons: &batch.lessons,
        };
        match self.shared.store.append_lessons(&new).await? {
            Appended::Done(_) => {}
            Appended::LeaseLost => return Err(TenureEnd::LeaseLost),
            Appended::CursorMoved => return Err(TenureEnd::CursorMoved),
        }
        let lessons = u64::try_from(batch.lessons.len()).unwrap_or(u64::MAX);
        self.shared.counters.appended.add(lessons);
        self.places.written(source, Some(to));
        sources::settle(self.shared, source, to).await?;
        Ok(())
    }

    async fn keep_lease(&mut self) -> Result<(), TenureEnd> {
        let lease = self.shared.settings.lease;
        if self.renewed.elapsed() < lease / 3 {
            return Ok(());
        }
        let store = &self.shared.store;
        match store.take_trainer_lease(self.token, lease).await? {
            TrainerLease::Mine => {
                self.renewed = Instant::now();
                Ok(())
            }
            TrainerLease::AnothersFor(_) => Err(TenureEnd::LeaseLost),
        }
    }

    /// All sources that have something.
    async fn look_at_all(&mut self) -> Result<Vec<LessonSource>, TenureEnd> {
        self.to_look_at = self.shared.store.site_names().await?;
        let mut due = Vec::new();
        while !self.to_look_at.is_empty() {
            due.append(&mut self.look_at_some().await?);
            self.keep_lease().await?;
        }
        Ok(due)
    }

    /// Those of the next few sites that have something: what covers lost wake-ups.
    async fn look_at_some(&mut self) -> Result<Vec<LessonSource>, TenureEnd> {
        if self.to_look_at.is_empty() {
            self.to_look_at = self.shared.store.site_names().await?;
        }
        let rest = self.to_look_at.len().saturating_sub(SITES);
        let sites = self.to_look_at.split_off(rest);
        let heads = self.shared.store.source_heads(&sites).await?;
        let mut due = Vec::new();
        for (site, heads) in sites.into_iter().zip(heads) {
            for (source, head) in [
                (LessonSource::Decisions(site.clone()), heads.events),
                (LessonSource::Import(site), heads.imported),
            ] {
                if self.places.is_behind(&source, head) {
                    due.push(source);
                }
            }
        }
        Ok(due)
    }

    /// Keeps the snapshot that was asked for, asks for one that is due, and trims the log behind the one before it.
    async fn tend_snapshots(&mut self) -> Result<(), TenureEnd> {
        self.tended = Instant::now();
        let shared = self.shared;
        let ready = self.at_mark.borrow_and_update().clone();
        if let Some(mark) = ready.filter(|mark| mark.snapshot.is_some()) {
            // Some megabytes, which nobody needs any more.
            shared.at_mark.send_if_modified(|held| {
                *held = None;
                false
            });
            match snapshots::keep(shared, self.token, &mark).await? {
                Keeping::LeaseLost => return Err(TenureEnd::LeaseLost),
                Keeping::Kept => self.marked = None,
                // Not the one that is awaited.
                Keeping::Outdated => {}
            }
        }
        let state = shared.store.log_state().await?;
        let waits = self
            .marked
            .is_some_and(|since| since.elapsed() < MARK_PATIENCE);
        if !waits && snapshots::is_due(&shared.settings, &state) {
            match shared.store.append_mark(self.token).await? {
                Appended::Done(_) => self.marked = Some(Instant::now()),
                Appended::LeaseLost => return Err(TenureEnd::LeaseLost),
                Appended::CursorMoved => return Err(TenureEnd::CursorMoved),
            }
        }
        while snapshots::trim(shared, &state).await? {
            self.keep_lease().await?;
        }
        Ok(())
    }
}
