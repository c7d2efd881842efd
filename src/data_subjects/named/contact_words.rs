//! Whether a reason tells whom it is about: an e-mail address, a telephone number or an IP address in it.
//!
//! Masking lets pass what readers spell out on purpose, and goes by precision. A reason is kept in the audit log for years and
//! whoever is refused can say it in other words at once, so here it is the other way round: what one would understand as an
//! address when it is read out is one. A domain alone is none, and so is a case number, a date or a time. It helps against
//! slips and is no wall: who wants to write an address so that only people read it can.

mod ip;
mod plain;
mod spelt;

use crate::comment::masking::Masking;

/// What tells whom a text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Email,
    IpAddress,
    Telephone,
}

/// The first that is found, however it is written: with look-alike signs, digits of any script, invisible characters, escapes
/// of HTML or web addresses, or words for its signs.
pub(super) fn told(text: &str) -> Option<Told> {
    let plain = spelt::without_brackets(&plain::plain(text));
    if spelt::has_email(&plain) {
        Some(Told::Email)
    } else if ip::has_address(&plain) {
        Some(Told::IpAddress)
    } else {
        has_number(&plain).then_some(Told::Telephone)
    }
}

/// As masking finds telephone numbers; those in web addresses too, which it leaves alone, and those with other signs between
/// the digits or white space between each two of them.
fn has_number(plain: &str) -> bool {
    let finds = |text: &str| Masking::default().mask(text) != text;
    let is_link = |word: &str| word.contains("://") || word.contains("www.");
    let part = |word: &str| match is_link(word) {
        true => word
            .replace("www.", " ")
            .replace(['/', '?', '=', '&', '#'], " "),
        false => word.to_owned(),
    };
    let apart: Vec<String> = plain.split_whitespace().map(part).collect();
    let apart = apart
        .join(" ")
        .replace(['−', '‒', '―'], "-")
        .replace(['_', '*', '·', '•', '‧', '~', '|'], " ");
    finds(plain) || finds(&apart) || finds(&close(&apart)) || has_american(plain)
}

/// Three digits, three and four between one same sign, with or without the 1 of North America before: `555-123-4567`. White
/// space is none: letters that are traced have numbers such as `1A 123 456 7890 1`.
fn has_american(plain: &str) -> bool {
    let plain = plain.replace(['‐', '‑', '‒', '–', '−'], "-");
    let of_number = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '/');
    ['-', '.'].iter().any(|sign| {
        plain.split(|c| !of_number(c)).any(|run| {
            let run = run.trim_matches(['-', '.', '/']);
            let groups: Vec<&str> = run.split(*sign).collect();
            let groups = groups.strip_prefix(&["1"]).unwrap_or(&groups);
            let lengths = groups.iter().map(|group| group.len());
            let are_digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
            lengths.eq([3, 3, 4]) && groups.iter().all(are_digits)
        })
    })
}

/// With nothing between digits that stand alone: `0 3 0 1 2 3 4`, `+4-9-3-0-1`.
fn close(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let is_digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let is_alone = |at: usize| is_digit(at) && !is_digit(at.wrapping_sub(1)) && !is_digit(at + 1);
    let parts_two = |at: usize, c: char| {
        matches!(c, ' ' | '-' | '.' | '/') && is_alone(at.wrapping_sub(1)) && is_alone(at + 1)
    };
    let kept = chars
        .iter()
        .enumerate()
        .filter(|(at, c)| !parts_two(*at, **c));
    kept.map(|(_, c)| c).collect()
}

#[cfg(test)]
mod tests;
