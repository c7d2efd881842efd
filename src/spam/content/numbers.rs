//! Digits in folded words: telephone numbers, and names that end in numbers.

use crate::comment::scan;

fn has_digit(folded: &str) -> bool {
    scan::first(folded.as_bytes(), |byte| byte.is_ascii_digit()).is_some()
}

/// How many words are names that end in numbers.
pub(super) fn numbered_names(folded: &str) -> u32 {
    if !has_digit(folded) {
        return 0;
    }
    let named = folded.split(' ').filter(|word| is_numbered_name(word));
    u32::try_from(named.count()).unwrap_or(u32::MAX)
}

fn is_numbered_name(word: &str) -> bool {
    let lottery = word.strip_suffix("4d");
    let stem = lottery
        .unwrap_or(word)
        .trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = word.len() - stem.len();
    (2..=5).contains(&digits) && stem.len() >= 3 && stem.bytes().all(|b| b.is_ascii_lowercase())
}

/// Words of digits in a row that make eight digits or more.
pub(super) fn phones(folded: &str) -> u32 {
    if !has_digit(folded) {
        return 0;
    }
    let mut phones = 0;
    let mut digits = 0;
    for word in folded.split(' ').chain([""]) {
        if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
            digits += word.len();
        } else {
            phones += u32::from((8..=15).contains(&digits));
            digits = 0;
        }
    }
    phones
}
