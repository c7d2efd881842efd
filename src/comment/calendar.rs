//! Hours of the clock and days of the calendar, in UTC: the periods that are counted.

use std::{fmt, str::FromStr};

use crate::comment::state::Timestamp;

/// An hour of the clock: how many began since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hour(i64);

impl Hour {
    const MS: i64 = 3_600_000;

    /// The hour of a time.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self(at.0.div_euclid(Self::MS))
    }

    /// From how many began since 1970.
    #[must_use]
    pub fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// How many began since 1970.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }

    /// When it began.
    #[must_use]
    pub fn start(self) -> Timestamp {
        Timestamp(self.0.saturating_mul(Self::MS))
    }

    /// So many hours, the last of them this one, oldest first.
    pub fn last(self, count: u16) -> impl Iterator<Item = Self> {
        (0..i64::from(count))
            .rev()
            .map(move |back| Self(self.0 - back))
    }

    /// Its day.
    #[must_use]
    pub fn day(self) -> Day {
        Day::from_number(self.0.div_euclid(24))
    }
}

/// A day of the calendar in UTC: how many began since 1970. Read and written as `2026-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i64);

/// A text that is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a day such as 2026-01-31, from 1970-01-01 on")]
pub struct BadDay;

const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

impl Day {
    /// From how many began since 1970.
    #[must_use]
    pub fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// How many began since 1970.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }

    /// The day of a time.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Hour::of(at).day()
    }
}

impl FromStr for Day {
    type Err = BadDay;

    fn from_str(text: &str) -> Result<Self, BadDay> {
        // The parser also takes times, other calendars' marks and signs; a day has ten characters.
        let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let date: jiff::civil::Date = text
            .parse()
            .ok()
            .filter(|date| plain && *date >= EPOCH)
            .ok_or(BadDay)?;
        let days = date.since(EPOCH).map_err(|_| BadDay)?.get_days();
        Ok(Self(i64::from(days)))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = jiff::Span::new().try_days(self.0);
        match since.and_then(|days| EPOCH.checked_add(days)) {
            Ok(date) => write!(f, "{date}"),
            // A clock that is tens of thousands of years off.
            Err(_) => write!(f, "day {}", self.0),
        }
    }
}

/// Days one after another, at most [`Period::MOST_DAYS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: Day,
    last: Day,
}

/// Two days that make no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPeriod {
    /// It ends before it begins.
    #[error("must not be before from_day")]
    Backwards,
    /// It is longer than what is kept.
    #[error(
        "must be at most {} days from from_day, both counted",
        Period::MOST_DAYS
    )]
    TooLong,
}

impl Period {
    /// A leap year.
    pub const MOST_DAYS: i64 = 366;

    /// From a day to a day, both in it.
    ///
    /// # Errors
    /// As [`BadPeriod`] says.
    pub fn new(first: Day, last: Day) -> Result<Self, BadPeriod> {
        match last.0 - first.0 {
            ..0 => Err(BadPeriod::Backwards),
            days if days >= Self::MOST_DAYS => Err(BadPeriod::TooLong),
            _ => Ok(Self { first, last }),
        }
    }

    /// The first day.
    #[must_use]
    pub fn first(&self) -> Day {
        self.first
    }

    /// The last day.
    #[must_use]
    pub fn last(&self) -> Day {
        self.last
    }

    /// Each day.
    pub fn days(&self) -> impl Iterator<Item = Day> + use<> {
        (self.first.0..=self.last.0).map(Day)
    }
}

#[cfg(test)]
mod tests;
