//! IP addresses in running text, with or without brackets and port.

use std::net::Ipv6Addr;

/// More groups between colons than this have no address with port.
const MOST_GROUPS: usize = 12;

/// What comes before numbers of four parts that are none.
const OTHERS: &[&str] = &[
    "abschnitt",
    "absatz",
    "art",
    "artikel",
    "article",
    "build",
    "chapter",
    "clause",
    "finding",
    "item",
    "kapitel",
    "no",
    "no.",
    "nr",
    "nr.",
    "point",
    "punkt",
    "release",
    "section",
    "v",
    "version",
    "windows",
    "ziffer",
    "§",
];

/// Whether a plain text has one.
pub(super) fn has_address(plain: &str) -> bool {
    let signs = [
        (" dot ", "."),
        (" punkt ", "."),
        (" . ", "."),
        (" : ", ":"),
        (" :: ", "::"),
    ];
    let joined = signs
        .iter()
        .fold(plain.to_owned(), |text, (written, sign)| {
            text.replace(written, sign)
        });
    let gapless = without_gaps(&joined);
    has_v4(&gapless) || has_v4_of_other_signs(&gapless) || has_v6(&joined)
}

/// Without white space beside a dot between digits: `203.0 .113. 7`.
fn without_gaps(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let is_inner = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_digit() || *c == '.');
    while let Some(c) = rest.next() {
        let before = out.chars().next_back();
        let beside_dot = before == Some('.') || rest.peek() == Some(&'.');
        if !(c == ' ' && beside_dot && is_inner(before.as_ref()) && is_inner(rest.peek())) {
            out.push(c);
        }
    }
    out
}

/// Four numbers up to 255 between dots, as no date has them; `v1.2.3.4` is a version, and `Ziffer 1.2.3.4` a paragraph.
fn has_v4(text: &str) -> bool {
    runs(text, |c| c.is_ascii_digit() || *c == '.').any(|(before, run)| {
        let numbers: Vec<&str> = run.trim_matches('.').split('.').collect();
        let is_number = |text: &&str| text.len() <= 3 && text.parse::<u8>().is_ok();
        let before = before.trim_end();
        let announces = |word: &str| before.strip_suffix(word).is_some_and(ends_a_word);
        numbers.len() == 4
            && numbers.iter().all(is_number)
            && !OTHERS.iter().any(|word| announces(word))
    })
}

/// Four such numbers between hyphens or middle dots, as host names have them. Case numbers are written so too: two of them have
/// three digits, and none begins with a nought.
fn has_v4_of_other_signs(text: &str) -> bool {
    let text = text
        .replace(['‐', '‒', '–', '—', '−', '―'], "-")
        .replace(['•', '‧', '∙', '⋅'], "·");
    ['-', '·'].iter().any(|sign| {
        let apart = |c: char| !c.is_ascii_digit() && c != *sign;
        text.split(apart).any(|run| {
            let numbers: Vec<&str> = run.trim_matches(*sign).split(*sign).collect();
            let is_number = |text: &&str| text.parse::<u8>().is_ok_and(|n| n.to_string() == **text);
            let long = numbers.iter().filter(|text| text.len() == 3);
            numbers.len() == 4 && long.count() >= 2 && numbers.iter().all(is_number)
        })
    })
}

fn ends_a_word(before: &str) -> bool {
    !before.ends_with(char::is_alphanumeric)
}

/// Eight groups, or fewer around `::`. What is glued to letters that no address has is a name such as `std::net`.
fn has_v6(text: &str) -> bool {
    runs(text, |c| c.is_ascii_hexdigit() || *c == ':').any(|(before, run)| {
        let is_glued = !ends_a_word(before) && (!run.starts_with(':') || run.starts_with("::"));
        let after = &text[before.len() + run.len()..];
        let is_glued = is_glued || after.starts_with(char::is_alphanumeric);
        !is_glued && is_v6(run)
    })
}

/// Whether a row of groups has an address in it: a word may stand before it, and a port behind.
fn is_v6(run: &str) -> bool {
    let groups: Vec<&str> = run.split(':').collect();
    if groups.len() < 3 || groups.len() > MOST_GROUPS {
        return false;
    }
    let starts = 0..groups.len();
    starts.into_iter().any(|start| {
        let ends = start + 3..=groups.len();
        ends.into_iter()
            .any(|end| is_of_somebody(&groups[start..end].join(":")))
    })
}

/// All addresses that are given out begin with three digits or four: `::1` and `10::` are of nobody.
fn is_of_somebody(text: &str) -> bool {
    text.split(':').any(|group| group.len() >= 3) && text.parse::<Ipv6Addr>().is_ok()
}

/// The rows of characters of a kind, each with all that is before it.
fn runs(text: &str, of_kind: fn(&char) -> bool) -> impl Iterator<Item = (&str, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(|c| of_kind(&c))?;
        let rest = &text[start..];
        let length = rest.find(|c| !of_kind(&c)).unwrap_or(rest.len());
        at = start + length;
        Some((&text[..start], &rest[..length]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_and_other_numbers_are_not() {
        for text in [
            "203.0.113.7",
            "from 203.0.113.7.",
            "(203.0.113.7)",
            "203.0.113.7:443",
            "203.0.113.0/24",
            "ip=203.0.113.7",
            "ip:203.0.113.7,",
            "ip203.0.113.7",
            "203.000.113.007",
            "203 dot 0 dot 113 dot 7",
            "203 . 0 . 113 . 7",
            "203.0.113 .7",
            "203. 0. 113. 7",
            "203-0-113-7",
            "host ip-203-0-113-7.example",
            "203·0·113·7",
            "203–0–113–7",
            "http://203.0.113.7/path",
            "2001:db8::1",
            "from 2001:db8::1: banned",
            "[2001:db8::1]:443",
            "ip:2001:db8::1",
            "ip: 2001:db8:0:0:0:0:0:1",
            "2001:db8:0:0:0:0:0:1:443",
            "2001:db8::/32",
            "fe80::1%eth0",
            "::ffff:203.0.113.7",
            "fd00::",
            "2001 : db8 :: 1",
            "section 3, 203.0.113.7",
        ] {
            assert!(has_address(text), "{text}");
        }
        for text in [
            "28.11.2026",
            "28.11.26, 14:30",
            "14:30:00",
            "2026-11-28t14:30:00+01:00",
            "1.2.3",
            "v1.2.3.4",
            "1.2.3.4.5",
            "256.1.2.3",
            "1234.1.2.3",
            "3.14",
            "12 o 345/26",
            "std::net",
            "foo::bar",
            "bad::faith",
            "re:: his request",
            "a::",
            "chapter 10:: 3",
            "10::20",
            "section 1.2.3.4",
            "ziffer 3.2.1.4",
            "version 10.2.0.1",
            "item 1.2.3.4",
            "nr. 1.2.3.4",
            "iso 27001 audit, finding 4.2.1.3",
            "windows 10.0.1.2",
            "28-11-26-1",
            "case 123-4-5-6",
            "ref 12-34-56-78-90",
            "docket 030-123-045-7",
            "points 1·2·3·4",
            "203-0-113-7-2",
            "on 28. 11. 2026 at 9",
            "12:34:56",
            "a:b:c",
            "0198f3c2-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
            "::",
            ":",
            "",
        ] {
            assert!(!has_address(text), "{text}");
        }
    }
}
