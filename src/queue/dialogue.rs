//! What a moderator and the service say to each other in a session.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    access::caller::Caller,
    comment::{
        ids::{CommentId, SiteId},
        lanes::{Lanes, Within},
        lease::{ItemContext, LeaseToken, LeasedItem},
        state::{CommentState, Version},
        violation::Violations,
    },
    feed::changes::Changes,
    queue::{
        noting::NoteRefusal,
        ruling::{DecideRefusal, Decision, Note, Ruling},
    },
    store::{error::StoreError, queue_counts::QueueCounts},
};

/// Which of a session's sites, by its place in the plan.
pub type SiteNumber = usize;

/// What a moderator says.
#[derive(Debug)]
pub enum Move {
    /// Something that is answered under the moderator's own number.
    Ask(u64, Ask),
    /// A sign of life.
    Ping,
    /// What can't be read at all; nothing after it can be.
    Unreadable,
}

/// What a moderator asks for.
#[derive(Debug)]
pub enum Ask {
    /// A verdict on an item, under the lease's token.
    Decide(SiteNumber, Ruling, LeaseToken),
    /// An item back, to rest for a while.
    Skip {
        /// Whose item.
        site: SiteNumber,
        /// Which.
        comment: CommentId,
        /// The lease's.
        token: LeaseToken,
        /// How long; `None`: as configured.
        cool_down: Option<CoolDown>,
    },
    /// A note on a comment.
    Note(SiteNumber, CommentId, Note),
    /// No more items, and all leases back.
    Pause,
    /// Items again.
    Resume,
    /// What is shown without being held, in place of what was named before.
    Watch(Vec<Seen>),
    /// Something that can't be carried out.
    Invalid(Violations),
}

/// A comment that a moderator sees without holding it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Whose.
    pub site: SiteNumber,
    /// Which.
    pub comment: CommentId,
    /// At which version.
    pub version: Version,
}

/// How long a skipped item rests: 1 second to 1 hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoolDown(Duration);

impl CoolDown {
    /// The longest.
    pub const LONGEST: Duration = Duration::from_secs(3_600);

    /// `None` outside 1 second to 1 hour.
    #[must_use]
    pub fn new(length: Duration) -> Option<Self> {
        (Duration::from_secs(1)..=Self::LONGEST)
            .contains(&length)
            .then_some(Self(length))
    }

    /// As a length of time.
    #[must_use]
    pub fn get(self) -> Duration {
        self.0
    }
}

/// What a moderator is told.
#[derive(Debug)]
pub enum Delivery {
    /// An item to decide.
    Item(SiteNumber, Box<LeasedItem>, ItemContext),
    /// What became of something that was asked.
    Answer(u64, Result<Answer, Refusal>),
    /// An item is not the moderator's any more, or what is seen has changed.
    Withdrawn(Withdrawn),
    /// How the queues stand, in the plan's order; without those that can't be read now.
    Heartbeat(Vec<SiteQueue>),
}

/// What was done.
#[derive(Debug)]
pub enum Answer {
    /// A verdict was carried out.
    Decided(Decision),
    /// An item rests.
    Skipped,
    /// A note was taken.
    Noted,
    /// Everything went back, and no item comes.
    Paused,
    /// Items come.
    Resumed,
    /// Changes are told.
    Watched,
}

/// Why something was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It can't be carried out as it was said.
    #[error("{0}")]
    Invalid(Violations),
    /// The verdict was refused.
    #[error(transparent)]
    Decide(#[from] DecideRefusal),
    /// The note was refused.
    #[error(transparent)]
    Note(#[from] NoteRefusal),
    /// The verdict names a lease that was never this client's.
    #[error("this client does not hold the item under this lease token")]
    NotHeld,
    /// The item was not held any more.
    #[error("the item's lease is over")]
    LeaseLost,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An item that is not the moderator's any more, or that has changed under the moderator's eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    /// Whose.
    pub site: SiteNumber,
    /// Which.
    pub comment: CommentId,
    /// The lease that is over; `None` for what was only seen.
    pub token: Option<LeaseToken>,
    /// Why.
    pub reason: WithdrawalReason,
    /// How the comment stands, where it is known to have changed.
    pub now: Option<(CommentState, Version)>,
}

/// Why an item was withdrawn. The numbers are those of the proto enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum WithdrawalReason {
    /// The lease ran out or was ended; the comment is as it was.
    LeaseOver = 1,
    /// Somebody else decided.
    DecidedByAnother = 2,
    /// The comment was changed, by its author or by an undo.
    Changed = 3,
    /// Its author withdrew it, or it is gone.
    Retracted = 4,
    /// It was held for as long as an item can be.
    HeldTooLong = 5,
}

/// How a site's queue stands.
#[derive(Debug)]
pub struct SiteQueue {
    /// Whose.
    pub site: SiteNumber,
    /// In numbers.
    pub counts: QueueCounts,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEnd {
    /// The client left.
    Left,
    /// The service shuts down.
    Shutdown,
    /// The stream has reached its age.
    Age,
    /// Items were held, and no sign of life came within the lease's time.
    NoSignOfLife,
    /// The client does not read.
    NotRead,
    /// The client sent what can't be read.
    Unreadable,
}

/// How a session is to be run.
pub struct SessionPlan {
    /// Whose queues, each once, at least one; served in turn.
    pub sites: Arc<[SiteId]>,
    /// From where.
    pub lanes: Lanes,
    /// Of a wave or a thread alone; then there is one site.
    pub within: Option<Within>,
    /// Who works.
    pub caller: Caller,
    /// How many items to hold at once, of all sites together.
    pub prefetch: usize,
    /// What tells of others' decisions.
    pub changes: Changes,
    /// When to end for age.
    pub ends_at: Instant,
    /// When the service shuts down.
    pub shutdown: CancellationToken,
}
