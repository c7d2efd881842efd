//! What a text as a whole tells about its words: whose script it is, and whether punctuation was put inside them.

use super::{lookalikes, plain::is_plain_letter};
use crate::comment::scan;

/// Words with punctuation inside, or with digits for letters, before all of a text's words are read so. One `co-operate`,
/// `the end.It` or `b2b` is no trick.
const FEWEST_TRICKED: usize = 3;

/// Found in one pass over plain letters.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Context {
    /// Clearly more letters that only Cyrillic or Greek has than letters that only Latin has.
    pub(super) is_foreign: bool,
    /// Scripts are mixed within words, and (nearly) every letter of the other script is one that Latin has a twin of.
    pub(super) is_disguised_latin: bool,
    /// A third of the words or more have punctuation between their letters.
    pub(super) is_pierced: bool,
    /// The same of words with digits between letters.
    pub(super) is_leet: bool,
}

impl Context {
    pub(super) fn of(plain: &str) -> Self {
        let mut context = Self::default();
        context.read_signs(plain);
        if !plain.is_ascii() {
            context.read_scripts(plain);
        }
        context
    }

    fn read_signs(&mut self, plain: &str) {
        if few_tricked(plain.as_bytes()) {
            return;
        }
        let (mut words, mut pierced, mut leet) = (0_usize, 0_usize, 0_usize);
        for word in plain.as_bytes().split(|byte| matches!(byte, b' ' | b'\n')) {
            words += usize::from(!word.is_empty());
            if word.len() > 2 && !word.iter().all(u8::is_ascii_lowercase) {
                pierced += usize::from(has_pierced_letters(word));
                leet += usize::from(has_between_letters(word, is_leet_digit));
            }
        }
        let is_many = |tricked: usize| tricked >= FEWEST_TRICKED && 3 * tricked >= words;
        self.is_pierced = is_many(pierced);
        self.is_leet = is_many(leet);
    }

    fn read_scripts(&mut self, plain: &str) {
        let (mut only_latin, mut only_foreign, mut mixed) = (0_usize, 0_usize, false);
        let mut before = ' ';
        for c in plain.chars() {
            if c.is_ascii_lowercase() {
                only_latin += usize::from(lookalikes::cyrillic_twin(c).is_none());
                mixed |= is_foreign(before);
            } else if is_foreign(c) {
                only_foreign += usize::from(!lookalikes::is_close_twin(c));
                mixed |= before.is_ascii_lowercase();
            }
            before = c;
        }
        self.is_foreign = only_foreign > only_latin + 2;
        self.is_disguised_latin = mixed && only_latin > 2 * only_foreign;
    }
}

/// Greek and Cyrillic letters.
pub(super) fn is_foreign(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3FF}' | '\u{400}'..='\u{52F}')
}

/// Signs that nobody writes between letters without a reason: they never part words.
pub(super) fn is_glue(byte: u8) -> bool {
    matches!(byte, b'*' | b'_' | b'~' | b'^' | b'|' | b'`')
}

/// Signs that part words, unless a text is full of them.
pub(super) fn is_piercing(byte: u8) -> bool {
    matches!(byte, b'.' | b'-' | b'+' | b'=' | b'#' | b':' | b',' | b'/')
}

/// Letters, a sign, letters: not an address, and not only a full stop without the space behind it.
fn has_pierced_letters(word: &[u8]) -> bool {
    word.len() > 3
        && has_between_letters(word, is_piercing)
        && !word.starts_with(b"www.")
        && !word.windows(2).any(|two| two == b"//")
        && !word.contains(&b'@')
}

fn has_between_letters(word: &[u8], is_sign: fn(u8) -> bool) -> bool {
    word.windows(3).any(|three| match three {
        [before, sign, after] => is_sign(*sign) && is_letter(*before) && is_letter(*after),
        _ => false,
    })
}

/// Whether there are too few signs between letters, to tell most texts without looking at their words. More signs count
/// here than piercing ones and digits for letters, in one range: that is told at once for many bytes.
fn few_tricked(plain: &[u8]) -> bool {
    let is_sign = |byte: u8| matches!(byte, b'#' | b'$') | matches!(byte, b'+'..=b'=');
    let is_tricked = |before, sign, after| is_letter(before) & is_sign(sign) & is_letter(after);
    scan::count_triples(plain, is_tricked) < FEWEST_TRICKED
}

fn is_leet_digit(byte: u8) -> bool {
    matches!(byte, b'0' | b'1' | b'3' | b'4' | b'5' | b'7' | b'$')
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_lowercase() | !byte.is_ascii()
}

/// Whether a letter follows: what stands at a word's end is punctuation.
pub(super) fn letter_follows(rest: &str) -> bool {
    match rest.as_bytes().first() {
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric(),
        Some(_) => rest
            .chars()
            .next()
            .is_some_and(|c| is_plain_letter(c) || c.is_alphanumeric()),
        None => false,
    }
}
