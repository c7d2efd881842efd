//! A comment as the service keeps it.

use crate::comment::{
    history::History,
    ids::{CommentId, IpHash, KeyedHash, ThreadId, WaveId},
    lane::Lane,
    reason::Reason,
    score::Score,
    state::{CommentState, Outcome, Timestamp, Version},
    written::Written,
};

/// What a comment says, and how that was judged. Only a revision or a redaction changes it.
#[derive(Debug, Clone, PartialEq)]
pub struct CommentContent {
    /// The article.
    pub thread: ThreadId,
    /// The comment that it answers.
    pub parent: Option<CommentId>,
    /// The name beside it; may be empty where the site does not require one.
    pub display_name: Written,
    /// Where the name links to; may be empty.
    pub website: String,
    /// The blog's logged-in reader; may be empty.
    pub account_id: String,
    /// Plain text, verbatim.
    pub body: Written,
    /// Who wrote it; `None` without account and e-mail.
    pub author: Option<KeyedHash>,
    /// Where it came from, so that a moderator can name the address without seeing it; `None` where the blog did not say.
    pub ip: Option<IpHash>,
    /// The same by the other pepper, if it came while that was configured.
    pub other_ip: Option<IpHash>,
    /// The keyed hash of the e-mail address of an author who is known by an account; `None` for others.
    pub email: Option<KeyedHash>,
    /// Sealed contact data; empty where none came.
    pub sealed_contact: Vec<u8>,
    /// Why the outcome was what it was.
    pub reasons: Vec<Reason>,
    /// How likely it is spam, and why.
    pub score: Score,
    /// What the scorer saw around the text; opaque here.
    pub signals: Vec<u8>,
}

/// A comment as the service keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredComment {
    /// Its name.
    pub id: CommentId,
    /// Where it stands.
    pub state: CommentState,
    /// How often that was set.
    pub version: Version,
    /// What policy decided when it came, or was last revised.
    pub outcome: Outcome,
    /// When it came.
    pub submitted_at: Timestamp,
    /// A keyed digest of what was sent, so that another content under the same name is noticed.
    pub digest: [u8; 8],
    /// The near-identical comments that it is one of; `None` if it says too little for that.
    pub wave: Option<WaveId>,
    /// What was said, by whom, and how it was judged.
    pub content: CommentContent,
    /// Where it waits for a moderator, or is held from.
    pub lane: Option<Lane>,
    /// It said something else before: `Store::earlier_versions` tells what.
    pub was_changed: bool,
    /// Only the name is left, since the site keeps texts no longer: counts and the blog go on as it stood.
    pub was_purged: bool,
    /// What was done to it since.
    pub history: History,
}

/// What the service knows of an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreadDetails {
    /// Where readers find it; may be empty.
    pub url: String,
    /// Its title; may be empty.
    pub title: String,
    /// Its language; may be empty.
    pub language: String,
}
