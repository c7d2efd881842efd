//! Character by character: style, case, accents and invisible characters go; everything else stays where it was.

use unicode_normalization::char::{compose, decompose_compatible, is_combining_mark};

use super::{Disguises, lookalikes};
use crate::comment::scan;

/// More marks than this on one letter are a trick in any script: Unicode's stream-safe format allows 30, real words use
/// three or four.
const MOST_MARKS: u32 = 8;

pub(super) fn plain(text: &str, disguises: &mut Disguises) -> String {
    let mut letters = Letters {
        out: String::with_capacity(text.len()),
        last: ' ',
        marks_on_last: 0,
    };
    let mut rest = text;
    loop {
        rest = letters.ascii(rest);
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        if is_plain_letter(c) {
            letters.lower(c);
        } else if is_invisible(c) {
            let between_letters =
                letters.last.is_alphanumeric() && is_alphabetic_script(letters.last);
            disguises.invisible += u32::from(between_letters && !is_ordinary_invisible(c));
        } else if is_combining_mark(c) {
            letters.mark(c, disguises);
        } else {
            letters.character(c, disguises);
        }
    }
    letters.out
}

struct Letters {
    out: String,
    last: char,
    marks_on_last: u32,
}

impl Letters {
    /// Takes the ASCII at the beginning in one go, and returns what follows.
    fn ascii<'a>(&mut self, text: &'a str) -> &'a str {
        let bytes = text.as_bytes();
        let length = scan::first(bytes, |byte| !byte.is_ascii()).unwrap_or(bytes.len());
        let (ascii, rest) = text.split_at(length);
        if let Some(last) = ascii.bytes().last() {
            let start = self.out.len();
            self.out.push_str(ascii);
            self.out[start..].make_ascii_lowercase();
            self.last = char::from(last.to_ascii_lowercase());
            self.marks_on_last = 0;
        }
        rest
    }

    fn push(&mut self, c: char) {
        self.out.push(c);
        self.last = c;
        self.marks_on_last = 0;
    }

    fn character(&mut self, c: char, disguises: &mut Disguises) {
        if let Some(plain) = lookalikes::unstyled(c) {
            disguises.styled += 1;
            self.push(plain);
        } else if let Some(spelt) = lookalikes::spelt_out(c) {
            spelt.chars().for_each(|c| self.push(c));
        } else if has_parts(c) {
            disguises.styled += u32::from(is_styled(c));
            decompose_compatible(c, |part| {
                if !is_combining_mark(part) || !is_accented_script(self.last) {
                    self.lower(part);
                }
            });
        } else {
            self.lower(c);
        }
    }

    fn lower(&mut self, c: char) {
        if c.is_ascii() {
            self.push(c.to_ascii_lowercase());
        } else if matches!(c, 'а'..='я') || c >= '\u{3041}' && is_plain_letter(c) {
            self.push(c);
        } else {
            c.to_lowercase()
                .filter(|lower| !is_combining_mark(*lower) || is_combining_mark(c))
                .for_each(|lower| self.push(lower));
        }
    }

    /// Accents leave Latin and Greek letters; other scripts keep their marks, composed as NFC does.
    fn mark(&mut self, mark: char, disguises: &mut Disguises) {
        self.marks_on_last = self.marks_on_last.saturating_add(1);
        if is_accented_script(self.last) {
            let ordinary = self.marks_on_last <= 2 && is_keyboard_accent(mark);
            disguises.marks += u32::from(!ordinary);
            return;
        }
        match compose(self.last, mark) {
            Some(composed) => {
                let marks = self.marks_on_last;
                self.out.pop();
                self.push(composed);
                self.marks_on_last = marks;
            }
            None if is_cyrillic(self.last) && !is_keyboard_accent(mark) => disguises.marks += 1,
            None if self.marks_on_last > MOST_MARKS => disguises.marks += 1,
            None if self.last.is_alphabetic() => self.out.push(mark),
            None => {}
        }
    }
}

/// Acute, grave, circumflex, tilde, macron, breve, dot, diaeresis, hook, ring, double acute, caron, horn, dots below,
/// cedilla, ogonek: what keyboards and NFD texts put on Latin, Greek and Cyrillic letters.
fn is_keyboard_accent(mark: char) -> bool {
    matches!(mark, '\u{300}'..='\u{304}' | '\u{306}'..='\u{30C}' | '\u{31B}' | '\u{323}'..='\u{328}' | '\u{342}' | '\u{345}')
}

fn is_accented_script(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '\u{C0}'..='\u{24F}' | '\u{250}'..='\u{2AF}' | '\u{370}'..='\u{3FF}' | '\u{1E00}'..='\u{1FFF}')
}

/// Letters of scripts that other readers write in: nothing about them needs a second look but their case.
#[inline]
pub(super) fn is_plain_letter(c: char) -> bool {
    matches!(
        c,
        'А'..='я' // Cyrillic
            | '\u{621}'..='\u{63F}' | '\u{641}'..='\u{64A}' // Arabic
            | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' // kana
            | '\u{4E00}'..='\u{9FFF}' // Han
            | '\u{AC00}'..='\u{D7A3}' // Hangul
    )
}

pub(super) fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52F}')
}

/// Scripts whose letters never need a joiner between them.
fn is_alphabetic_script(c: char) -> bool {
    is_accented_script(c) || is_cyrillic(c)
}

/// Draws nothing and parts nothing: joiners, bidi controls, fillers, variation selectors, tags.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Comes with honest copies: soft hyphens of web pages, byte order marks of files, selectors of emoji keyboards.
fn is_ordinary_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// Blocks whose characters decompose into plainer ones. Others (Cyrillic й, Hangul, kana, Indic letters) stay whole.
fn has_parts(c: char) -> bool {
    matches!(
        c,
        '\u{A0}'..='\u{24F}'
            | '\u{2B0}'..='\u{2FF}'
            | '\u{370}'..='\u{3FF}'
            | '\u{1D00}'..='\u{1DBF}'
            | '\u{1E00}'..='\u{1FFF}'
            | '\u{2000}'..='\u{2BFF}'
            | '\u{2C7C}'..='\u{2C7D}'
            | '\u{3000}'
            | '\u{3200}'..='\u{33FF}'
            | '\u{FB00}'..='\u{FB06}'
            | '\u{FB50}'..='\u{FDFF}'
            | '\u{FE20}'..='\u{FEFC}'
            | '\u{FF01}'..='\u{FFEE}'
            | '\u{1D400}'..='\u{1D7FF}'
            | '\u{1F100}'..='\u{1F1FF}'
    )
}

/// Sets of letters and digits that exist for their look; superscripts, fractions and ligatures aren't among them.
fn is_styled(c: char) -> bool {
    matches!(
        c,
        '\u{1D2C}'..='\u{1D6A}'
            | '\u{2102}'..='\u{2115}'
            | '\u{2119}'..='\u{211D}'
            | '\u{2124}'
            | '\u{212C}'..='\u{2138}'
            | '\u{2460}'..='\u{24FF}'
            | '\u{FF10}'..='\u{FF19}'
            | '\u{FF21}'..='\u{FF3A}'
            | '\u{FF41}'..='\u{FF5A}'
            | '\u{1D400}'..='\u{1D7FF}'
            | '\u{1F110}'..='\u{1F149}'
    )
}
