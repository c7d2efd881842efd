//! What the model and the real thing both speak of: comments by number, what is done, and what is answered.

use replydesk::comment::state::{CommentState, Outcome, Verdict};

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

/// A verdict on a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub version: u32,
    pub verdict: Verdict,
    pub moderator: u8,
}

#[derive(Debug, Clone, Copy)]
pub struct Comment {
    pub author: Option<u8>,
    pub thread: u8,
    /// Hours from arrival to due time; `None`: not queued.
    pub due_in: Option<u8>,
    pub state: CommentState,
    pub version: u32,
    pub last: Option<Said>,
    pub place: Place,
}

/// One state change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    pub comment: usize,
    pub state: CommentState,
    pub version: u32,
    /// `None`: submitted.
    pub decided: Option<(Verdict, u8)>,
}

/// What an operation answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Nothing,
    Admitted,
    Known(CommentState, u32),
    IdReused,
    Claimed(Vec<(usize, u64)>),
    Held(bool),
    Decided {
        state: CommentState,
        version: u32,
        replayed: bool,
    },
    NotFound,
    Stale(CommentState, u32),
    LeasedByAnother,
    /// The items that came down, in order.
    Visited(Vec<usize>),
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
    Check,
    /// Whether with the same content.
    SubmitAgain(usize, bool),
    Claim(u8, Vec<u64>),
    Renew((usize, u64)),
    /// Whether to rest for a while.
    Release((usize, u64), bool),
    Pass(usize, Time),
    Decide(Ruling),
    Visit(Visit),
}
