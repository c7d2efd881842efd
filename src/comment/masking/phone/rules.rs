//! Which groups of digits are a number to call.

use std::ops::Range;

use super::{Between, Group, cues};

/// How many digits a number has: seven within a town, fifteen by ITU-T E.164, and two for `00`.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=17;

/// Groups that may be a number, with what is around them.
pub(super) struct Part<'a> {
    text: &'a str,
    groups: &'a [Group],
    /// Before the `+` or the bracket that belongs to it.
    start: usize,
    plus: bool,
    /// The first group is in brackets.
    bracketed: bool,
    digits: usize,
}

impl<'a> Part<'a> {
    /// `floor`: where what may belong to it begins.
    pub(super) fn new(text: &'a str, floor: usize, groups: &'a [Group]) -> Self {
        let first = groups.first().map_or(floor, |group| group.start);
        let closes = |group: &Group| group.between == Between::Bracket;
        let has_bracket = groups.get(1).is_some_and(closes);
        let (mut plus, mut bracketed) = (false, false);
        let mut before = &text[floor..first];
        // `+`, `(`, `(+` and `+(`.
        for _ in 0..2 {
            if let Some(outer) = before.strip_suffix('+').filter(|_| !plus) {
                (plus, before) = (true, outer);
            } else if let Some(outer) = before.strip_suffix('(')
                && has_bracket
                && !bracketed
            {
                (bracketed, before) = (true, outer);
            }
        }
        Self {
            text,
            groups,
            start: floor + before.len(),
            plus,
            bracketed,
            digits: groups.iter().map(Group::len).sum(),
        }
    }

    /// Where it stands.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.end()
    }

    fn end(&self) -> usize {
        self.groups.last().map_or(self.start, |group| group.end)
    }

    /// Whether it is a number to call.
    pub(super) fn is_number(&self) -> bool {
        if !DIGITS.contains(&self.digits) || self.groups.len() > 7 || !self.stands_alone() {
            return false;
        }
        if self.is_monotonous() || self.has_date() || self.is_ip_address() {
            return false;
        }
        let before = &self.text[..self.start];
        if self.is_international() {
            return true;
        }
        let has_shape = !self.plus && (self.is_national() || self.is_regional());
        (has_shape && !cues::announce_another(before))
            || (self.digits <= 15
                && !self.is_grouped_by_thousands(Between::Dot)
                && cues::announce_a_call(before))
    }

    /// Not a piece of a longer word, amount, time or path.
    fn stands_alone(&self) -> bool {
        let (before, after) = (&self.text[..self.start], &self.text[self.end()..]);
        let mut backwards = before.chars().rev();
        let begins = match backwards.next() {
            Some(c) if c.is_alphanumeric() || "/_=#&%~\\@$€£¥₹^+°".contains(c) => false,
            Some('.' | ',' | ':' | '\'' | '’') => !backwards.next().is_some_and(is_digit),
            Some(c) if is_dash(c) => !backwards.next().is_some_and(char::is_alphanumeric),
            Some(_) | None => true,
        };
        let mut forwards = after.chars();
        // What joins two numbers here separates none there: masking one must not uncover the other.
        let ends = match forwards.next() {
            Some('x') => forwards.next().is_some_and(is_digit),
            Some(c) if c.is_alphanumeric() || "_=%‰°@$€£¥₹^+\\".contains(c) => false,
            Some('.' | ',' | ':' | '\'' | '’') => !forwards
                .next()
                .is_some_and(|c| is_digit(c) || matches!(c, '+' | '(')),
            Some(c) if is_dash(c) || c == '/' => !forwards
                .next()
                .is_some_and(|c| c.is_alphanumeric() || matches!(c, '+' | '(')),
            Some(' ' | '\u{a0}') => !forwards.next().is_some_and(|c| "€$£¥₹%".contains(c)),
            Some(_) | None => true,
        };
        begins && ends
    }

    fn group(&self, index: usize) -> &str {
        let group = self.groups.get(index);
        group.map_or("", |group| &self.text[group.start..group.end])
    }

    /// Of at most four digits; `None` for a longer one.
    fn value(&self, index: usize) -> Option<u16> {
        Some(self.group(index))
            .filter(|digits| digits.len() <= 4)?
            .parse()
            .ok()
    }

    fn between(&self, index: usize) -> Between {
        self.groups
            .get(index)
            .map_or(Between::Start, |group| group.between)
    }

    fn has_lengths(&self, lengths: &[usize]) -> bool {
        self.groups
            .iter()
            .map(Group::len)
            .eq(lengths.iter().copied())
    }

    fn all_digits(&self) -> impl Iterator<Item = u8> {
        let groups = self.groups.iter();
        groups.flat_map(|group| self.text.as_bytes()[group.start..group.end].iter().copied())
    }

    /// `1000000000`, `01010101`: an amount, or bits.
    fn is_monotonous(&self) -> bool {
        let seen = self
            .all_digits()
            .fold(0_u16, |seen, digit| seen | 1 << (digit & 0xF));
        seen.count_ones() < 3
    }

    /// A day (`28.11.2026`, `2026-11-28`, `01/02/98`), a month (`03/2019`) or years (`1914-1918`).
    fn has_date(&self) -> bool {
        let count = self.groups.len();
        let day = |index| self.group(index).len() <= 2 && matches!(self.value(index), Some(1..=31));
        let year =
            |index| self.group(index).len() == 4 && matches!(self.value(index), Some(1000..=2199));
        let joined = |index| {
            let between = self.between(index);
            matches!(between, Between::Dot | Between::Dash | Between::Slash)
        };
        let same = |index| joined(index) && self.between(index) == self.between(index + 1);
        let full = (1..count.saturating_sub(1)).any(|middle| {
            same(middle)
                && day(middle)
                && (day(middle - 1) && year(middle + 1) || year(middle - 1) && day(middle + 1))
        });
        let month = (1..count).any(|index| {
            matches!(self.between(index), Between::Slash | Between::Dot)
                && day(index - 1)
                && year(index)
                && self.value(index) > Some(1900)
        });
        // `8/22/02`, but not `01.12.05.67.89`.
        let short = (1..count.saturating_sub(1)).any(|middle| {
            let ends = middle + 2 == count || !joined(middle + 2);
            let begins = !joined(middle - 1);
            let pair = self.group(middle + 1).len() == 2;
            same(middle) && begins && ends && pair && day(middle - 1) && day(middle)
        });
        full || short || month || (0..count).all(year)
    }

    fn is_ip_address(&self) -> bool {
        let dotted = (1..4).all(|index| self.between(index) == Between::Dot);
        let small = |index| self.group(index).len() <= 3 && self.value(index) <= Some(255);
        self.groups.len() == 4 && dotted && (0..4).all(small)
    }

    /// `10 000 000`, `1.234.567`
    fn is_grouped_by_thousands(&self, by: Between) -> bool {
        let mut later = self.groups.iter().skip(1);
        matches!(self.group(0).len(), 1..=3)
            && !self.group(0).starts_with('0')
            && later.all(|group| group.len() == 3 && group.between == by)
    }

    /// `+49 30 1234567`, `0049 30 1234567`
    fn is_international(&self) -> bool {
        let mut digits = self.all_digits();
        if self.plus {
            return digits.next() != Some(b'0')
                && (8..=15).contains(&self.digits)
                && !self.is_grouped_by_thousands(Between::Dot);
        }
        digits.by_ref().take_while(|digit| *digit == b'0').count() == 2
            && self.digits >= 10
            && self.group(0).len() >= 2
            && !self.is_all_pairs()
    }

    fn is_all_pairs(&self) -> bool {
        self.groups.iter().all(|group| group.len() == 2)
    }

    /// With the 0 of long-distance calls: `030 1234567`, `(0711) 12 34 56`, `01 23 45 67 89`.
    fn is_national(&self) -> bool {
        let mut digits = self.all_digits();
        let trunk = digits.next() == Some(b'0') && digits.next() != Some(b'0');
        let has_area = self.bracketed || self.group(0).len() >= 2;
        let least = if self.groups.len() == 1 { 10 } else { 8 };
        if !trunk || !has_area || !(least..=12).contains(&self.digits) {
            return false;
        }
        // `0900-1700`: from nine to five.
        let hours =
            self.has_lengths(&[4, 4]) && (0..2).all(|index| self.value(index) <= Some(2400));
        // `01067-01099`: postcodes.
        let postcodes = self.has_lengths(&[5, 5]) && self.between(1) == Between::Dash;
        let pairs = self.is_all_pairs() && self.groups.len() != 5;
        !hours && !postcodes && !pairs && self.groups.len() <= 6
    }

    /// As some regions write them without a leading 0.
    fn is_regional(&self) -> bool {
        self.is_north_american()
            || self.is_indian()
            || self.is_russian()
            || self.has_bracketed_area()
    }

    /// `212-555-0123`, `1 (212) 555-0123`
    fn is_north_american(&self) -> bool {
        let first = match self.groups.len() {
            3 if self.has_lengths(&[3, 3, 4]) => 0,
            4 if self.has_lengths(&[1, 3, 3, 4]) && self.group(0) == "1" => 1,
            _ => return false,
        };
        let no_trunk = |index| !self.group(index).starts_with(['0', '1']);
        no_trunk(first) && no_trunk(first + 1)
    }

    /// `98765 43210`
    fn is_indian(&self) -> bool {
        let round = |index| self.group(index).ends_with("00");
        self.has_lengths(&[5, 5])
            && self.group(0).starts_with(['6', '7', '8', '9'])
            && matches!(self.between(1), Between::Space | Between::Dash)
            && !self.groups.iter().any(|group| group.apart)
            && !(round(0) && round(1))
    }

    /// `8 916 123-45-67`
    fn is_russian(&self) -> bool {
        matches!(self.group(0), "7" | "8")
            && !self.group(1).starts_with(['0', '1', '2'])
            && (self.has_lengths(&[1, 3, 3, 2, 2]) || self.has_lengths(&[1, 3, 3, 4]))
    }

    /// `(11) 98765-4321`
    fn has_bracketed_area(&self) -> bool {
        let area = self.group(0).len();
        let year = area == 4 && matches!(self.value(0), Some(1000..=2199));
        self.bracketed
            && matches!(area, 2..=4)
            && !year
            && (7..=9).contains(&(self.digits - area))
            && self.groups.len() <= 4
            && (self.groups.len() == 2 || self.groups.iter().skip(2).any(|group| group.len() != 3))
    }
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '\u{2010}' | '\u{2011}')
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}
