//! A text's features looked up and added up, word by word.

use crate::spam::{
    content::Content,
    features::{Family, Parts},
    lesson::SiteTag,
    model::{Dense, Model, worth},
    reasons::{Reason, Reasons},
    shape::Shape,
    signals::{Signal, Signals},
};

use super::gather::Gathered;

/// A text and what its features are worth.
pub(super) struct Text<'a> {
    pub(super) parts: Parts<'a>,
    model: &'a Model,
    site: SiteTag,
    features: Gathered,
}

impl<'a> Text<'a> {
    pub(super) fn of(content: &'a Content, model: &'a Model, site: SiteTag) -> Self {
        let parts = Parts::of(content);
        let features = Gathered::of(&parts, model, site);
        Self {
            parts,
            model,
            site,
            features,
        }
    }

    /// Units are whole numbers, so a family's sum is exact; families are added in their order.
    pub(super) fn log_odds(&self, signals: &Signals) -> f64 {
        let mut sum = self.model.dense(Dense::Bias, self.site);
        for family in Family::ALL {
            let units = self.features.units.iter().map(|part| part[family as usize]);
            sum += f64::from(units.sum::<i32>()) * self.worth(family);
        }
        for (_, weight) in self.named(signals) {
            sum += weight;
        }
        self.model.slope(self.site) * sum
    }

    /// Log-odds of one unit of a family in this text.
    fn worth(&self, family: Family) -> f64 {
        worth(family, self.features.counts[family as usize])
    }

    /// The counted facts and signals that the comment has, with what they weigh.
    fn named(&self, signals: &Signals) -> impl Iterator<Item = (&'static str, f64)> {
        let shapes = Shape::ALL.into_iter().map(|shape| {
            // As lessons keep it: what is learnt from is what was scored, to the bit.
            #[expect(clippy::cast_possible_truncation, reason = "lessons keep f32")]
            let value = shape.value(self.parts.content()) as f32;
            (shape.word(), Dense::Shape(shape), f64::from(value))
        });
        let signals = Signal::ALL
            .into_iter()
            .map(|signal| (signal.word(), Dense::Signal(signal), signals.value(signal)));
        let present = shapes.chain(signals).filter(|(.., value)| *value != 0.0);
        present.map(|(word, dense, value)| (word, self.model.dense(dense, self.site) * value))
    }

    pub(super) fn reasons(&self, signals: &Signals) -> Reasons {
        let slope = self.model.slope(self.site);
        let mut reasons = Reasons(Vec::with_capacity(self.features.units.len()));
        for (word, weight) in self.named(signals) {
            reasons.add(Reason::Named(word), slope * weight);
        }
        self.reasons_of_words(slope, &mut reasons);
        reasons
    }

    /// Each word's own weight, its n-grams', and half of each pair's that it is in.
    fn reasons_of_words(&self, slope: f64, reasons: &mut Reasons) {
        let worth = Family::ALL.map(|family| slope * self.worth(family));
        let mut half_pair = 0.0;
        for (owner, units) in self.features.units.iter().enumerate() {
            let part = |family: Family| f64::from(units[family as usize]) * worth[family as usize];
            let own = part(Family::Word) + part(Family::Chars) + part(Family::Link);
            let half = part(Family::Pair) / 2.0;
            reasons.add(Reason::Part(owner), own + half_pair + half);
            half_pair = half;
        }
    }
}
