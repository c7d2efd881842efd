//! How the privacy officer names a data subject, and why something is done.

use std::{fmt, str::FromStr};

use crate::comment::{
    contact::EmailAddress,
    fields::Line,
    ids::{AccountId, CommentId},
};

/// Whose data. `Debug` shows no address.
#[derive(Debug, Clone)]
pub enum DataSubject {
    /// Whoever has this address.
    Email(EmailAddress),
    /// The blog's logged-in reader.
    Account(AccountId),
    /// Whoever wrote this comment.
    AuthorOf(CommentId),
}

/// Why something is done, for the audit log: 10 to 500 characters on one line, without an e-mail address.
#[derive(Clone, PartialEq, Eq)]
pub struct Purpose(Line<500>);

/// A text that tells no purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must say in 10 to 500 characters, on one line, why: the audit log keeps it, so it must not contain an e-mail address"
)]
pub struct PurposeError;

impl Purpose {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Purpose {
    type Err = PurposeError;

    fn from_str(text: &str) -> Result<Self, PurposeError> {
        let line: Line<500> = text.trim().parse().map_err(|_| PurposeError)?;
        let is_long_enough = line.as_str().chars().count() >= 10;
        (is_long_enough && !line.as_str().contains('@'))
            .then_some(Self(line))
            .ok_or(PurposeError)
    }
}

impl fmt::Debug for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Purpose([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_says_something_and_no_address() {
        for (text, is_one) in [
            ("police request 4711/26", true),
            ("  asked by the reader  ", true),
            ("please", false),
            ("", false),
            ("ada@example.org asked for it", false),
            ("two\nlines of text", false),
        ] {
            assert_eq!(text.parse::<Purpose>().is_ok(), is_one, "{text:?}");
        }
        assert!("x".repeat(501).parse::<Purpose>().is_err());
    }
}
