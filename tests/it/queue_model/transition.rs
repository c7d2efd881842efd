//! What can be done, as it is drawn.

use replydesk::comment::state::{Verdict, Word};

use super::{
    standings::Stand,
    words::{NewComment, Time, Visit},
};

/// Which comments something is done to.
#[derive(Debug, Clone, Copy)]
pub enum Among {
    /// All, and now and then one that is not there.
    All,
    /// Those that a moderator's word is in force on.
    Ruled,
    /// Those that are leased or cool down.
    Resting,
    /// Those that readers see.
    Shown,
    /// Those that most readers reported, of what is not rejected.
    MostReported,
}

/// Which version a verdict names.
#[derive(Debug, Clone, Copy)]
pub enum Seen {
    Current,
    Older,
    Newer,
}

/// Which lease a verdict names.
#[derive(Debug, Clone, Copy)]
pub enum With {
    Nothing,
    TheItems,
    Another,
}

/// Which lease is renewed or released.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    Held,
    /// Any that ever was; most are over.
    Ever,
    /// Somebody else's.
    Anothers,
}

/// What is different when a verdict is repeated.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    Nothing,
    Moderator,
    Verdict,
}

/// A verdict as it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct DrawnRuling {
    pub seen: Seen,
    pub word: Word,
    pub moderator: u8,
    pub with: With,
    pub override_lease: bool,
}

/// What is drawn. Numbers that pick something count around what is there.
#[derive(Debug, Clone)]
pub enum Transition {
    FromBlog(FromBlog),
    Claim {
        moderator: u8,
        count: u64,
    },
    /// As after a lost reply.
    ClaimAgain,
    Renew {
        pick: usize,
        which: Which,
    },
    Release {
        pick: usize,
        which: Which,
        cool: bool,
    },
    Pass {
        pick: usize,
        to: Time,
    },
    Decide {
        pick: usize,
        among: Among,
        ruling: DrawnRuling,
    },
    /// What was carried out, once more.
    DecideAgain {
        pick: usize,
        change: Change,
    },
    Undo {
        pick: usize,
        among: Among,
        seen: Seen,
        moderator: u8,
    },
    UndoAgain {
        pick: usize,
        change: Change,
    },
    /// Of another comment's author.
    Stand {
        pick: usize,
        stand: Stand,
    },
    /// As after a lost reply.
    StandAgain {
        pick: usize,
    },
    Bulk {
        picks: Vec<usize>,
        verdict: Verdict,
        moderator: u8,
    },
    /// As after a lost reply.
    BulkAgain {
        pick: usize,
    },
    UndoBulk {
        pick: usize,
        moderator: u8,
    },
    Visit(Visit),
}

/// What a blog does for its readers and authors.
#[derive(Debug, Clone)]
pub enum FromBlog {
    Submit(NewComment),
    /// Over gRPC, as policy decides.
    HandIn {
        author: Option<u8>,
        thread: u8,
    },
    /// Everything but the write.
    Check,
    SubmitAgain {
        pick: usize,
        same: bool,
    },
    Retract {
        pick: usize,
    },
    Appeal {
        pick: usize,
        among: Among,
        seen: Seen,
    },
    Report {
        pick: usize,
        among: Among,
        reader: u8,
    },
    /// As after a lost reply.
    ReportAgain {
        pick: usize,
    },
    Revise {
        pick: usize,
        among: Among,
        seen: Seen,
        text: u8,
    },
    /// As after a lost reply, or with another text.
    ReviseAgain {
        pick: usize,
        same: bool,
    },
}

/// A transition, and on which replica.
pub type Step = (u8, Transition);
