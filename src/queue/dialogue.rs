//! What a moderator and the service say to each other in a session.

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    access::caller::Caller,
    comment::{
        ids::{CommentId, SiteId},
        lease::{ItemContext, LeaseToken, LeasedItem},
        violation::Violations,
    },
    queue::ruling::{DecideRefusal, Decision, Ruling},
    store::{error::StoreError, read::QueueCounts},
};

/// What a moderator says.
#[derive(Debug)]
pub enum Move {
    /// A verdict.
    Decide(u64, Ruling),
    /// An item back, to rest for a while.
    Skip(u64, CommentId, LeaseToken),
    /// A sign of life.
    Ping,
    /// Something that can't be carried out: it is answered like the others.
    Invalid(u64, Violations),
    /// What can't be read at all; nothing after it can be.
    Unreadable,
}

/// What a moderator is told.
#[derive(Debug)]
pub enum Delivery {
    /// An item to decide.
    Item(Box<LeasedItem>, ItemContext),
    /// A verdict's answer.
    Decided(u64, Result<Decision, DecideRefusal>),
    /// A skip's answer: whether the lease was still held.
    Skipped(u64, Result<bool, StoreError>),
    /// The answer to what can't be carried out.
    Invalid(u64, Violations),
    /// The lease of an item is over without a verdict of this session.
    Withdrawn(CommentId, LeaseToken),
    /// How the queue stands.
    Heartbeat(QueueCounts),
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
    /// Whose queue.
    pub site: SiteId,
    /// Who works.
    pub caller: Caller,
    /// How many items to hold at once.
    pub prefetch: usize,
    /// When to end for age.
    pub ends_at: Instant,
    /// When the service shuts down.
    pub shutdown: CancellationToken,
}
