//! The form's fields. Each type parses once; no bad value can exist.

use std::str::FromStr;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use url::Url;

/// Which of the form's fields are marked with an asterisk. The comment itself always is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequiredFields {
    /// Default true.
    pub display_name: bool,
    /// Default true.
    pub email: bool,
    /// Default false.
    pub website: bool,
}

impl Default for RequiredFields {
    fn default() -> Self {
        Self {
            display_name: true,
            email: true,
            website: false,
        }
    }
}

/// Whether a reader would see nothing: white space, controls, joiners, marks and fillers only.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    !text.chars().any(is_visible)
}

fn is_visible(c: char) -> bool {
    use GeneralCategory as G;
    // Hangul and Braille fillers count as letters in Unicode, yet draw nothing; tags are unassigned or format.
    let filler = matches!(
        c,
        '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}' | '\u{E0000}'..='\u{E0FFF}'
    );
    let draws_nothing = matches!(
        c.general_category(),
        G::Control
            | G::Format
            | G::SpaceSeparator
            | G::LineSeparator
            | G::ParagraphSeparator
            | G::NonspacingMark
            | G::EnclosingMark
    );
    !filler && !draws_nothing
}

/// Why a field's text is refused. The text itself is never repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// More than the field takes.
    #[error("must be at most {most} {unit}; this one has {found}")]
    TooLong {
        /// The most that it takes.
        most: usize,
        /// `bytes` or `characters`.
        unit: &'static str,
        /// What came.
        found: usize,
    },
    /// NUL or another control character.
    #[error("must not contain control characters (found U+{code:04X} as character {position})")]
    Control {
        /// The code point.
        code: u32,
        /// Counted from 1.
        position: usize,
    },
    /// Not a web address.
    #[error("must be a web address such as https://example.org")]
    NotAWebAddress,
}

fn at_most_bytes(text: &str, most: usize) -> Result<(), FieldError> {
    if text.len() > most {
        Err(FieldError::TooLong {
            most,
            unit: "bytes",
            found: text.len(),
        })
    } else {
        Ok(())
    }
}

fn at_most_chars(text: &str, most: usize) -> Result<(), FieldError> {
    let found = text.chars().count();
    if found > most {
        Err(FieldError::TooLong {
            most,
            unit: "characters",
            found,
        })
    } else {
        Ok(())
    }
}

/// Lines may end in LF or, as browsers send them, in CR LF; a lone CR is a control character like others.
fn no_controls(text: &str, lines: bool) -> Result<(), FieldError> {
    // Nearly every text: no byte of it is, or begins, a control character (those above ASCII begin with C2).
    let harmless = |byte: u8| {
        (byte >= b' ' && byte != 0x7F && byte != 0xC2) || (lines && matches!(byte, b'\t' | b'\n'))
    };
    if text.bytes().all(harmless) {
        return Ok(());
    }
    let mut chars = text.chars().zip(1..).peekable();
    while let Some((c, position)) = chars.next() {
        let line_end = c == '\r' && chars.peek().is_some_and(|(next, _)| *next == '\n');
        let allowed = lines && (c == '\t' || c == '\n' || line_end);
        if c.is_control() && !allowed {
            return Err(FieldError::Control {
                code: u32::from(c),
                position,
            });
        }
    }
    Ok(())
}

/// The name shown beside the comment: visible, at most 245 characters on one line, without the white space around.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(Box<str>);

impl DisplayName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DisplayName {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let name = text.trim();
        at_most_chars(name, 245)?;
        no_controls(name, false)?;
        Ok(Self(name.into()))
    }
}

/// The comment itself: plain text, verbatim; visible, at most 65,525 bytes; tabs and line ends are its only controls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentBody(Box<str>);

impl CommentBody {
    /// The most bytes that a comment may have: what WordPress's column holds, and so what every blog can keep.
    pub const MAX_BYTES: usize = 65_525;

    /// The text, verbatim.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommentBody {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        at_most_bytes(text, Self::MAX_BYTES)?;
        no_controls(text, true)?;
        Ok(Self(text.into()))
    }
}

/// A web address that a reader or a blog gave: http or https, with a host, at most 2,048 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Website {
    typed: Box<str>,
    host: Box<str>,
}

impl Website {
    /// As typed, without the white space around.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// The host, in ASCII (UTS 46) and lower case.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The place that it names, whatever way it is written: host without `www.`, and path; no scheme, port, query,
    /// fragment or last slash.
    #[must_use]
    pub fn place(&self) -> String {
        let host = self.host.strip_prefix("www.").unwrap_or(&self.host);
        let url = Url::parse(&self.typed).ok();
        let path = url.as_ref().map_or("", |url| url.path());
        format!("{host}{}", path.trim_end_matches('/'))
    }
}

impl FromStr for Website {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let typed = text.trim();
        at_most_bytes(typed, 2_048)?;
        no_controls(typed, false)?;
        let url = Url::parse(typed).map_err(|_| FieldError::NotAWebAddress)?;
        // A name or password before the host disguises it, and would be shown to everybody.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FieldError::NotAWebAddress);
        }
        match (url.scheme(), url.host_str()) {
            ("http" | "https", Some(host)) => Ok(Self {
                typed: typed.into(),
                host: host.into(),
            }),
            _ => Err(FieldError::NotAWebAddress),
        }
    }
}

/// A line that the blog wrote, such as a title: trimmed, at most `MAX` characters, no controls; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line<const MAX: usize>(Box<str>);

impl<const MAX: usize> Line<MAX> {
    /// The text; may be empty.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> FromStr for Line<MAX> {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let line = text.trim();
        at_most_chars(line, MAX)?;
        no_controls(line, false)?;
        Ok(Self(line.into()))
    }
}

#[cfg(test)]
mod tests;
