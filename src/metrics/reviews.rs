//! What moderators decide.

use super::{
    catalogue::{DECISIONS, REVIEWS},
    exposition::Page,
    instruments::Counter,
};
use crate::comment::state::{Verdict, Word};

const WORDS: [&str; 4] = ["approve", "reject", "spam", "escalate"];

/// What moderators decide.
#[derive(Default)]
pub struct Reviews {
    decisions: [Counter; WORDS.len()],
    in_time: Counter,
    late: Counter,
}

/// How many waits ended, by whether their item was due already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waits {
    /// Ended not later than their due time.
    pub in_time: u32,
    /// Ended later.
    pub late: u32,
}

impl Reviews {
    /// A word was carried out on so many comments.
    pub fn decided(&self, word: Word, comments: u32) {
        let place = match word {
            Word::Verdict(Verdict::Approve) => 0,
            Word::Verdict(Verdict::Reject) => 1,
            Word::Verdict(Verdict::Spam) => 2,
            Word::Escalate => 3,
        };
        if let Some(counter) = self.decisions.get(place) {
            counter.add(comments.into());
        }
    }

    /// These waits ended.
    pub fn ended(&self, waits: Waits) {
        self.in_time.add(waits.in_time.into());
        self.late.add(waits.late.into());
    }

    pub(super) fn write(&self, page: &mut Page) {
        let mut samples = page.family(&DECISIONS);
        for (word, counter) in WORDS.iter().zip(&self.decisions) {
            samples.count(&[word], counter.get());
        }
        page.family(&REVIEWS)
            .count(&["true"], self.in_time.get())
            .count(&["false"], self.late.get());
    }
}
