//! How the privacy officer names a data subject, and why something is done.

mod contact_words;

use std::{fmt, str::FromStr};

use contact_words::Told;

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

/// Why something is done, for the audit log: 10 to 500 characters on one line, without an e-mail address, a
/// telephone number or an IP address, however written.
#[derive(Clone, PartialEq, Eq)]
pub struct Purpose(Line<500>);

/// A text that tells no purpose, or too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PurposeError {
    /// Too short, too long, or several lines.
    #[error("must say in 10 to 500 characters, on one line, why; a case number is a good reason")]
    Length,
    /// It tells whom it is about.
    #[error(
        "has what reads as {0}, and the audit log keeps it for long: say it without (spelt out it is one too); a case number is a good reason"
    )]
    Tells(&'static str),
}

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
        let line: Line<500> = text.trim().parse().map_err(|_| PurposeError::Length)?;
        if line.as_str().chars().count() < 10 {
            return Err(PurposeError::Length);
        }
        match contact_words::told(line.as_str()) {
            None => Ok(Self(line)),
            Some(Told::Email) => Err(PurposeError::Tells("an e-mail address")),
            Some(Told::IpAddress) => Err(PurposeError::Tells("an IP address")),
            Some(Told::Telephone) => Err(PurposeError::Tells("a telephone number")),
        }
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
            ("ada (at) example (dot) org asked", false),
            ("asked by phone, 030 1234567", false),
            (
                "asked by phone, \u{660}\u{663}\u{660} 123\u{200b}4567",
                false,
            ),
            ("banned from [2001:db8::7]:443", false),
            ("Az. 12 O 345/26, 28.11.2026, 14:30", true),
            ("see the thread at example.org", true),
        ] {
            assert_eq!(text.parse::<Purpose>().is_ok(), is_one, "{text:?}");
        }
        assert!("x".repeat(501).parse::<Purpose>().is_err());
    }
}
