//! Telephone numbers as people write them down.
//!
//! A run is groups of digits with at most a few separators between them. What makes it a number to call is one of the
//! shapes in [`rules`]: a country code, a leading 0, the groups of a region, or a word such as `Tel.` before it.

mod cues;
mod rules;

use std::ops::Range;

use crate::comment::scan;
use rules::Part;

/// More groups than this have no number; a run is looked at no further than this ahead.
const MOST_GROUPS: usize = 12;

/// The first number at or behind a place.
pub(super) fn next(text: &str, from: usize) -> Option<Range<usize>> {
    let (bytes, mut at) = (text.as_bytes(), from);
    loop {
        let digit = at + scan::first(bytes.get(at..)?, |byte| byte.is_ascii_digit())?;
        let run = Run::read(text, from, digit);
        if let Some(found) = run.number() {
            return Some(found);
        }
        at = run.resume_at();
    }
}

/// What stands between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    /// Nothing: the first group.
    Start,
    Space,
    Dot,
    Dash,
    Slash,
    /// `) ` and ` (`: around an area code.
    Bracket,
}

/// Digits in a row, with what is before them.
#[derive(Debug, Clone, Copy)]
struct Group {
    between: Between,
    /// White space on both sides of a dash or slash: two numbers may meet there.
    apart: bool,
    start: usize,
    end: usize,
}

impl Group {
    const NONE: Self = Self {
        between: Between::Start,
        apart: false,
        start: 0,
        end: 0,
    };

    fn len(&self) -> usize {
        self.end - self.start
    }
}

/// Groups of digits in a row, at most [`MOST_GROUPS`] of them.
struct Run<'a> {
    text: &'a str,
    /// Where the text begins that may be looked at for a `+` or a bracket.
    floor: usize,
    groups: [Group; MOST_GROUPS],
    count: usize,
    /// There are more.
    is_cut: bool,
}

impl<'a> Run<'a> {
    /// From a digit on.
    fn read(text: &'a str, floor: usize, digit: usize) -> Self {
        let mut run = Self {
            text,
            floor,
            groups: [Group::NONE; MOST_GROUPS],
            count: 0,
            is_cut: false,
        };
        let mut next = Some(Group {
            start: digit,
            ..Group::NONE
        });
        while let Some(mut group) = next {
            let Some(slot) = run.groups.get_mut(run.count) else {
                run.is_cut = true;
                break;
            };
            group.end = digits_end(text, group.start);
            *slot = group;
            run.count += 1;
            next = following(text, group.end);
        }
        run
    }

    fn groups(&self) -> &[Group] {
        &self.groups[..self.count]
    }

    /// How many groups come before the first place where two numbers may meet.
    fn first_part(&self) -> usize {
        let apart = self.groups().iter().position(|group| group.apart);
        apart.unwrap_or(self.count)
    }

    /// Where the number stands that this begins with: all of it, or what is before the first place where two may meet.
    fn number(&self) -> Option<Range<usize>> {
        let whole = (!self.is_cut).then(|| self.part(self.count));
        let whole = whole.filter(Part::is_number);
        let first = || Some(self.part(self.first_part())).filter(Part::is_number);
        whole.or_else(first).map(|part| part.range())
    }

    fn part(&self, count: usize) -> Part<'_> {
        Part::new(self.text, self.floor, &self.groups[..count])
    }

    /// Where to go on when it has no number.
    fn resume_at(&self) -> usize {
        let first = self.first_part();
        if let Some(second) = self.groups().get(first) {
            return second.start;
        }
        let mut end = self.groups().last().map_or(self.floor, |last| last.end);
        while let Some(group) = following(self.text, end).filter(|group| !group.apart) {
            end = digits_end(self.text, group.start);
        }
        end
    }
}

fn digits_end(text: &str, start: usize) -> usize {
    let rest = &text.as_bytes()[start..];
    let length = rest.iter().position(|byte| !byte.is_ascii_digit());
    start + length.unwrap_or(rest.len())
}

/// The group behind one that ends here, if what is between may be within a number; its end is not known yet.
fn following(text: &str, end: usize) -> Option<Group> {
    const MOST_BETWEEN: usize = 3;
    let (mut spaces, mut brackets, mut sign) = (0, 0, None);
    let mut chars = text[end..].char_indices();
    for (offset, c) in chars.by_ref().take(MOST_BETWEEN + 1) {
        let kind = match c {
            '0'..='9' => {
                let between = match (sign, brackets) {
                    (Some(_), 1..) | (None, 1..) => Between::Bracket,
                    (Some(sign), _) => sign,
                    (None, _) => Between::Space,
                };
                let has_space = spaces > 0;
                return (between != Between::Dot || !has_space).then_some(Group {
                    between,
                    apart: spaces > 1 && sign.is_some(),
                    start: end + offset,
                    end: end + offset,
                });
            }
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => {
                spaces += 1;
                continue;
            }
            '(' | ')' => {
                brackets += 1;
                continue;
            }
            '.' => Between::Dot,
            '-' | '\u{2010}' | '\u{2011}' | '–' => Between::Dash,
            '/' => Between::Slash,
            _ => return None,
        };
        if sign.replace(kind).is_some() {
            return None;
        }
    }
    None
}
