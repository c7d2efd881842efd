//! The audit log: what people did, when, and how it was before and after.

use std::sync::Arc;

use crate::comment::{
    ids::{CommentId, KeyId},
    state::{CommentState, Timestamp, Version, Word},
};

/// Who did something: the holder of an access key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The key's public part.
    pub key: KeyId,
    /// The key's label; `root` for the admin key of the configuration.
    pub label: Arc<str>,
}

/// What was done. The numbers are those of the proto enum and of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum AuditAction {
    /// A verdict was carried out.
    Decided = 1,
    /// A comment was left to a senior moderator.
    Escalated = 2,
    /// A decision or an escalation was undone.
    Undone = 3,
    /// A note was left on a comment.
    Noted = 4,
    /// A part of a comment was blacked out.
    Redacted = 5,
    /// Many comments were decided at once.
    BulkDecided = 6,
    /// That was undone.
    BulkUndone = 7,
    /// A reader reported a comment.
    Reported = 8,
    /// Its author withdrew a comment.
    Retracted = 9,
    /// Its author wrote a comment anew.
    Revised = 10,
    /// Its author appealed against a rejection.
    Appealed = 11,
    /// The standing of an author, an address, a domain or a website was set.
    StandingSet = 12,
    /// A note was left on an author.
    AuthorNoted = 13,
    /// A thread was closed, opened, or moderated otherwise.
    ThreadChanged = 14,
    /// A site was created.
    SiteCreated = 15,
    /// A site's policy or name was changed.
    PolicyUpdated = 16,
    /// An access key was made.
    KeyCreated = 17,
    /// An access key was taken back.
    KeyRevoked = 18,
    /// An access key was made in the place of another.
    KeyRotated = 19,
    /// A comment's contact data was handed out, sealed.
    ContactRevealed = 20,
    /// All that is held on a data subject was handed out.
    SubjectExported = 21,
    /// A data subject was erased: one entry when it began, one when it was done.
    SubjectErased = 22,
    /// A legal hold was set or ended.
    LegalHoldSet = 23,
    /// Data keys were wrapped to another officer key.
    DataKeysReplaced = 24,
}

impl AuditAction {
    /// All actions, in the order of their numbers.
    pub const ALL: [Self; 24] = [
        Self::Decided,
        Self::Escalated,
        Self::Undone,
        Self::Noted,
        Self::Redacted,
        Self::BulkDecided,
        Self::BulkUndone,
        Self::Reported,
        Self::Retracted,
        Self::Revised,
        Self::Appealed,
        Self::StandingSet,
        Self::AuthorNoted,
        Self::ThreadChanged,
        Self::SiteCreated,
        Self::PolicyUpdated,
        Self::KeyCreated,
        Self::KeyRevoked,
        Self::KeyRotated,
        Self::ContactRevealed,
        Self::SubjectExported,
        Self::SubjectErased,
        Self::LegalHoldSet,
        Self::DataKeysReplaced,
    ];

    /// The action with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|action| *action as u8 == number)
    }
}

/// What was done to one comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommentChange {
    /// Which.
    pub comment: CommentId,
    /// Where it stood before.
    pub before: CommentState,
    /// Where it stood after.
    pub after: CommentState,
    /// The version that was made, if one was.
    pub version: Option<Version>,
    /// The sequence of the feed's event, if there is one.
    pub event: Option<u64>,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number in the log, dense from 1.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub action: AuditAction,
    /// Who did it.
    pub actor: Actor,
    /// To which comment, if to one.
    pub change: Option<CommentChange>,
    /// What was said, if it was a decision, or the undoing of one.
    pub word: Option<Word>,
    /// The site's own code for a rejection; may be empty.
    pub reason_code: String,
    /// For other moderators; may be empty.
    pub note: String,
    /// What was changed, if not a comment alone; may be empty.
    pub subject: String,
    /// How that stood before; may be empty.
    pub before: String,
    /// How it stood after; may be empty.
    pub after: String,
}

/// Which entries somebody wants to see. What is `None` or empty does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only this comment's.
    pub comment: Option<CommentId>,
    /// Only what was done with this key.
    pub key: Option<KeyId>,
    /// Only what was done under this label.
    pub actor: Option<String>,
    /// Only these actions.
    pub actions: Vec<AuditAction>,
    /// Only since then.
    pub since: Option<Timestamp>,
    /// Only before then.
    pub before: Option<Timestamp>,
}

impl AuditFilter {
    /// Whether an entry is one of those. `deeds` are the entries that the comment's own record names: those of a bulk
    /// operation, which is one entry for many comments, name none themselves.
    #[must_use]
    pub fn takes(&self, entry: &AuditEntry, deeds: &[u64]) -> bool {
        let comment = entry.change.map(|change| change.comment);
        let is_of = |wanted| comment == Some(wanted) || deeds.contains(&entry.sequence);
        self.comment.is_none_or(is_of)
            && self.key.is_none_or(|wanted| entry.actor.key == wanted)
            && self
                .actor
                .as_deref()
                .is_none_or(|wanted| *entry.actor.label == *wanted)
            && (self.actions.is_empty() || self.actions.contains(&entry.action))
            && self.since.is_none_or(|since| entry.at >= since)
            && self.before.is_none_or(|before| entry.at < before)
    }
}
