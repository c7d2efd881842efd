//! What a moderator presses, and what that asks for.

use crate::proto::v1::Verdict;

/// A key of the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A letter, digit or sign.
    Char(char),
    /// Return.
    Enter,
    /// Escape.
    Escape,
    /// Backspace.
    Backspace,
    /// Tabulator.
    Tab,
    /// An arrow.
    Up,
    /// An arrow.
    Down,
    /// An arrow.
    Left,
    /// An arrow.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// Any other.
    Other,
}

impl Key {
    /// The same key without shift.
    #[must_use]
    pub fn lowercase(self) -> Self {
        if let Self::Char(letter) = self {
            Self::Char(letter.to_ascii_lowercase())
        } else {
            self
        }
    }
}

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Decide so on the item.
    Decide(Verdict),
    /// Reject, with a reason where the site has some.
    Reject,
    /// Give the item back.
    Skip,
    /// Write a note.
    Note,
    /// Stop or go on.
    Pause,
    /// What this session decided, to undo it.
    Deeds,
    /// What surrounds the comment, or the comment again.
    Why,
    /// The wave that the comment is of.
    Wave,
    /// Choose sites and lanes.
    Places,
    /// All keys.
    Help,
    /// End.
    Quit,
    /// So many lines or rows up or down.
    Move(isize),
    /// So many screenfuls.
    Page(isize),
    /// Do what was chosen.
    Enter,
    /// Mark or unmark what is chosen.
    Mark,
    /// Back to the item.
    Leave,
    /// Preview one verdict on the whole wave.
    Bulk(Verdict),
    /// A last yes.
    Confirm,
    /// How the author stands.
    Author,
    /// The next value of the chosen row.
    Turn,
    /// Black out parts of the comment.
    Redact,
    /// Whether the article takes comments.
    Thread,
    /// Open the article again.
    Reopen,
    /// So many words on or back.
    Word(isize),
    /// Only items of this wave.
    OnlyWave,
    /// Only items of this article.
    OnlyThread,
}
