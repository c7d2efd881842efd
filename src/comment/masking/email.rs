//! E-mail addresses as they stand in running text.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

/// The first address at or behind a place.
pub(super) fn next(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(found) = memchr::memchr(b'@', bytes.get(at..)?) {
        let sign = at + found;
        at = sign + 1;
        // Neither side passes an @, so that each is read once from its left and once from its right.
        if let Some(start) = local_start(&text[from..sign])
            && let Some(length) = domain_length(&text[at..])
        {
            return Some(from + start..at + length);
        }
    }
    None
}

fn is_letter_or_digit(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Of the signs that RFC 5322 allows only those that addresses have in practice: the others separate words.
fn is_local(c: char) -> bool {
    is_letter_or_digit(c)
        || matches!(
            c,
            '.' | '_' | '-' | '+' | '%' | '\'' | '&' | '~' | '=' | '#' | '$' | '^'
        )
}

/// Where the part before the @ begins; `None` where there is none. `@name@server` is a name in public, not an address.
fn local_start(before: &str) -> Option<usize> {
    let start = before.trim_end_matches(is_local).len();
    if before[..start].ends_with('@') {
        return None;
    }
    // Quotes and dots that lead in belong to the sentence.
    let lead = before[start..].find(|c: char| is_letter_or_digit(c) || c == '_')?;
    Some(start + lead)
}

/// How long the domain is that a text begins with: two labels or more, the last of them letters. A full stop behind it
/// belongs to the sentence.
fn domain_length(after: &str) -> Option<usize> {
    let in_domain = |c: char| is_letter_or_digit(c) || matches!(c, '.' | '-');
    let end = after.find(|c: char| !in_domain(c)).unwrap_or(after.len());
    let end = after[..end].find("..").unwrap_or(end);
    let mut domain = after[..end].trim_end_matches(['.', '-']);
    if domain.starts_with(['.', '-']) {
        return None;
    }
    loop {
        let (name, last) = domain.rsplit_once('.')?;
        if is_top_level(last) {
            return Some(domain.len());
        }
        domain = name.trim_end_matches(['.', '-']);
    }
}

fn is_top_level(label: &str) -> bool {
    let letter = |c: char| c.is_alphabetic() || is_combining_mark(c);
    let is_encoded = label
        .get(..4)
        .is_some_and(|head| head.eq_ignore_ascii_case("xn--"));
    is_encoded || (label.chars().nth(1).is_some() && label.chars().all(letter))
}
