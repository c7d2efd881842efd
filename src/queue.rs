//! The review queue: what waits for a moderator, who holds it, and what is decided.

pub mod bulk;
pub mod dialogue;
pub mod filter;
pub mod listing;
pub mod noting;
pub mod overview;
pub mod priority;
pub mod redaction;
pub mod reported;
pub mod ruling;
pub mod session;
mod statement;

use std::{sync::Arc, time::Duration};

use crate::{
    access::caller::Caller,
    comment::ids::{CommentId, SiteId, WaveId},
    metrics::reviews::Reviews,
    policy::sites::Sites,
    store::{
        confirmation::Confirmation,
        connection::Store,
        decide::{Decided, NewDecision, NewUndo, Undone},
        error::StoreError,
        queue_counts::QueueCounts,
        review::Surroundings,
        wakeups::Wakeups,
    },
};
use bulk::{Bulk, BulkSettings, MOST_COMMENTS};
use ruling::{DecideRefusal, Decision, Ruling, Undo, UndoRefusal, UndoneDecision};

/// How long things rest in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueSettings {
    /// How long a lease lives without a sign of life.
    pub lease: Duration,
    /// How long a skipped item rests.
    pub skip_cooldown: Duration,
    /// How long an item can be held with signs of life.
    pub max_hold: Duration,
    /// How long a decision can be undone.
    pub undo_window: Duration,
    /// How often an idle stream looks for items whose wake-up was lost.
    pub poll: Duration,
}

/// A site's queue as the service works it. Cheap to clone.
#[derive(Clone)]
pub struct Queue {
    store: Store,
    confirmation: Confirmation,
    wakeups: Wakeups,
    sites: Arc<Sites>,
    settings: QueueSettings,
    reviews: Arc<Reviews>,
}

impl Queue {
    /// The queue of a store.
    #[must_use]
    pub fn new(
        store: Store,
        confirmation: Confirmation,
        wakeups: Wakeups,
        sites: Arc<Sites>,
        settings: QueueSettings,
        reviews: Arc<Reviews>,
    ) -> Self {
        Self {
            store,
            confirmation,
            wakeups,
            sites,
            settings,
            reviews,
        }
    }

    /// Whether somebody is in a wave; it is forgotten a day after its last comment.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn has_wave(&self, site: &SiteId, wave: WaveId) -> Result<bool, StoreError> {
        self.store.wave_exists(site, wave).await
    }

    /// How long a lease lives without a sign of life.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.settings.lease
    }

    /// Whether the site's policy wants to know who decided how much; not while its policy can't be read.
    pub(crate) async fn counts_by_moderator(&self, site: &SiteId) -> bool {
        let site = self.sites.get(site).await;
        site.is_ok_and(|site| site.policy.moderator_statistics())
    }

    /// How long an item can be held with signs of life.
    #[must_use]
    pub fn max_hold(&self) -> Duration {
        self.settings.max_hold
    }

    /// Decisions on many comments at once.
    #[must_use]
    pub async fn bulk(&self, site: &SiteId) -> Bulk {
        let settings = BulkSettings {
            by_moderator: self.counts_by_moderator(site).await,
            undo_window: self.settings.undo_window,
            longest_rest: self.settings.lease,
            most: MOST_COMMENTS,
        };
        Bulk::new(
            self.store.clone(),
            self.confirmation.clone(),
            settings,
            Arc::clone(&self.reviews),
        )
    }

    /// Carries out a verdict. Safe to repeat.
    ///
    /// # Errors
    /// As [`DecideRefusal`] says.
    pub async fn decide(
        &self,
        site: &SiteId,
        caller: &Caller,
        ruling: &Ruling,
    ) -> Result<Decision, DecideRefusal> {
        let reason_text = self.statement(site, ruling).await?;
        let new = NewDecision {
            site,
            comment: ruling.comment,
            version: ruling.version,
            word: ruling.word,
            actor: &caller.actor(),
            reason_code: ruling.reason_code.as_str(),
            reason_text: &reason_text,
            note: ruling.note.as_str(),
            lease: ruling.lease,
            override_lease: ruling.override_lease,
            senior: caller.role.is_senior(),
            by_moderator: self.counts_by_moderator(site).await,
            longest_rest: self.settings.lease,
        };
        let decided = self.confirmation.of(self.store.decide(&new)).await?;
        match decided {
            Decided::Done {
                state,
                version,
                at,
                replayed,
                waits,
            } => {
                self.reviews.decided(ruling.word, u32::from(!replayed));
                self.reviews.ended(waits);
                Ok(Decision {
                    comment: ruling.comment,
                    state,
                    version,
                    word: ruling.word,
                    at,
                    replayed,
                })
            }
            Decided::NotFound => Err(DecideRefusal::NotFound),
            Decided::Erased => Err(DecideRefusal::Erased),
            Decided::Retracted => Err(DecideRefusal::Retracted),
            Decided::Stale { state, version } => Err(DecideRefusal::Stale { state, version }),
            Decided::LeasedByAnother => Err(DecideRefusal::LeasedByAnother),
            Decided::Escalated => Err(DecideRefusal::Escalated),
            Decided::SameModerator => Err(DecideRefusal::SameModerator),
        }
    }

    /// Undoes a decision. Safe to repeat.
    ///
    /// # Errors
    /// As [`UndoRefusal`] says.
    pub async fn undo(
        &self,
        site: &SiteId,
        caller: &Caller,
        undo: &Undo,
    ) -> Result<UndoneDecision, UndoRefusal> {
        let new = NewUndo {
            site,
            comment: undo.comment,
            version: undo.version,
            actor: &caller.actor(),
            note: undo.note.as_str(),
            senior: caller.role.is_senior(),
            by_moderator: self.counts_by_moderator(site).await,
            window: self.settings.undo_window,
        };
        let undone = self.confirmation.of(self.store.undo(&new)).await?;
        match undone {
            Undone::Done {
                state,
                version,
                at,
                word,
                replayed,
            } => Ok(UndoneDecision {
                comment: undo.comment,
                state,
                version,
                word,
                at,
                replayed,
            }),
            Undone::NotFound => Err(UndoRefusal::NotFound),
            Undone::Erased => Err(UndoRefusal::Erased),
            Undone::Stale { state, version } => Err(UndoRefusal::Stale { state, version }),
            Undone::NoDecision => Err(UndoRefusal::NoDecision),
            Undone::TooLate => Err(UndoRefusal::TooLate),
            Undone::Escalated => Err(UndoRefusal::Escalated),
            Undone::SameModerator => Err(UndoRefusal::SameModerator),
        }
    }

    /// A comment and what surrounds it; `None` if there is no such comment.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn surroundings(
        &self,
        site: &SiteId,
        id: CommentId,
    ) -> Result<Option<Surroundings>, StoreError> {
        self.store.surroundings(site, id).await
    }

    /// The queue and the site in numbers.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn counts(&self, site: &SiteId) -> Result<QueueCounts, StoreError> {
        self.store.queue_counts(site).await
    }
}
