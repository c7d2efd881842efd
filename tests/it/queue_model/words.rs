//! What the model and the real thing both speak of: comments by number, what is done, and what is answered.

use replydesk::comment::{
    audit::AuditAction,
    lane::Lane,
    state::{CommentState, Outcome, Verdict, Word},
};

use super::{
    due::{Due, Moment},
    reports::Reports,
    revisions::{Earlier, Revision},
    standings::Stand,
};

/// A token that nobody has.
pub const ANOTHER: u64 = u64::MAX;

/// Where a lease or a cool-down stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    Running,
    /// It has run out, and nobody has noticed yet.
    Over,
    /// Redis's clock jumped back: it ends later than any lease may.
    TooFar,
}

/// Where a comment is, as the queue sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Nowhere,
    Waiting,
    Leased { token: u64, holder: u8, time: Time },
    Cooling { time: Time },
}

/// A word on a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub version: u32,
    pub word: Word,
    pub moderator: u8,
}

/// What was done to a comment, and how it stood before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    pub kind: DeedKind,
    /// The version that it made, or was done at.
    pub made: u32,
    pub in_force: bool,
    pub by: u8,
    pub state_before: CommentState,
    pub lane_before: Option<Lane>,
    pub due_before: Option<Due>,
    /// The bulk operation that it was part of.
    pub operation: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeedKind {
    Said(Word),
    Undone,
    Appealed,
    Retracted,
    Revised,
}

#[derive(Debug, Clone)]
pub struct Comment {
    /// Over gRPC, and judged by policy.
    pub handed_in: bool,
    pub author: Option<u8>,
    pub thread: u8,
    pub submitted: Moment,
    pub state: CommentState,
    pub version: u32,
    pub lane: Option<Lane>,
    /// Where it is in a lane.
    pub due: Option<Due>,
    pub place: Place,
    pub deeds: Vec<Deed>,
    pub reports: Reports,
    /// Which of its author's texts it says now.
    pub text: u8,
    /// The newest first.
    pub earlier: Vec<Earlier>,
}

/// One state change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    pub comment: usize,
    pub state: CommentState,
    pub version: u32,
    pub told: Told,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Submitted,
    /// By whom, and what held before.
    Decided(Verdict, u8, Option<Verdict>),
    /// By whom, and what holds again.
    Undone(Verdict, u8, Option<Verdict>),
    Retracted,
    Revised,
}

/// Who did what no moderator did.
pub const BLOG: u8 = 255;

/// A bulk decision on named comments, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    pub comments: Vec<usize>,
    pub verdict: Verdict,
    pub moderator: u8,
    /// Decided, already decided, held by another, reserved, gone.
    pub counts: [u32; 5],
    /// Each comment that was decided, and the version that was made.
    pub changes: Vec<(usize, u32)>,
    /// Undone, changed since, reserved, gone.
    pub undone: Option<[u32; 4]>,
}

/// One entry of the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audited {
    pub action: AuditAction,
    pub by: u8,
    pub comment: usize,
    pub before: CommentState,
    pub after: CommentState,
    /// The version and the event's sequence, where there is an event.
    pub event: Option<(u32, u64)>,
}

/// What an operation answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Nothing,
    Admitted,
    HandedIn(CommentState),
    Known(CommentState, u32),
    IdReused,
    Claimed(Vec<(usize, u64)>),
    Held(bool),
    Decided {
        state: CommentState,
        version: u32,
        replayed: bool,
    },
    Undone {
        state: CommentState,
        version: u32,
        word: Word,
        replayed: bool,
    },
    NoDecision,
    /// For a senior moderator.
    Escalated,
    /// An appeal is for another than the one who decided.
    SameModerator,
    /// Withdrawn by its author: the version that this made, and whether it was so before.
    Withdrawn(u32, bool),
    /// Nothing is decided on what its author withdrew.
    Retracted,
    /// The version that is appealed against, and whether it was before.
    Appealed(u32, bool),
    Reported {
        queued: bool,
        replayed: bool,
    },
    LimitExceeded,
    /// How many pending comments it decided on.
    Stands {
        changed: bool,
        dealt_with: u32,
    },
    /// The comment's author is not known.
    NoSuchSubject,
    Revised {
        state: CommentState,
        version: u32,
        replayed: bool,
    },
    /// Why not.
    NotAppealable(&'static str),
    Bulk([u32; 5]),
    BulkUndone([u32; 4]),
    OperationUndone,
    NotFound,
    Stale(CommentState, u32),
    LeasedByAnother,
    /// The items that came down, in order.
    Visited(Vec<usize>),
}

impl Reply {
    /// Whether something was done now that a repetition would only be told of.
    pub fn is_new(&self) -> bool {
        matches!(
            self,
            Self::Decided {
                replayed: false,
                ..
            } | Self::Undone {
                replayed: false,
                ..
            } | Self::Reported {
                replayed: false,
                ..
            } | Self::Revised {
                replayed: false,
                ..
            }
        )
    }
}

/// A verdict as it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    pub comment: usize,
    pub said: Said,
    pub token: Option<u64>,
    pub override_lease: bool,
}

/// What a moderator does with the first item at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Decide(Verdict),
    Skip,
}

/// A submission.
#[derive(Debug, Clone, Copy)]
pub struct NewComment {
    pub outcome: Outcome,
    /// Hours from arrival to due time; `None`: not queued on arrival.
    pub due_in: Option<u8>,
    pub author: Option<u8>,
    pub thread: u8,
}

/// A moderator opens a stream, does one thing after the other, and leaves, or the replica stops.
#[derive(Debug, Clone)]
pub struct Visit {
    pub moderator: u8,
    pub prefetch: usize,
    pub acts: Vec<Act>,
    pub stop: bool,
}

/// An operation as it is sent.
#[derive(Debug, Clone)]
pub enum Sent {
    Nothing,
    Submit(NewComment),
    /// By whom, below which article.
    HandIn(Option<u8>, u8),
    Check,
    /// Whether with the same content.
    SubmitAgain(usize, bool),
    Claim(u8, Vec<u64>),
    Renew((usize, u64)),
    /// Whether to rest for a while.
    Release((usize, u64), bool),
    Pass(usize, Time),
    Decide(Ruling),
    Undo(Undo),
    Retract(usize),
    /// Of the comment at this version.
    Appeal(usize, u32),
    /// By which reader.
    Report(usize, u8),
    Revise(Revision),
    Stand(Stand),
    /// The operation of this number, for the first time or again.
    Bulk(usize),
    UndoBulk(usize, u8),
    Visit(Visit),
}

/// An undoing as it was sent: of the decision that made this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undo {
    pub comment: usize,
    pub version: u32,
    pub moderator: u8,
}
