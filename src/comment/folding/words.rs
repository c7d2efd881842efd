//! From plain letters to words: punctuation goes, and tricks that span letters of a word are undone.

use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::{
    Disguises,
    context::{Context, is_glue, is_piercing, letter_follows},
    lookalikes,
    plain::is_plain_letter,
    word::{Word, bounded},
};
use crate::comment::scan::Eight;

/// Letters apart from each other are a word from this many on; the shorter `U.S.A.` is one too, but no disguise.
const FEWEST_APART: usize = 3;

/// And from this many on behind a longer word whose letters stand apart: `s e n d  m e`.
const FEWEST_APART_AGAIN: usize = 2;

/// The most characters between two letters of one word that stand apart: `【w】【i】【n】`, `w ♦ i ♦ n`.
const WIDEST_GAP: usize = 3;

/// The longest beginning of a word that an @ may follow as a letter: `c@sino`, but `reader@example`.
const LONGEST_BEFORE_AT: usize = 3;

pub(super) fn words(plain: &str, disguises: &mut Disguises) -> String {
    let mut words = Words {
        out: String::with_capacity(plain.len()),
        context: Context::of(plain),
        word: Word::default(),
        gap: Gap::default(),
        apart: 0,
        apart_from: 0,
        apart_to: 0,
        fewest_apart: FEWEST_APART,
        last_sign: None,
        disguises,
    };
    let mut rest = plain;
    loop {
        if words.word.text.is_empty() {
            let ordinary = ordinary_words(rest, words.context.is_pierced);
            if ordinary > 0 {
                words.ordinary(&rest[..ordinary]);
                rest = &rest[ordinary..];
            }
        }
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        words.read(c, rest);
    }
    words.end();
    words.out
}

/// How long the words are that the text starts with, a space between each two, if nothing in them could be a trick.
/// Most words are such, and are taken together.
fn ordinary_words(text: &str, is_pierced: bool) -> usize {
    let bytes = text.as_bytes();
    let (mut from, mut end) = (0, 0);
    while let Some(length @ 1..) = bytes
        .get(from..)
        .map(|rest| ordinary_word(rest, is_pierced))
    {
        end = from + length;
        if bytes.get(end) != Some(&b' ') {
            break;
        }
        from = end + 1;
    }
    end
}

/// How long the word is that the text starts with, if nothing in it could be a trick: two or more of a-z, none of them
/// three times in a row, before a space or ordinary punctuation. Otherwise 0.
fn ordinary_word(bytes: &[u8], is_pierced: bool) -> usize {
    let eight = Eight::of(bytes);
    let mut length = eight.lowercase();
    let mut stretched = eight.first_thrice() + 2 < length;
    if length == 8 {
        let more = bytes.iter().skip(8);
        length += more.take_while(|byte| byte.is_ascii_lowercase()).count();
        let word = &bytes[..length];
        stretched = word.windows(3).any(|w| w[0] == w[1] && w[1] == w[2]);
    }
    let ends = match bytes.get(length) {
        None => true,
        Some(b'\'' | b'$' | b'@' | b'0'..=b'9') => false,
        Some(byte) if is_glue(*byte) => false,
        Some(byte) => byte.is_ascii() && !(is_pierced && is_piercing(*byte)),
    };
    if length >= 2 && ends && !stretched {
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
    context: Context,
    word: Word,
    /// What stands between the last word and the next.
    gap: Gap,
    /// Words of one letter in a row, each a small gap apart; where the first begins and the last ends.
    apart: usize,
    apart_from: usize,
    apart_to: usize,
    fewest_apart: usize,
    last_sign: Option<char>,
    disguises: &'a mut Disguises,
}

/// Characters between words.
#[derive(Clone, Copy, Default)]
struct Gap {
    chars: usize,
    /// Not only spaces.
    has_signs: bool,
    /// A comma or the like: letters that are listed are no word.
    lists: bool,
}

impl Gap {
    fn add(&mut self, c: char) {
        self.chars += 1;
        self.has_signs |= c != ' ';
        self.lists |= matches!(c, ',' | ';' | ':' | '?' | '!' | ')' | '\n');
    }

    /// Two spaces are a space between words whose letters stand apart.
    fn is_within_a_word(self) -> bool {
        self.chars == 1 || (self.chars <= WIDEST_GAP && self.has_signs && !self.lists)
    }
}

impl Words<'_> {
    fn read(&mut self, c: char, rest: &str) {
        match kind(c) {
            Kind::Part => self.word.push(c),
            Kind::Sign => {
                let letter_follows = rest.starts_with(|next: char| next.is_ascii_alphabetic());
                if letter_follows && self.word.latin && lookalikes::unleet(c).is_some() {
                    self.word.push(c);
                } else {
                    self.sign(c);
                }
            }
            Kind::Apostrophe if self.word.is_letters() => {}
            Kind::Gap if self.is_inside_a_word(c, rest) => {}
            Kind::Apostrophe | Kind::Gap => {
                self.finish_word();
                self.gap.add(c);
            }
        }
    }

    /// Whether punctuation stands between letters of one word. Counts it, or takes it for a letter, if so.
    fn is_inside_a_word(&mut self, c: char, rest: &str) -> bool {
        let Ok(byte) = u8::try_from(c) else {
            return false;
        };
        if !self.word.is_letters() || !letter_follows(rest) {
            return false;
        }
        if is_glue(byte) {
            return true;
        }
        if self.context.is_pierced && is_piercing(byte) {
            self.disguises.spaced += 1;
            return true;
        }
        let is_letter = byte == b'@' && self.word.chars <= LONGEST_BEFORE_AT && !is_host(rest);
        if is_letter {
            self.word.push('a');
            self.disguises.leet += 1;
        }
        is_letter
    }

    fn end(&mut self) {
        self.finish_word();
        self.join_apart();
    }

    /// A row of one sign is one word: how many there are says little. Between letters that stand apart it is dropped,
    /// once the next letter is there.
    fn sign(&mut self, c: char) {
        self.finish_word();
        self.gap.add(c);
        if self.apart > 0 && self.gap.chars > WIDEST_GAP {
            self.join_apart();
        }
        if self.last_sign != Some(c) {
            self.start_word();
            self.out.push(c);
            self.last_sign = Some(c);
        }
    }

    fn ordinary(&mut self, words: &str) {
        self.join_apart();
        self.start_word();
        self.out.push_str(words);
        self.gap = Gap::default();
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
        self.word.undo_tricks(self.context, self.disguises);
        let single = self.word.chars == 1 && (self.word.is_letters() || self.apart > 0);
        if single && self.apart > 0 && self.gap.is_within_a_word() {
            self.out.truncate(self.apart_to);
        } else {
            self.join_apart();
        }
        self.start_word();
        if single && self.apart == 0 {
            self.apart_from = self.out.len();
        }
        self.out.push_str(&self.word.text);
        if single {
            self.apart += usize::from(self.word.last < '\u{530}');
            self.apart_to = self.out.len();
        }
        self.word.clear();
        self.gap = Gap::default();
    }

    fn join_apart(&mut self) {
        if self.apart >= self.fewest_apart {
            let reading = std::mem::take(&mut self.word);
            let letters = self.out[self.apart_from..self.apart_to].chars();
            letters
                .filter(|c| *c != ' ')
                .for_each(|c| self.word.push(c));
            self.word.undo_tricks(self.context, self.disguises);
            self.out
                .replace_range(self.apart_from..self.apart_to, &self.word.text);
            self.word = reading;
            if self.apart > FEWEST_APART {
                self.disguises.spaced += bounded(self.apart);
                self.fewest_apart = FEWEST_APART_AGAIN;
            }
        }
        self.apart = 0;
    }
}

/// Whether a domain follows, as in an e-mail address: letters, a dot, letters.
fn is_host(text: &str) -> bool {
    let bytes = text.as_bytes();
    let end = bytes
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
    end.is_some_and(|end| {
        bytes[end] == b'.' && bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic)
    })
}
