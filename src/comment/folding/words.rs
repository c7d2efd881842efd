//! From plain letters to words: punctuation goes, and tricks that span letters of a word are undone.

use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::{
    Disguises, lookalikes,
    plain::is_plain_letter,
    word::{Word, bounded},
};

/// Letters apart from each other are a word from this many on; the shorter `U.S.A.` is one too, but no disguise.
const FEWEST_APART: usize = 3;

pub(super) fn words(plain: &str, disguises: &mut Disguises) -> String {
    let mut words = Words {
        out: String::with_capacity(plain.len()),
        word: Word::default(),
        gap: 0,
        apart: 0,
        apart_from: 0,
        last_sign: None,
        disguises,
    };
    let mut rest = plain;
    loop {
        if words.word.text.is_empty() {
            let ordinary = ordinary_word(rest);
            if ordinary > 0 {
                words.ordinary(&rest[..ordinary]);
                rest = &rest[ordinary..];
            }
        }
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        match kind(c) {
            Kind::Part => words.word.push(c),
            Kind::Sign => {
                let letter_follows = rest.starts_with(|next: char| next.is_ascii_alphabetic());
                if letter_follows && words.word.latin && lookalikes::unleet(c).is_some() {
                    words.word.push(c);
                } else {
                    words.sign(c);
                }
            }
            Kind::Apostrophe if words.word.is_letters() => {}
            Kind::Apostrophe | Kind::Gap => words.gap(),
        }
    }
    words.end();
    words.out
}

/// How long the word is that the text starts with, if nothing in it could be a trick: two or more of a-z, none of them
/// three times in a row, before a space or ordinary punctuation. Most words are ordinary, and skip the rest.
fn ordinary_word(text: &str) -> usize {
    let bytes = text.as_bytes();
    let length = bytes
        .iter()
        .position(|byte| !byte.is_ascii_lowercase())
        .unwrap_or(bytes.len());
    let ends = match bytes.get(length) {
        None => true,
        Some(b'\'' | b'$' | b'0'..=b'9') => false,
        Some(byte) => byte.is_ascii(),
    };
    let word = &bytes[..length];
    let stretched = || word.windows(3).any(|w| w[0] == w[1] && w[1] == w[2]);
    if length >= 2 && ends && !stretched() {
        length
    } else {
        0
    }
}

enum Kind {
    Part,
    Sign,
    Apostrophe,
    Gap,
}

fn kind(c: char) -> Kind {
    match c {
        'a'..='z' | '0'..='9' => Kind::Part,
        '\'' => Kind::Apostrophe,
        '$' => Kind::Sign,
        c if c.is_ascii() => Kind::Gap,
        c if is_plain_letter(c) || c.is_alphanumeric() || is_combining_mark(c) => Kind::Part,
        c if is_sign(c) => Kind::Sign,
        _ => Kind::Gap,
    }
}

/// Emoji and currency signs.
fn is_sign(c: char) -> bool {
    matches!(
        c.general_category(),
        GeneralCategory::CurrencySymbol | GeneralCategory::OtherSymbol
    )
}

struct Words<'a> {
    out: String,
    word: Word,
    /// Characters since the last word.
    gap: usize,
    /// Words of one letter in a row, one character apart, and where the first stands.
    apart: usize,
    apart_from: usize,
    last_sign: Option<char>,
    disguises: &'a mut Disguises,
}

impl Words<'_> {
    fn gap(&mut self) {
        self.finish_word();
        self.gap += 1;
    }

    fn end(&mut self) {
        self.finish_word();
        self.join_apart();
    }

    /// A row of one sign is one word: how many there are says little.
    fn sign(&mut self, c: char) {
        self.finish_word();
        self.join_apart();
        if self.last_sign != Some(c) {
            self.start_word();
            self.out.push(c);
            self.last_sign = Some(c);
        }
        self.gap = 0;
    }

    fn ordinary(&mut self, word: &str) {
        self.join_apart();
        self.start_word();
        self.out.push_str(word);
        self.gap = 0;
    }

    fn start_word(&mut self) {
        if !self.out.is_empty() {
            self.out.push(' ');
        }
        self.last_sign = None;
    }

    fn finish_word(&mut self) {
        if self.word.text.is_empty() {
            return;
        }
        self.word.undo_tricks(self.disguises);
        let single = self.word.chars == 1 && (self.word.is_letters() || self.apart > 0);
        if !(single && self.apart > 0 && self.gap == 1) {
            self.join_apart();
        }
        self.start_word();
        if single {
            if self.apart == 0 {
                self.apart_from = self.out.len();
            }
            self.apart += usize::from(self.word.last < '\u{530}');
        }
        self.out.push_str(&self.word.text);
        self.word.clear();
        self.gap = 0;
    }

    fn join_apart(&mut self) {
        if self.apart >= FEWEST_APART {
            let reading = std::mem::take(&mut self.word);
            let letters = self.out[self.apart_from..].chars();
            letters
                .filter(|c| *c != ' ')
                .for_each(|c| self.word.push(c));
            self.word.undo_tricks(self.disguises);
            self.out.truncate(self.apart_from);
            self.out.push_str(&self.word.text);
            self.word = reading;
            if self.apart > FEWEST_APART {
                self.disguises.spaced += bounded(self.apart);
            }
        }
        self.apart = 0;
    }
}
