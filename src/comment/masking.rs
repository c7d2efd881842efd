//! E-mail addresses and telephone numbers that readers write into what they say, masked for everybody but those who
//! moderate.
//!
//! What is found is plain: an address as mail programs take it, a number as people write it down. Who spells one out (`jane
//! at example dot org`) wants it read by people, and is not understood here. Nothing inside a web address is masked, so
//! that links keep working. For numbers, precision goes before recall: a masked year or price spoils a sentence.

mod email;
mod phone;
mod urls;

use std::{borrow::Cow, ops::Range};

/// What is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Masking {
    /// `jane@example.org`
    pub email_addresses: bool,
    /// `+49 30 1234567`
    pub phone_numbers: bool,
}

impl Default for Masking {
    /// Both.
    fn default() -> Self {
        Self {
            email_addresses: true,
            phone_numbers: true,
        }
    }
}

/// What stands in the place of an e-mail address, whatever its length: no part of it, in no language.
pub const EMAIL_ADDRESS: &str = "[…@…]";

/// What stands in the place of a telephone number.
pub const PHONE_NUMBER: &str = "[☎…]";

impl Masking {
    /// The text with what is to be masked replaced; masked again it stays the same. Linear in the text's length; a text
    /// without anything to mask is borrowed, and nothing is allocated for it.
    #[must_use]
    pub fn mask(self, text: &str) -> Cow<'_, str> {
        // One after the other: a number is looked for in what is left when addresses are gone.
        let text = if self.email_addresses {
            replaced(Cow::Borrowed(text), EMAIL_ADDRESS, email::next)
        } else {
            Cow::Borrowed(text)
        };
        if self.phone_numbers {
            replaced(text, PHONE_NUMBER, phone::next)
        } else {
            text
        }
    }
}

/// Replaces what `next` finds from a place on, outside web addresses.
fn replaced<'a>(
    text: Cow<'a, str>,
    with: &str,
    next: fn(&str, usize) -> Option<Range<usize>>,
) -> Cow<'a, str> {
    let mut urls = urls::Urls::of(&text);
    let mut masked: Option<String> = None;
    let (mut at, mut copied) = (0, 0);
    while let Some(found) = next(&text, at) {
        if let Some(end) = urls.end_around(found.start) {
            at = end.max(found.start + 1);
            continue;
        }
        let into = masked.get_or_insert_with(|| String::with_capacity(text.len()));
        into.push_str(&text[copied..found.start]);
        into.push_str(with);
        (at, copied) = (found.end, found.end);
    }
    match masked {
        Some(mut masked) => {
            masked.push_str(&text[copied..]);
            Cow::Owned(masked)
        }
        None => text,
    }
}

#[cfg(test)]
mod tests;
