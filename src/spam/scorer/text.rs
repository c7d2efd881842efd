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
    /// The counted facts and signals that the comment has, with what they weigh.
    named: Vec<(&'static str, f64)>,
}

impl<'a> Text<'a> {
    pub(super) fn of(
        content: &'a Content,
        signals: &Signals,
        model: &'a Model,
        site: SiteTag,
    ) -> Self {
        let parts = Parts::of(content);
        let features = Gathered::of(&parts, model, site);
        Self {
            parts,
            model,
            site,
            features,
            named: named(content, signals, model, site),
        }
    }

    /// Units are whole numbers, so a family's sum is exact; families are added in their order.
    pub(super) fn log_odds(&self) -> f64 {
        let mut sum = self.model.dense(Dense::Bias, self.site);
        for family in Family::ALL {
            let units = self.features.units.iter().map(|part| part[family as usize]);
            sum += f64::from(units.sum::<i32>()) * self.worth(family);
        }
        for (_, weight) in &self.named {
            sum += weight;
        }
        self.model.slope(self.site) * sum
    }

    /// Log-odds of one unit of a family in this text.
    fn worth(&self, family: Family) -> f64 {
        worth(family, self.features.counts[family as usize])
    }

    pub(super) fn reasons(&self) -> Reasons {
        let slope = self.model.slope(self.site);
        let mut reasons = Reasons(Vec::with_capacity(self.features.units.len()));
        for (word, weight) in &self.named {
            reasons.add(Reason::Named(word), slope * *weight);
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

fn named(
    content: &Content,
    signals: &Signals,
    model: &Model,
    site: SiteTag,
) -> Vec<(&'static str, f64)> {
    let shapes = Shape::ALL.into_iter().map(|shape| {
        // As lessons keep it: what is learnt from is what was scored, to the bit.
        #[expect(clippy::cast_possible_truncation, reason = "lessons keep f32")]
        let value = shape.value(content) as f32;
        (shape.word(), Dense::Shape(shape), f64::from(value))
    });
    let signals = Signal::ALL
        .into_iter()
        .map(|signal| (signal.word(), Dense::Signal(signal), signals.value(signal)));
    let mut named = Vec::with_capacity(16);
    for (word, dense, value) in shapes.chain(signals) {
        if value != 0.0 {
            named.push((word, model.dense(dense, site) * value));
        }
    }
    named
}
