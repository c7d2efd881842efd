//! How the privacy officer names a data subject, and why something is done.

use std::{fmt, str::FromStr};

use unicode_normalization::UnicodeNormalization;

use crate::comment::{
    contact::EmailAddress,
    fields::Line,
    ids::{AccountId, CommentId},
    masking::Masking,
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

/// Why something is done, for the audit log: 10 to 500 characters on one line, without an e-mail address or a
/// telephone number.
#[derive(Clone, PartialEq, Eq)]
pub struct Purpose(Line<500>);

/// A text that tells no purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must say in 10 to 500 characters, on one line, why: the audit log keeps it, so it must not contain an e-mail address or a telephone number"
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
        (is_long_enough && !has_address(line.as_str()))
            .then_some(Self(line))
            .ok_or(PurposeError)
    }
}

/// Whether it has a sign of an e-mail address, or what would be masked in a comment. Full-width signs and digits, which some
/// keyboards write, count as the plain ones.
fn has_address(text: &str) -> bool {
    let plain: String = text.nfkc().collect();
    plain.contains('@') || Masking::default().mask(&plain) != plain
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
            ("ada at home: ada\u{ff20}example.org", false),
            ("ada at home: ada\u{fe6b}example.org", false),
            ("asked by @ada on the phone", false),
            ("asked by +49 30 1234567 today", false),
            ("asked by phone, 030 1234567", false),
            ("asked by phone, (030) 123 45 67", false),
            ("asked by phone, tel. 1234567", false),
            (
                "asked by \u{ff0b}\u{ff14}\u{ff19} \u{ff13}\u{ff10} 1234567",
                false,
            ),
            ("case 2026/1234", true),
            ("case no. 2026-001234", true),
            ("ticket 4711", true),
            ("ticket #20261128001", true),
            ("Az. 12 O 345/26, 2026-11-28", true),
            ("request of 28.11.2026, 14:30", true),
            (
                "erasure of comment 0198f3c2-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
                true,
            ),
            ("court order 1 BvR 16/13 of 6 November", true),
        ] {
            assert_eq!(text.parse::<Purpose>().is_ok(), is_one, "{text:?}");
        }
        assert!("x".repeat(501).parse::<Purpose>().is_err());
    }
}
