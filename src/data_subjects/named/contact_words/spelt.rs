//! E-mail addresses whose signs are written as words: `ada(at)example.org`, `ada at example dot org`.

use psl::Type;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::comment::folding::lookalikes::latin_twin;

/// Words for the @.
const AT: &[&str] = &[
    "at",
    "ät",
    "aet",
    "bei",
    "chez",
    "arobase",
    "arroba",
    "chiocciola",
    "klammeraffe",
];

/// Words for the dot; the later ones beside `at` are English (`at that point it …`).
const DOT: &[&str] = &["dot", "punkt", "point", "punto", "ponto"];
const DOT_BESIDE_AT: usize = 2;

/// What stands before a place: `seen at example.org` names none. A name cannot be told from a noun otherwise, so `at` before
/// a domain in plain signs makes an address with every word that is not here; one that is missing is added.
const BEFORE_PLACES: &str = "account accounts appeared appears article articles available based colleague comment \
    commented comments complained complaint department desk editor employed employee form found hosted hotline job \
    journalist lawyer lives look looked meeting office page pages post posted posts profile published registered reporter \
    request requested said seen shop staff team text texts thread threads was work worked working works written wrote";

/// Top-level domains that no registry has.
const RESERVED: &[&str] = &[
    "example",
    "internal",
    "invalid",
    "lan",
    "local",
    "localhost",
    "onion",
    "test",
];

/// The longest word between brackets.
const LONGEST_SIGN: usize = 16;

/// With the sign in the place of its name between brackets: `[at]`, `(dot)`, `[.]`.
pub(super) fn without_brackets(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    let mut rest = plain;
    while let Some(opening) = rest.chars().next() {
        match is_bracket(opening).then(|| bracketed(rest)).flatten() {
            Some((sign, length)) => {
                out.truncate(out.trim_end().len());
                out.push_str(sign);
                rest = rest[length..].trim_start();
            }
            None => {
                out.push(opening);
                rest = &rest[opening.len_utf8()..];
            }
        }
    }
    out
}

/// The sign that a text in brackets begins with, and how long that is.
fn bracketed(from: &str) -> Option<(&'static str, usize)> {
    let mut chars = from.char_indices().skip(1).take(LONGEST_SIGN);
    let (end, closing) = chars.find(|(_, c)| is_bracket(*c))?;
    let (_, inner) = from[..end].split_at(from.chars().next()?.len_utf8());
    let sign = match inner.trim() {
        // `Art. 6 (1) (a)` of a law.
        "a" => " at ",
        "@" => "@",
        "." => ".",
        ":" => ":",
        "bei" | "chez" => return None,
        "at sign" | "at-sign" => "@",
        word if AT.contains(&latin(word)) => "@",
        word if DOT.contains(&latin(word)) => ".",
        _ => return None,
    };
    Some((sign, end + closing.len_utf8()))
}

fn is_bracket(c: char) -> bool {
    use GeneralCategory as G;
    let pair = matches!(
        c.general_category(),
        G::OpenPunctuation | G::ClosePunctuation
    );
    pair || matches!(c, '<' | '>' | '*' | '|')
}

/// Whether there is an address, or the sign of one.
pub(super) fn has_email(plain: &str) -> bool {
    // `=40` is the @ of quoted-printable mail.
    let plain = plain.replace("=40", " at ");
    let parts = parts(&plain);
    let starts = 0..parts.len();
    plain.contains('@')
        || plain.contains("mailto:")
        || starts.into_iter().any(|at| is_email(&parts[at..]))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    /// With hyphens in it.
    Word(&'a str),
    /// Between two words of a domain.
    Dot,
    /// The end of a sentence, or of a part of it.
    Stop,
}

fn parts(plain: &str) -> Vec<Part<'_>> {
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '+');
    let (mut parts, mut at) = (Vec::new(), 0);
    while let Some(c) = plain[at..].chars().next() {
        let rest = &plain[at..];
        let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
        if length > 0 {
            words(&rest[..length], &mut parts);
            at += length;
            continue;
        }
        at += c.len_utf8();
        match c {
            '.' if is_dot(&plain[..at - 1], &plain[at..]) => parts.push(Part::Dot),
            '.' | ',' | ';' | ':' | '!' | '?' => parts.push(Part::Stop),
            _ => {}
        }
    }
    parts
}

/// `example.org` and `example . org`, but not the end of a sentence.
fn is_dot(before: &str, after: &str) -> bool {
    before.ends_with(' ') || !(after.is_empty() || after.starts_with(' '))
}

/// A word, or several where hyphens stand around a sign's name: `ada-at-example-dot-org`.
fn words<'a>(word: &'a str, parts: &mut Vec<Part<'a>>) {
    let split = || {
        let all = word.split(['-', '_']).filter(|part| !part.is_empty());
        all.map(latin)
    };
    let is_sign = |part: &str| AT.contains(&part) || DOT.contains(&part);
    if split().any(is_sign) {
        parts.extend(split().map(Part::Word));
    } else {
        parts.push(Part::Word(word));
    }
}

/// A word, or the English name of a sign whose letters it seems to have.
fn latin(word: &str) -> &str {
    let seems = |name: &&&str| {
        let twins = word.chars().map(|c| latin_twin(c).unwrap_or(c));
        twins.eq(name.chars())
    };
    ["at", "dot"].iter().find(seems).copied().unwrap_or(word)
}

/// Whether a word, a word for the @ and a domain come first. A comma before that word, or dots around it, are read past where
/// the domain's dots are words too.
fn is_email(parts: &[Part<'_>]) -> bool {
    let (local, at, domain, is_close) = match parts {
        [Part::Word(local), Part::Word(at), domain @ ..] => (local, at, domain, true),
        [
            Part::Word(local),
            Part::Dot,
            Part::Word(at),
            Part::Dot,
            domain @ ..,
        ]
        | [Part::Word(local), Part::Stop, Part::Word(at), domain @ ..] => {
            (local, at, domain, false)
        }
        _ => return false,
    };
    let domain = domain.strip_prefix(&[Part::Word("sign")]).unwrap_or(domain);
    if !AT.contains(at) {
        return false;
    }
    let dots = if *at == "at" {
        &DOT[..DOT_BESIDE_AT]
    } else {
        DOT
    };
    let is_place = BEFORE_PLACES.split_whitespace().any(|word| word == *local);
    let may_be_place = is_place || matches!(*at, "bei" | "chez");
    match written(domain, dots) {
        Some(Written::InWords) => true,
        Some(Written::InSigns) => {
            is_close && !may_be_place && domain.first() != Some(&Part::Word("www"))
        }
        None => false,
    }
}

/// How a domain's dots are written.
#[derive(Clone, Copy)]
enum Written {
    InWords,
    InSigns,
}

/// Whether two labels or more come first, the last of which is a top-level domain; as many as do.
fn written(parts: &[Part<'_>], dots: &[&str]) -> Option<Written> {
    let Some((Part::Word(_), mut rest)) = parts.split_first() else {
        return None;
    };
    let (mut written, mut found) = (Written::InSigns, None);
    loop {
        let (is_word, label, behind) = match rest {
            // `example.dot.org`
            [
                Part::Dot,
                Part::Word(dot),
                Part::Dot,
                Part::Word(label),
                behind @ ..,
            ]
            | [Part::Word(dot), Part::Word(label), behind @ ..]
                if dots.contains(dot) =>
            {
                (true, label, behind)
            }
            [Part::Dot, Part::Word(label), behind @ ..] => (false, label, behind),
            _ => return found,
        };
        if is_word {
            written = Written::InWords;
        }
        if is_top_level(label) {
            found = Some(written);
        }
        rest = behind;
    }
}

fn is_top_level(label: &str) -> bool {
    let known = || psl::suffix(label.as_bytes()).and_then(|suffix| suffix.typ());
    RESERVED.contains(&label) || label.starts_with("xn--") || known() == Some(Type::Icann)
}
