//! What was counted of a site in a period: hours and days of the clock, in UTC.

use std::collections::BTreeMap;

use crate::comment::{
    ids::KeyId,
    state::{Outcome, Verdict},
    waits::Waits,
};

/// Counts of one period, or of several added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Items that joined the queue, in any lane.
    pub queued: u64,
    /// Submissions by outcome.
    pub outcomes: ByNumber,
    /// Decisions of moderators on one comment, by verdict.
    pub decisions: ByNumber,
    /// Decisions as a part of a bulk one, a comment each, by verdict.
    pub bulk: ByNumber,
    /// Of the decisions on one comment, those where the score had said spam (0.5 or more), by verdict.
    pub said_spam: ByNumber,
    /// Decisions that were undone in this period, by verdict, whenever they were made.
    pub undone: ByNumber,
    /// From arrival to the first decision.
    pub waits: Waits,
    /// Decisions by the site's own code. Only of days.
    pub reasons: BTreeMap<String, u64>,
    /// Those by codes beyond the number that a day tells apart.
    pub other_reasons: u64,
    /// What each moderator did, where the site wants that. Only of hours.
    pub moderators: BTreeMap<KeyId, Work>,
    /// Reports by readers.
    pub reports: u64,
    /// Appeals of authors.
    pub appeals: u64,
}

/// A count for each outcome, or for each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByNumber([u64; 4]);

/// What one moderator did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Decisions.
    pub decisions: u64,
    /// Decisions of theirs that were undone, by whomever.
    pub undone: u64,
}

impl ByNumber {
    /// So many more of the outcome or verdict of this number, 1 to 4; none has another.
    pub fn record(&mut self, number: u8, count: u64) {
        let place = usize::from(number).checked_sub(1);
        if let Some(have) = place.and_then(|place| self.0.get_mut(place)) {
            *have = have.saturating_add(count);
        }
    }

    /// The count of an outcome.
    #[must_use]
    pub fn outcome(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize - 1]
    }

    /// The count of a verdict.
    #[must_use]
    pub fn verdict(&self, verdict: Verdict) -> u64 {
        self.0[verdict as usize - 1]
    }

    /// The count of a number; none has another than 1 to 4.
    #[must_use]
    pub fn number(&self, number: u8) -> u64 {
        let place = usize::from(number).checked_sub(1);
        place
            .and_then(|place| self.0.get(place).copied())
            .unwrap_or(0)
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    fn add(&mut self, other: &Self) {
        for (have, count) in self.0.iter_mut().zip(other.0) {
            *have = have.saturating_add(count);
        }
    }
}

impl Statistics {
    /// Adds another period's counts.
    pub fn add(&mut self, other: &Self) {
        for (have, count) in [
            (&mut self.outcomes, &other.outcomes),
            (&mut self.decisions, &other.decisions),
            (&mut self.bulk, &other.bulk),
            (&mut self.said_spam, &other.said_spam),
            (&mut self.undone, &other.undone),
        ] {
            have.add(count);
        }
        for (have, count) in [
            (&mut self.queued, other.queued),
            (&mut self.other_reasons, other.other_reasons),
            (&mut self.reports, other.reports),
            (&mut self.appeals, other.appeals),
        ] {
            *have = have.saturating_add(count);
        }
        self.waits.add(&other.waits);
        for (code, count) in &other.reasons {
            let have = self.reasons.entry(code.clone()).or_default();
            *have = have.saturating_add(*count);
        }
        for (moderator, work) in &other.moderators {
            let have = self.moderators.entry(*moderator).or_default();
            have.decisions = have.decisions.saturating_add(work.decisions);
            have.undone = have.undone.saturating_add(work.undone);
        }
    }

    /// Decisions, one by one and in bulk.
    #[must_use]
    pub fn decided(&self) -> u64 {
        self.decisions.total().saturating_add(self.bulk.total())
    }

    /// Undone for each decision, at most 1; `None` without decisions.
    #[must_use]
    pub fn share_undone(&self) -> Option<f64> {
        share(self.undone.total(), self.decided())
    }

    /// How often moderators said what the score had: spam at 0.5 or above, approve below. A rejection is an editor's and
    /// says nothing of spam; bulk decisions would count one judgement many times. `None` without either verdict.
    #[must_use]
    pub fn agreement(&self) -> Option<f64> {
        let (approve, spam) = (Verdict::Approve, Verdict::Spam);
        let approved = self.decisions.verdict(approve);
        let alike =
            approved.saturating_sub(self.said_spam.verdict(approve)) + self.said_spam.verdict(spam);
        share(alike, approved + self.decisions.verdict(spam))
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64).min(1.0))
}

#[cfg(test)]
mod tests;
