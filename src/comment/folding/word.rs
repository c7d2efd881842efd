//! One word: what was read of it, and the tricks in it undone.

use super::{Disguises, lookalikes, plain::is_plain_letter};

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

    pub(super) fn undo_tricks(&mut self, disguises: &mut Disguises) {
        if self.latin && self.other_letters {
            self.unmix(disguises);
        }
        if self.latin && self.digits && self.chars > 2 {
            self.unleet(disguises);
        }
        if self.stretched {
            self.unstretch(disguises);
        }
    }

    /// One script a word: Latin, unless only Cyrillic can spell it.
    fn unmix(&mut self, disguises: &mut Disguises) {
        let text = &self.text;
        let others_are_latin = text
            .chars()
            .all(|c| c.is_ascii() || lookalikes::latin_twin(c).is_some());
        let to_cyrillic = |c: char| lookalikes::cyrillic_twin(c).filter(|_| !others_are_latin);
        let latin_is_cyrillic = !others_are_latin
            && text
                .chars()
                .all(|c| !c.is_ascii_alphabetic() || lookalikes::cyrillic_twin(c).is_some())
            && text.chars().any(|c| matches!(c, '\u{400}'..='\u{52F}'));
        let mut replaced = 0;
        let unmixed = text
            .chars()
            .map(|c| {
                let twin = if latin_is_cyrillic {
                    to_cyrillic(c)
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

    /// One or two digits with a letter on either side are letters; the lottery's `4d` at the end of a name is none.
    fn unleet(&mut self, disguises: &mut Disguises) {
        let chars: Vec<char> = self.text.chars().collect();
        let letter_at = |at: usize| chars.get(at).is_some_and(|c| c.is_alphabetic());
        let lottery = chars.ends_with(&['4', 'd']).then(|| chars.len() - 2);
        let mut replaced = 0;
        let unleeted = chars
            .iter()
            .enumerate()
            .map(|(at, &c)| {
                let before = at > 0 && (letter_at(at - 1) || (at > 1 && letter_at(at - 2)));
                let after = letter_at(at + 1) || letter_at(at + 2);
                let near = (at > 0 && letter_at(at - 1)) || letter_at(at + 1);
                let twin = lookalikes::unleet(c)
                    .filter(|_| before && after && near && lottery != Some(at));
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

pub(super) fn bounded(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
