//! A reader's report of a comment, and an author's appeal.

use std::{str::FromStr, time::Duration};

use crate::comment::{
    contact::{ClientIp, EmailAddress},
    ids::{AccountId, CommentId},
    state::{CommentState, Timestamp, Version},
};

/// How much a reader may report: as many at once, and one more each [`ReportLimit::INTERVAL`].
#[derive(Debug, Clone, Copy)]
pub struct ReportLimit;

impl ReportLimit {
    /// Ten an hour.
    pub const INTERVAL: Duration = Duration::from_secs(360);
    /// Ten at once.
    pub const BURST: u32 = 10;
}

/// Who reports: whom the blog knows best.
#[derive(Clone, PartialEq, Eq)]
pub enum Reporter {
    /// The blog's logged-in reader.
    Account(AccountId),
    /// A reader by e-mail address.
    Email(EmailAddress),
    /// A reader by IP address.
    Ip(ClientIp),
}

impl std::fmt::Debug for Reporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Of which comment.
    pub comment: CommentId,
    /// By whom.
    pub reporter: Reporter,
    /// The blog's own code.
    pub reason: ReportReason,
    /// In the reader's words; may be empty.
    pub text: ReportText,
}

/// The blog's own code for a report: 1 to 64 of a-z, 0-9, - and _.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportReason(String);

impl ReportReason {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReportReason {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let spelt_right = text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
        if spelt_right && (1..=64).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be 1 to 64 of a-z, 0-9, - and _, such as hate")
        }
    }
}

fn has_controls(text: &str) -> bool {
    text.contains(|c: char| c.is_control() && c != '\n' && c != '\t')
}

/// What a reader says of a comment: at most 500 characters; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportText(String);

impl ReportText {
    /// The text; may be empty.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReportText {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text.chars().count() > 500 || has_controls(text) {
            return Err("must be at most 500 characters without control characters");
        }
        Ok(Self(text.to_owned()))
    }
}

/// Why an author thinks that a comment should be shown: 1 to 1,000 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealText(String);

impl AppealText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AppealText {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text.trim().is_empty() || text.len() > 1_000 || has_controls(text) {
            return Err("must be 1 to 1,000 bytes without control characters");
        }
        Ok(Self(text.to_owned()))
    }
}

/// What one reader said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldReport {
    /// The blog's own code.
    pub reason: String,
    /// In the reader's words; may be empty.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// What readers said of a comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reports {
    /// How many readers, at most 1,000 are counted.
    pub readers: u32,
    /// When the first and the last reported it.
    pub between: Option<(Timestamp, Timestamp)>,
    /// What the first hundred said, the newest first.
    pub told: Vec<ToldReport>,
}

/// An appeal that waits, or waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// Why the comment should be shown.
    pub text: String,
    /// The version that the appealed decision made.
    pub version: Version,
    /// When.
    pub at: Timestamp,
}

/// An appeal that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appealed {
    /// Where the comment stands, as before.
    pub state: CommentState,
    /// At which version, as before.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// The same had been taken before.
    pub replayed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bounded() {
        let reason = |text: &str| text.parse::<ReportReason>().is_ok();
        assert_eq!(
            ["hate", "h-8_a", "", "Hate", "a b"].map(reason),
            [true, true, false, false, false]
        );
        assert!(reason(&"x".repeat(64)) && !reason(&"x".repeat(65)));
        let text = |text: &str| text.parse::<ReportText>().is_ok();
        assert_eq!(["", "a\nb", "a\0"].map(text), [true, true, false]);
        assert!(text(&"ö".repeat(500)) && !text(&"ö".repeat(501)));
        let appeal = |text: &str| text.parse::<AppealText>().is_ok();
        assert_eq!(
            ["why?", "", " \n", "\u{7}"].map(appeal),
            [true, false, false, false]
        );
        assert!(appeal(&"x".repeat(1_000)) && !appeal(&"ö".repeat(501)));
    }
}
