//! Why a moderator rejects: the site's own code for it, and what the reader is told.

use crate::comment::{
    fields::Line,
    state::{Verdict, Word},
};

/// A site's own code for a rejection: at most 64 of a-z, 0-9, - and _; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReasonCodeText(String);

impl ReasonCodeText {
    /// The text; may be empty.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it may stand beside this word: nobody is told why a comment is shown.
    #[must_use]
    pub fn is_for(&self, word: Word) -> bool {
        match word {
            Word::Verdict(Verdict::Reject | Verdict::Spam) => true,
            Word::Verdict(Verdict::Approve) | Word::Escalate => self.0.is_empty(),
        }
    }
}

impl std::str::FromStr for ReasonCodeText {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let spelt_right = text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
        if spelt_right && text.len() <= 64 {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be at most 64 of a-z, 0-9, - and _")
        }
    }
}

/// What a reader is told of a rejection: one line, at most 500 characters.
pub type ReasonText = Line<500>;

/// A reason that a site rejects for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectionReason {
    /// The site's own code; never empty.
    pub code: ReasonCodeText,
    /// The statement of reasons; never blank.
    pub text: ReasonText,
}
