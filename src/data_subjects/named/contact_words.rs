//! Whether a reason tells whom it is about: an e-mail address, a telephone number or an IP address in it.
//!
//! Masking lets pass what readers spell out on purpose, and goes by precision. A reason is kept in the audit log for years and
//! whoever is refused can say it in other words at once, so here it is the other way round: what one would understand as an
//! address when it is read out is one. A domain alone is none, and so is a case number, a date or a time.

mod ip;
mod plain;
mod spelt;

use crate::comment::masking::Masking;

/// Whether there is one, however it is written: with look-alike signs, digits of any script, invisible characters, escapes
/// of HTML or web addresses, or words for its signs.
pub(super) fn has_contact(text: &str) -> bool {
    let plain = spelt::without_brackets(&plain::plain(text));
    spelt::has_email(&plain) || ip::has_address(&plain) || has_number(&plain)
}

/// As masking finds telephone numbers; those in web addresses too, which it leaves alone.
fn has_number(plain: &str) -> bool {
    let finds = |text: &str| Masking::default().mask(text) != text;
    let apart = |c: char| match c {
        '/' | '?' | '=' | '&' | '#' => ' ',
        _ => c,
    };
    let is_link = |word: &str| word.contains("://") || word.contains("www.");
    let part = |word: &str| -> String {
        if is_link(word) {
            word.replace("www.", " ").chars().map(apart).collect()
        } else {
            word.to_owned()
        }
    };
    finds(plain) || finds(&plain.split(' ').map(part).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests;
