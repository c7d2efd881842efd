//! A score with all of its reasons, for who asks.

use crate::{
    comment::score::{Contribution, Score},
    spam::{content::Content, lesson::SiteTag, signals::Signals},
};

use super::{Scorer, Text};

/// A score with more of its reasons than are kept with a comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The score as it would be kept.
    pub score: Score,
    /// Its log-odds.
    pub log_odds: f64,
    /// What speaks for and against, strongest first; what weighs less than 0.05 is left out.
    pub contributions: Vec<Contribution>,
}

impl Explanation {
    /// What is left of the log-odds: where the model starts, and what is too weak to be named.
    #[must_use]
    pub fn rest(&self) -> f64 {
        let told = self.contributions.iter().map(|part| f64::from(part.weight));
        self.log_odds - told.sum::<f64>()
    }
}

impl Scorer {
    /// The score with at most so many reasons.
    #[must_use]
    pub fn explain(
        &self,
        site: SiteTag,
        content: &Content,
        signals: &Signals,
        most: usize,
    ) -> Explanation {
        let model = self.model.load();
        let text = Text::of(content, signals, &model, site);
        Explanation {
            score: self.score_with(site, content, signals),
            log_odds: text.log_odds(),
            contributions: text.reasons().told(&text.parts, most),
        }
    }
}
