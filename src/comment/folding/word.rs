//! One word: what was read of it, and the tricks in it undone.

use super::{
    Disguises,
    context::Context,
    lookalikes,
    plain::{is_cyrillic, is_plain_letter},
};

/// A word while it is read, and what in it needs a second look.
#[derive(Default)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) chars: usize,
    pub(super) latin: bool,
    other_letters: bool,
    digits: bool,
    pub(super) last: char,
    equal: usize,
    stretched: bool,
}

impl Word {
    pub(super) fn push(&mut self, c: char) {
        self.text.push(c);
        self.chars += 1;
        match c {
            'a'..='z' => self.latin = true,
            c if c.is_ascii() => self.digits = true,
            c if is_plain_letter(c) || c.is_alphabetic() => self.other_letters = true,
            _ => self.digits |= lookalikes::unleet(c).is_some(),
        }
        self.equal = if c == self.last { self.equal + 1 } else { 1 };
        self.last = c;
        self.stretched |= self.equal >= 3;
    }

    /// Makes room for the next word, in the same memory.
    pub(super) fn clear(&mut self) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        *self = Self {
            text,
            ..Self::default()
        };
    }

    pub(super) fn is_letters(&self) -> bool {
        self.latin || self.other_letters
    }

    pub(super) fn undo_tricks(&mut self, context: Context, disguises: &mut Disguises) {
        if self.other_letters {
            if self.latin {
                self.unmix(context, disguises);
            } else if context.is_disguised_latin {
                self.read_as_latin();
            }
        }
        if self.latin && self.digits && (self.chars > 2 || context.is_leet) {
            self.unleet(context, disguises);
        }
        if self.stretched {
            self.unstretch(disguises);
        }
    }

    /// One script a word: the one that can spell it; of two that can, the text's.
    fn unmix(&mut self, context: Context, disguises: &mut Disguises) {
        let text = &self.text;
        let can_be_latin = text
            .chars()
            .all(|c| c.is_ascii() || lookalikes::latin_twin(c).is_some());
        let can_be_cyrillic = text.chars().any(is_cyrillic)
            && text
                .chars()
                .all(|c| !c.is_ascii_alphabetic() || lookalikes::cyrillic_twin(c).is_some());
        let to_cyrillic = can_be_cyrillic && (context.is_foreign || !can_be_latin);
        let mut replaced = 0;
        let unmixed = text
            .chars()
            .map(|c| {
                let twin = if to_cyrillic {
                    lookalikes::cyrillic_twin(c)
                } else {
                    lookalikes::latin_twin(c)
                };
                replaced += u32::from(twin.is_some());
                twin.unwrap_or(c)
            })
            .collect();
        self.text = unmixed;
        disguises.lookalikes += replaced;
    }

    /// A word of nothing but twins, in a text that has mixed words: its neighbours are counted, it needn't be.
    fn read_as_latin(&mut self) {
        let is_twin = |c: char| c.is_ascii() || lookalikes::is_close_twin(c);
        if self.text.chars().all(is_twin) {
            let twin = |c| lookalikes::latin_twin(c).unwrap_or(c);
            self.text = self.text.chars().map(twin).collect();
            self.latin = true;
        }
    }

    /// One or two digits with a letter on either side are letters, and then those at a word's ends too; the lottery's
    /// `4d` at the end of a name is none, and `lucky88` ends in a number. In a text full of them nearly all are.
    fn unleet(&mut self, context: Context, disguises: &mut Disguises) {
        let chars: Vec<char> = self.text.chars().collect();
        let letter_at = |at: usize| chars.get(at).is_some_and(|c| c.is_alphabetic());
        let lottery = chars.ends_with(&['4', 'd']).then(|| chars.len() - 2);
        let is_inside = |at: usize| {
            let before = at > 0 && (letter_at(at - 1) || (at > 1 && letter_at(at - 2)));
            let after = letter_at(at + 1) || letter_at(at + 2);
            let near = (at > 0 && letter_at(at - 1)) || letter_at(at + 1);
            before && after && near && lottery != Some(at)
        };
        let is_sign = |at: usize| {
            chars
                .get(at)
                .is_some_and(|c| lookalikes::unleet(*c).is_some())
        };
        let some_inside = (0..chars.len()).any(|at| is_sign(at) && is_inside(at));
        let last = chars.len() - 1;
        let number = chars
            .iter()
            .rev()
            .take_while(|c| c.is_ascii_digit())
            .count();
        let is_numbered = number >= 2 && chars.len() - number >= 3;
        let is_letter = |at: usize| {
            is_inside(at)
                || (context.is_leet && !(is_numbered && at + number > last))
                || (at == 0 && letter_at(1) && (some_inside || begins_a_word(&chars)))
                || (at == last && some_inside && letter_at(last - 1))
        };
        let mut replaced = 0;
        let unleeted = chars
            .iter()
            .enumerate()
            .map(|(at, &c)| {
                let twin = lookalikes::unleet(c).filter(|_| is_letter(at));
                replaced += u32::from(twin.is_some());
                twin.unwrap_or(c)
            })
            .collect();
        self.text = unleeted;
        disguises.leet += replaced;
    }

    /// Three or more equal letters become one; a word of nothing else (`www`, `xxx`) keeps three.
    fn unstretch(&mut self, disguises: &mut Disguises) {
        let one_letter = self.equal == self.chars;
        let mut out = String::with_capacity(self.text.len());
        let mut chars = self.text.chars().peekable();
        while let Some(c) = chars.next() {
            let mut equal = 1;
            while chars.next_if_eq(&c).is_some() {
                equal += 1;
            }
            let kept = match equal {
                _ if c.is_numeric() => equal,
                1 | 2 => equal,
                _ if one_letter => 3,
                _ => 1,
            };
            disguises.repeated += if one_letter { 0 } else { bounded(equal - kept) };
            out.extend(std::iter::repeat_n(c, kept));
        }
        self.text = out;
    }
}

/// `5ubscribe`: signs that are read as s and o before four letters; `4chan` and `3rd` are numbers.
fn begins_a_word(chars: &[char]) -> bool {
    matches!(chars, ['5' | '0' | '$', a, b, c, d, ..]
        if [a, b, c, d].iter().all(|c| c.is_ascii_alphabetic()))
}

pub(super) fn bounded(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
