//! What became of submissions.

use super::{
    catalogue::{LIMITS_HIT, SCORE, SUBMISSIONS},
    exposition::Page,
    instruments::{Counter, Histogram},
};
use crate::comment::{limits::LimitName, score::Probability, state::Outcome};

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// Stored, in this state.
    Stored(Outcome),
    /// It had been stored before.
    Replayed,
    /// Not taken, as it would not be tomorrow or is not at this pace.
    Refused,
    /// The form has violations.
    Invalid,
    /// It was only to be looked at.
    Checked,
    /// Anything else.
    Failed,
}

impl Became {
    const WORDS: [&'static str; 9] = [
        "pending", "approved", "rejected", "spam", "replayed", "refused", "invalid", "checked",
        "failed",
    ];

    fn place(self) -> usize {
        match self {
            Self::Stored(Outcome::Pending) => 0,
            Self::Stored(Outcome::Approved) => 1,
            Self::Stored(Outcome::Rejected) => 2,
            Self::Stored(Outcome::Spam) => 3,
            Self::Replayed => 4,
            Self::Refused => 5,
            Self::Invalid => 6,
            Self::Checked => 7,
            Self::Failed => 8,
        }
    }
}

/// Which limit was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitHit {
    /// A site's.
    OfSite(LimitName),
    /// That on the reports of one reader.
    Reader,
    /// This replica's throttle.
    Replica,
}

impl LimitHit {
    const WORDS: [&'static str; 6] = [
        "author",
        "ip_address",
        "thread",
        "site",
        "reader",
        "replica",
    ];

    fn place(self) -> usize {
        match self {
            Self::OfSite(LimitName::Author) => 0,
            Self::OfSite(LimitName::IpAddress) => 1,
            Self::OfSite(LimitName::Thread) => 2,
            Self::OfSite(LimitName::Site) => 3,
            Self::Reader => 4,
            Self::Replica => 5,
        }
    }
}

/// What became of submissions.
pub struct Submissions {
    became: [Counter; Became::WORDS.len()],
    limits: [Counter; LimitHit::WORDS.len()],
    scores: Histogram,
}

impl Default for Submissions {
    fn default() -> Self {
        Self {
            became: Default::default(),
            limits: Default::default(),
            scores: Histogram::new(SCORE.buckets),
        }
    }
}

impl Submissions {
    /// One more.
    pub fn count(&self, became: Became) {
        if let Some(counter) = self.became.get(became.place()) {
            counter.one();
        }
    }

    /// The score of one that was stored.
    pub fn score(&self, probability: Probability) {
        self.scores.share(probability.get());
    }

    /// A limit refused one.
    pub fn limit(&self, limit: LimitHit) {
        if let Some(counter) = self.limits.get(limit.place()) {
            counter.one();
        }
    }

    pub(super) fn write(&self, page: &mut Page) {
        let mut samples = page.family(&SUBMISSIONS);
        for (word, counter) in Became::WORDS.iter().zip(&self.became) {
            samples.count(&[word], counter.get());
        }
        let mut samples = page.family(&LIMITS_HIT);
        for (word, counter) in LimitHit::WORDS.iter().zip(&self.limits) {
            samples.count(&[word], counter.get());
        }
        page.family(&SCORE).histogram(&[], &self.scores);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_counted_under_its_own_word() {
        for limit in LimitName::ALL {
            let place = LimitHit::OfSite(limit).place();
            assert_eq!(LimitHit::WORDS[place], limit.word());
        }
        let outcomes = [
            Outcome::Pending,
            Outcome::Approved,
            Outcome::Rejected,
            Outcome::Spam,
        ];
        for outcome in outcomes {
            let word = outcome.state();
            let told = Became::WORDS[Became::Stored(outcome).place()];
            assert_eq!(told, word.word().to_lowercase());
        }
    }
}
