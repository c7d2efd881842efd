//! The review queue: what waits for a moderator, who holds it, and what is decided.

pub mod priority;
pub mod session;

use std::time::Duration;

use crate::{
    access::caller::Caller,
    comment::{
        ids::{CommentId, KeyedHash, SiteId, ThreadId},
        lease::{ItemContext, LeaseToken, QueuedItem},
        state::{CommentState, Timestamp, Verdict, Version},
    },
    store::{
        confirmation::Confirmation,
        connection::Store,
        decide::{Decided, NewDecision},
        error::StoreError,
        read::QueueCounts,
        wakeups::Wakeups,
    },
};

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

/// A moderator's word on a version of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// On which comment.
    pub comment: CommentId,
    /// The version that the moderator saw.
    pub version: Version,
    /// What was said.
    pub verdict: Verdict,
    /// The site's own code for a rejection; may be empty.
    pub reason_code: ReasonCodeText,
    /// For other moderators; may be empty.
    pub note: Note,
    /// If the moderator holds the item.
    pub lease: Option<LeaseToken>,
    /// Although another holds it.
    pub override_lease: bool,
}

/// A site's own code for a rejection: at most 64 of a-z, 0-9, - and _; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReasonCodeText(String);

impl std::str::FromStr for ReasonCodeText {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let spelt_right = text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
        if spelt_right && text.len() <= 64 {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be at most 64 of a-z, 0-9, - and _")
        }
    }
}

/// What a moderator tells other moderators: at most 1,000 bytes; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note(String);

impl std::str::FromStr for Note {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let control = |c: char| c.is_control() && c != '\n' && c != '\t';
        if text.len() > 1_000 || text.contains(control) {
            return Err("must be at most 1,000 bytes without control characters");
        }
        Ok(Self(text.to_owned()))
    }
}

/// A verdict that was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// On which comment.
    pub comment: CommentId,
    /// The state that it made.
    pub state: CommentState,
    /// The version that it made.
    pub version: Version,
    /// What was said.
    pub verdict: Verdict,
    /// When.
    pub at: Timestamp,
    /// It had been carried out before.
    pub replayed: bool,
}

/// Why a verdict was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DecideRefusal {
    /// No such comment.
    #[error("no such comment on this site")]
    NotFound,
    /// The comment was erased.
    #[error("the comment was erased")]
    Erased,
    /// The comment has changed since the moderator saw it.
    #[error("the comment has changed")]
    Stale {
        /// How it stands now.
        state: CommentState,
        /// At which version.
        version: Version,
    },
    /// Another moderator holds the item.
    #[error("another moderator holds this item")]
    LeasedByAnother,
    /// The store failed. The verdict may be carried out: the same again will tell.
    #[error(transparent)]
    Store(#[from] StoreError),
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
            reason_code: &ruling.reason_code.0,
            note: &ruling.note.0,
            lease: ruling.lease,
            override_lease: ruling.override_lease,
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

    /// A page of the queue in due order, with what a moderator wants to know.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn list(
        &self,
        site: &SiteId,
        offset: usize,
        count: usize,
    ) -> Result<Vec<(QueuedItem, ItemContext)>, StoreError> {
        let items = self.store.list_queue(site, offset, count).await?;
        let comments: Vec<_> = items.iter().map(|item| &item.comment).collect();
        let contexts = self.store.contexts(site, &comments).await?;
        Ok(items.into_iter().zip(contexts).collect())
    }

    /// The queue and the site in numbers.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn counts(&self, site: &SiteId) -> Result<QueueCounts, StoreError> {
        self.store.queue_counts(site).await
    }
}
