//! Many comments decided at once, in batches that leave Redis to others in between, and undone at once.
//!
//! An operation is run by the replica that was called, while its caller listens. What it has done is in Redis: the same
//! call again, at any replica, goes on where it was, and tells the same result once it is done.

mod deciding;
mod preview;
mod undoing;
mod walk;

use std::{sync::Arc, time::Duration};

use crate::{
    comment::{
        bulk::{Operation, Tally},
        ids::{CommentId, OperationId, ThreadId, WaveId},
        lane::Lane,
        rejection::ReasonCodeText,
        state::Verdict,
        stored::StoredComment,
    },
    metrics::reviews::Reviews,
    queue::ruling::Note,
    store::{confirmation::Confirmation, connection::Store, error::StoreError},
};
pub use deciding::BulkRun;
pub use preview::PreviewRun;
pub use undoing::UndoRun;

/// How much bulk operations may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkSettings {
    /// How long a decision can be undone.
    pub undo_window: Duration,
    /// The longest that a lease or a cool-down can live.
    pub longest_rest: Duration,
    /// Whether it is counted who decided how much.
    pub by_moderator: bool,
    /// The most comments that one operation looks at.
    pub most: u32,
}

/// The most comments that one operation looks at: as many as a wave has.
pub const MOST_COMMENTS: u32 = 100_000;
/// The most comments that can be named one by one.
pub const MOST_IDS: usize = 1_000;
/// How long an operation is remembered after it can't be undone any more.
const KEEP: Duration = Duration::from_secs(30 * 24 * 3600);

/// Bulk operations. Cheap to clone.
#[derive(Clone)]
pub struct Bulk {
    store: Store,
    confirmation: Confirmation,
    settings: BulkSettings,
    reviews: Arc<Reviews>,
}

/// Which comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// These; at most [`MOST_IDS`].
    Ids(Arc<[CommentId]>),
    /// Those of a wave.
    Wave(WaveId),
    /// What waits of the author of this comment.
    AuthorOf(CommentId),
    /// What waits in a lane.
    Lane(Lane),
}

impl Selector {
    /// In words, for the audit log: `wave 4711`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Ids(ids) => format!("{} named comments", ids.len()),
            Self::Wave(wave) => format!("wave {wave}"),
            Self::AuthorOf(comment) => format!("author of {comment}"),
            Self::Lane(lane) => format!("lane {lane}"),
        }
    }
}

/// What somebody wants decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkOrder {
    /// The operation's name; for a preview any.
    pub operation: OperationId,
    /// Which comments.
    pub selector: Selector,
    /// Of them only what stands below this article.
    pub thread: Option<ThreadId>,
    /// What is said.
    pub verdict: Verdict,
    /// The site's own code for a rejection; may be empty.
    pub reason_code: ReasonCodeText,
    /// For other moderators; may be empty.
    pub note: Note,
}

impl BulkOrder {
    /// In words, for the audit log: `wave 4711, thread tram`.
    fn words(&self) -> String {
        let selector = self.selector.words();
        match &self.thread {
            Some(thread) => format!("{selector}, thread {}", thread.as_str()),
            None => selector,
        }
    }
}

/// What a bulk decision would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// What would become of the comments.
    pub tally: Tally,
    /// How many would be left, since one operation may look at no more.
    pub left: u64,
    /// The first of those that would be decided, at most ten.
    pub examples: Vec<StoredComment>,
}

/// What a caller hears of a running operation.
#[derive(Debug)]
pub enum Step {
    /// How far it is, and how many it has to look at, about.
    Progress(Box<Operation>, u64),
    /// How far a preview is.
    Looked(Tally, u64),
    /// It is done.
    Done {
        /// As it stands.
        operation: Box<Operation>,
        /// It had been done before.
        replayed: bool,
    },
    /// What it would do.
    Preview(Box<Preview>),
    /// It can't go on.
    Failed(BulkRefusal),
    /// The service shuts down; whoever calls again goes on.
    Stopped,
}

/// Why a bulk operation is not carried out, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum BulkRefusal {
    /// Another request was begun under this name.
    #[error("this operation_id names another request; make a new UUID for each bulk decision")]
    Reused,
    /// It was undone, or somebody is about to.
    #[error("this operation was undone; make a new UUID to decide again")]
    Undone,
    /// No such operation.
    #[error("no such bulk operation on this site")]
    NotFound,
    /// It is too old.
    #[error("the bulk decision is too old to be undone; decide anew")]
    TooLate,
    /// No such wave.
    #[error("no such wave on this site; it is forgotten 24 h after its last comment")]
    NoWave,
    /// No such comment, whose author was meant.
    #[error("no such comment on this site")]
    NoComment,
    /// That comment has no author to be known by.
    #[error("this comment's author has neither account nor e-mail address to be known by")]
    NoAuthor,
    /// The site's policy does not have this reason.
    #[error("the site's policy does not have this reason_code")]
    UnknownReason {
        /// Those that it has.
        codes: String,
    },
    /// The store failed. The same call again goes on.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BulkRefusal {
    /// Whether it is because what was to be decided is not there.
    fn is_of_target(&self) -> bool {
        match self {
            Self::NoWave | Self::NoComment | Self::NoAuthor => true,
            Self::Reused
            | Self::Undone
            | Self::NotFound
            | Self::TooLate
            | Self::UnknownReason { .. }
            | Self::Store(_) => false,
        }
    }
}

impl Bulk {
    /// Bulk operations on a store; what they decide is counted.
    #[must_use]
    pub fn new(
        store: Store,
        confirmation: Confirmation,
        settings: BulkSettings,
        reviews: Arc<Reviews>,
    ) -> Self {
        Self {
            store,
            confirmation,
            settings,
            reviews,
        }
    }

    fn keep(&self) -> Duration {
        self.settings.undo_window + KEEP
    }
}
