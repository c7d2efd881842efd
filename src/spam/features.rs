//! From content to hashed features: which ones a text has. What they are worth is in [`super::weights`].
//!
//! Hashes are of the folded text and stable across releases of one model format. Every text has a bounded number of
//! features: a long one is read at its beginning and its end.

mod address;
mod family;
pub(super) mod hashing;

pub use family::Family;

use address::{form_word, path_shape};
use hashing::{WORD_CHARS, each_gram, hash_bytes, hash_form, hash_plain, hash_word, mix};

use crate::{
    comment::scan,
    spam::{content::Content, links::Link},
};

/// Words read at the beginning and at the end of a text.
const HEAD_WORDS: usize = 700;
const TAIL_WORDS: usize = 200;

/// Links that are looked at.
const LINKS: usize = 50;

/// The most features of one text.
pub const MOST_FEATURES: usize = 16_384;

/// One hashed feature of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Its kind.
    pub family: Family,
    /// Of what it says.
    pub hash: u64,
    /// The word that it came from (for a pair, the first), or the link, by their numbers in [`Parts`].
    pub owner: u32,
}

impl Feature {
    /// Its place among the weights of all families.
    #[must_use]
    #[inline(always)]
    pub fn slot(&self) -> usize {
        let bits = self.hash >> (64 - self.family.slot_bits());
        self.family.offset() + usize::try_from(bits).unwrap_or(0)
    }
}

/// The words and links that features come from: words first, links behind them.
#[derive(Debug)]
pub struct Parts<'a> {
    content: &'a Content,
    words: Vec<&'a str>,
    /// Whether there are any; most texts have none that each word would be asked for.
    digits: bool,
}

impl<'a> Parts<'a> {
    /// The parts of a text that are looked at.
    #[must_use]
    pub fn of(content: &'a Content) -> Self {
        let folded = content.folded();
        let mut words: Vec<&str> = Vec::with_capacity(128);
        let mut start = 0;
        for word in scan::words(folded.as_bytes()).take(HEAD_WORDS) {
            let end = start + word.len();
            if let Some(word) = folded.get(start..end)
                && !word.is_empty()
            {
                words.push(word);
            }
            start = end + 1;
        }
        let rest = folded.get(start..).unwrap_or("");
        let rest = rest.split(' ').filter(|word| !word.is_empty());
        let head = words.len();
        words.extend(rest.rev().take(TAIL_WORDS));
        if let Some(tail) = words.get_mut(head..) {
            tail.reverse();
        }
        let digits = scan::first(folded.as_bytes(), |byte| byte.is_ascii_digit());
        Self {
            content,
            words,
            digits: digits.is_some(),
        }
    }

    /// What they are parts of.
    #[must_use]
    pub fn content(&self) -> &'a Content {
        self.content
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len() + self.links().count()
    }

    /// Whether the text says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The word, or the link's host, with this number.
    #[must_use]
    pub fn text(&self, owner: usize) -> &'a str {
        match self.words.get(owner) {
            Some(word) => word,
            None => {
                let link = self.links().nth(owner - self.words.len());
                link.map_or("", |link| &link.host)
            }
        }
    }

    fn links(&self) -> impl Iterator<Item = &'a Link> {
        let links = self.content.links().iter();
        links.chain(self.content.mentions()).take(LINKS)
    }

    /// Visits every feature; at most about [`MOST_FEATURES`]. A feature that a text has twice is visited twice.
    #[inline]
    pub fn each(&self, mut visit: impl FnMut(Feature)) {
        self.each_but_chars(&mut visit);
        self.each_of_chars(visit);
    }

    /// Visits the features of words, pairs and links.
    #[inline]
    pub(super) fn each_but_chars(&self, mut visit: impl FnMut(Feature)) {
        let (mut before, mut before_that) = (None, None);
        for (word, owner) in self.words.iter().zip(0..) {
            let (hash, digits) = if self.digits {
                hash_word(word.as_bytes())
            } else {
                (hash_plain(word.as_bytes()), false)
            };
            visit(feature(Family::Word, hash, owner));
            if digits {
                visit(feature(Family::Word, hash_form(word), owner));
            }
            if let Some(before) = before {
                let pair = mix(u64::rotate_left(hash, 23) ^ before);
                visit(feature(Family::Pair, pair, owner - 1));
            }
            if let Some(before_that) = before_that {
                let pair = mix(u64::rotate_left(hash, 41) ^ before_that);
                visit(feature(Family::Pair, pair, owner - 2));
            }
            (before, before_that) = (Some(hash), before);
        }
        self.each_link(&mut visit);
    }

    /// Visits the characters' features.
    #[inline]
    pub(super) fn each_of_chars(&self, mut visit: impl FnMut(Feature)) {
        let mut budget = MOST_FEATURES.saturating_sub(4 * self.words.len());
        // Asked once: the bytes of plain letters needn't be decoded.
        let is_ascii = self.content.folded().is_ascii();
        for (word, owner) in self.words.iter().zip(0..) {
            let visit = |hash| visit(feature(Family::Chars, hash, owner));
            let most = WORD_CHARS.min(budget);
            if is_ascii {
                let letters = word.as_bytes();
                let letters = letters.get(..most).unwrap_or(letters);
                each_gram(letters.iter().map(|byte| u32::from(*byte)), visit);
                budget -= letters.len();
            } else {
                each_gram(word.chars().take(most).map(u32::from), visit);
                budget -= word.chars().take(most).count();
            }
        }
    }

    /// A host, the domains that it belongs to, how it is written, and what its path looks like.
    fn each_link(&self, visit: &mut impl FnMut(Feature)) {
        let first = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        for (link, number) in self.links().zip(0..) {
            let owner = first + number;
            let mut part = |kind: u64, text: &str| {
                let hash = mix(hash_bytes(text.as_bytes()) ^ kind);
                visit(feature(Family::Link, hash, owner));
            };
            part(1, &link.host);
            let dots = link.host.match_indices('.').take(4);
            dots.for_each(|(dot, _)| part(2, &link.host[dot + 1..]));
            part(3, form_word(link.form));
            part(4, path_shape(&link.path));
            let pieces = link.path.split(|c: char| !c.is_alphanumeric());
            for piece in pieces.filter(|piece| piece.len() > 2).take(4) {
                if piece.bytes().all(|b| b.is_ascii_lowercase()) {
                    part(5, piece);
                }
            }
        }
    }
}

fn feature(family: Family, hash: u64, owner: u32) -> Feature {
    Feature {
        family,
        hash,
        owner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(body: &str) -> usize {
        let content = Content::of_text(body, "");
        let mut features = 0;
        Parts::of(&content).each(|_| features += 1);
        features
    }

    #[test]
    fn every_text_has_a_bounded_number_of_features() {
        let most = MOST_FEATURES + 10 * LINKS;
        for hostile in [
            "word ".repeat(13_000),
            "a".repeat(65_000),
            "ab".repeat(32_000),
            "http://a.b.c.d.e.f.g.h.example/x/y/z ".repeat(1_700),
            "👍 👎 ".repeat(6_000),
            "語".repeat(21_000),
            "\u{202E}".repeat(20_000),
        ] {
            assert!(count(&hostile) <= most, "{}", count(&hostile));
        }
        assert_eq!(count(""), 0);
        assert_eq!(count("\u{200B} … !"), 0);
    }

    #[test]
    fn a_word_has_itself_its_pairs_and_its_grams() {
        // ^cat, cat$. One word.
        assert_eq!(count("cat"), 1 + 2);
        assert_eq!(count("cat cat"), 2 + 1 + 4);
        assert_eq!(count("a ab"), 2 + 1 + 1);
        // Its form too.
        assert_eq!(count("win88"), 2 + 4);
    }

    #[test]
    fn names_that_differ_in_their_numbers_only_are_alike() {
        let features = |body: &str| {
            let content = Content::of_text(body, "");
            let mut hashes = Vec::new();
            Parts::of(&content).each(|feature| hashes.push(feature.hash));
            hashes
        };
        assert_eq!(features("lucky88 wins"), features("LUCKY77 wins"));
        assert_ne!(features("lucky88"), features("lucky888"));
    }

    #[test]
    fn both_ends_of_a_long_text_are_read() {
        let content = Content::of_text(&format!("first {} last", "middle ".repeat(5_000)), "");
        let parts = Parts::of(&content);
        assert_eq!(parts.len(), HEAD_WORDS + TAIL_WORDS);
        assert_eq!(
            (parts.text(0), parts.text(parts.len() - 1)),
            ("first", "last")
        );
    }

    #[test]
    fn slots_of_families_do_not_overlap() {
        let content = Content::of_text("Buy at http://shop.example/now or example.com today", "");
        Parts::of(&content).each(|feature| {
            let first = feature.family.offset();
            assert!((first..first + feature.family.slots()).contains(&feature.slot()));
        });
    }
}
