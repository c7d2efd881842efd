//! The review queue: what waits for a moderator, who holds it, and what is decided.

pub mod dialogue;
pub mod filter;
pub mod listing;
pub mod overview;
pub mod priority;
pub mod ruling;
pub mod session;

use std::time::Duration;

use crate::{
    access::caller::Caller,
    comment::ids::{CommentId, KeyedHash, SiteId, ThreadId},
    store::{
        confirmation::Confirmation,
        connection::Store,
        decide::{Decided, NewDecision},
        error::StoreError,
        read::QueueCounts,
        review::Surroundings,
        wakeups::Wakeups,
    },
};
use ruling::{DecideRefusal, Decision, Ruling};

/// How long things rest in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueSettings {
    /// How long a lease lives without a sign of life.
    pub lease: Duration,
    /// How long a skipped item rests.
    pub skip_cooldown: Duration,
    /// How often an idle stream looks for items whose wake-up was lost.
    pub poll: Duration,
}

impl QueueSettings {
    /// The longest that an item can rest: what a clock that jumped back must not lengthen.
    fn longest_rest(&self) -> Duration {
        self.lease.max(self.skip_cooldown)
    }
}

/// A site's queue as the service works it. Cheap to clone.
#[derive(Clone)]
pub struct Queue {
    store: Store,
    confirmation: Confirmation,
    wakeups: Wakeups,
    settings: QueueSettings,
}

/// Where a comment stands and who wrote it: what a decision has to count.
struct Whose {
    thread: ThreadId,
    author: Option<KeyedHash>,
}

impl Queue {
    /// The queue of a store.
    #[must_use]
    pub fn new(
        store: Store,
        confirmation: Confirmation,
        wakeups: Wakeups,
        settings: QueueSettings,
    ) -> Self {
        Self {
            store,
            confirmation,
            wakeups,
            settings,
        }
    }

    /// How long a lease lives without a sign of life.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.settings.lease
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
        let comment = self
            .store
            .comment(site, ruling.comment)
            .await?
            .ok_or(DecideRefusal::NotFound)?;
        let whose = Whose {
            thread: comment.content.thread,
            author: comment.content.author,
        };
        self.decide_known(site, caller, ruling, &whose).await
    }

    async fn decide_known(
        &self,
        site: &SiteId,
        caller: &Caller,
        ruling: &Ruling,
        whose: &Whose,
    ) -> Result<Decision, DecideRefusal> {
        let new = NewDecision {
            site,
            comment: ruling.comment,
            thread: &whose.thread,
            author: whose.author,
            version: ruling.version,
            verdict: ruling.verdict,
            moderator: caller.key_id,
            label: &caller.label,
            reason_code: ruling.reason_code.as_str(),
            note: ruling.note.as_str(),
            lease: ruling.lease,
            override_lease: ruling.override_lease,
            longest_rest: self.settings.longest_rest(),
        };
        let decided = self.confirmation.of(self.store.decide(&new)).await?;
        match decided {
            Decided::Done {
                state,
                version,
                at,
                replayed,
            } => Ok(Decision {
                comment: ruling.comment,
                state,
                version,
                verdict: ruling.verdict,
                at,
                replayed,
            }),
            Decided::NotFound => Err(DecideRefusal::NotFound),
            Decided::Erased => Err(DecideRefusal::Erased),
            Decided::Stale { state, version } => Err(DecideRefusal::Stale { state, version }),
            Decided::LeasedByAnother => Err(DecideRefusal::LeasedByAnother),
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
