//! Many comments decided at once: which, what was made of them, and what later ones follow.

use std::sync::Arc;

use crate::comment::{
    ids::{CommentId, KeyedHash, OperationId, WaveId},
    lane::Lane,
    state::{Timestamp, Verdict, Version},
};

/// Which comments a bulk decision is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// These, in this order.
    Ids(Arc<[CommentId]>),
    /// Those of a wave, in the order of their arrival.
    Wave(WaveId),
    /// What waits of an author, in the order of arrival.
    Author(KeyedHash),
    /// What waits in a lane, in due order.
    Lane(Lane),
}

/// What became of the comments that a bulk decision was for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Decided (or, in a preview, would be).
    pub decided: u32,
    /// Did not wait for anybody any more.
    pub settled: u32,
    /// Another moderator holds them.
    pub held: u32,
    /// For another moderator: escalated, or an appeal against the caller's own rejection.
    pub reserved: u32,
    /// Never there, withdrawn or erased.
    pub gone: u32,
}

/// What became of a bulk decision's changes when it was undone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UndoTally {
    /// As before the decision.
    pub undone: u32,
    /// Something came after the decision.
    pub changed: u32,
    /// A senior moderator's.
    pub reserved: u32,
    /// Erased since.
    pub gone: u32,
}

/// How far a bulk operation is. The numbers are those of its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stage {
    /// There may be more to decide.
    Deciding = 1,
    /// All is decided.
    Decided = 2,
    /// There may be more to undo.
    Undoing = 3,
    /// All is undone.
    Undone = 4,
}

impl Stage {
    /// The stage with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Deciding, Self::Decided, Self::Undoing, Self::Undone]
            .into_iter()
            .find(|stage| *stage as u8 == number)
    }
}

/// A bulk operation as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// How far it is.
    pub stage: Stage,
    /// What was said.
    pub verdict: Verdict,
    /// What readers are told for its reason code; may be empty.
    pub reason_text: String,
    /// The place in its target's order behind what it has dealt with; opaque.
    pub cursor: Vec<u8>,
    /// How many comments it has looked at, those too that its thread leaves out.
    pub looked: u32,
    /// What became of them.
    pub tally: Tally,
    /// How many it left since it may look at no more.
    pub left: u64,
    /// Its entry in the site's audit log.
    pub audit: u64,
    /// When it began.
    pub began: Timestamp,
    /// When it last decided something.
    pub changed: Timestamp,
    /// Its undoing, once that began.
    pub undoing: Option<Undoing>,
}

/// The undoing of a bulk operation as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undoing {
    /// How many of the operation's changes it has looked at.
    pub cursor: u64,
    /// What became of them.
    pub tally: UndoTally,
    /// Its entry in the site's audit log.
    pub audit: u64,
    /// When it began.
    pub began: Timestamp,
    /// When it last undid something.
    pub changed: Timestamp,
}

/// One change that a bulk operation made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkChange {
    /// To which comment.
    pub comment: CommentId,
    /// The version that was made.
    pub version: Version,
    /// The sequence of the feed's event.
    pub event: u64,
}

/// What a wave's later members follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaveDecision {
    /// The bulk operation that decided the wave.
    pub operation: OperationId,
    /// What it said.
    pub verdict: Verdict,
}
