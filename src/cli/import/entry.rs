//! What a file of moderated comments has, one by one.

use crate::{comment::state::CommentState, proto::v1::ImportedComment};

/// One thing in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Where it starts, from 1.
    pub line: u64,
    /// What it is.
    pub what: What,
}

/// What one thing in a file is.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A comment, which may still turn out not to be usable.
    Comment(Box<ImportedComment>),
    /// Nothing to learn from, and nothing wrong either; says what it is.
    Skipped(&'static str),
    /// Not usable; says each thing that is wrong, and never repeats a value.
    Bad(Vec<String>),
}

/// Why a file cannot be read any further.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Unreadable {
    /// Where, from 1.
    pub line: u64,
    /// What is wrong, and what to do.
    pub why: String,
}

/// Reads a file from its start to its end.
pub type Entries = Box<dyn Iterator<Item = Result<Entry, Unreadable>>>;

/// What stands for bytes that are not UTF-8: a noncharacter, which no text has.
pub const NOT_UTF8: char = '\u{FDD0}';

/// A moderation status as blogs write it.
#[must_use]
pub fn state(word: &str) -> Option<CommentState> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "1" | "approved" | "approve" | "ham" => CommentState::Approved,
        "0" | "pending" | "hold" | "unapproved" => CommentState::Pending,
        "spam" => CommentState::Spam,
        "trash" | "rejected" | "reject" => CommentState::Rejected,
        _ => return None,
    })
}
