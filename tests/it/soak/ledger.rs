//! What was promised to whom, as the clients know it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

use replydesk::proto::v1;

/// A decision that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    pub comment: String,
    /// The version that it made.
    pub version: u32,
    pub state: v1::CommentState,
}

/// A decision that was refused in the end: it must not have been carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub moderator: String,
    pub request: v1::DecideCommentRequest,
}

#[derive(Debug, Default)]
pub struct Book {
    /// Every comment that was ever sent.
    pub sent: BTreeSet<String>,
    /// Every comment that was acknowledged.
    pub acknowledged: BTreeSet<String>,
    pub decisions: Vec<Acknowledged>,
    pub refused: Vec<Refused>,
    /// How often an operation was repeated after a failure, by status.
    pub repeated: BTreeMap<String, u64>,
    /// Acknowledgements that said: stored before.
    pub replays: u64,
    /// Streams that broke off or ended, by status.
    pub streams_ended: BTreeMap<String, u64>,
}

/// Shared by all clients.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Book>>, Arc<AtomicUsize>);

impl Ledger {
    pub fn open(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap()
    }

    /// Of the next comment.
    pub fn next_number(&self) -> usize {
        self.1.fetch_add(1, Ordering::Relaxed)
    }

    pub fn repeated(&self, status: &tonic::Status) {
        *self
            .open()
            .repeated
            .entry(format!("{:?}", status.code()))
            .or_default() += 1;
    }

    pub fn stream_ended(&self, status: &tonic::Status) {
        *self
            .open()
            .streams_ended
            .entry(format!("{:?}", status.code()))
            .or_default() += 1;
    }
}
