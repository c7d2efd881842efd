//! A submission's spam probability, with its reasons. In process, no I/O, bounded whatever the text.

mod explanation;

use std::cell::RefCell;

use crate::{
    comment::{
        observed::Observed,
        score::{Probability, Score},
        submission::Submission,
    },
    spam::{
        content::Content,
        features::{Family, MOST_FEATURES, Parts},
        lesson::SiteTag,
        live::LiveModel,
        model::{Dense, Model},
        reasons::{Reason, Reasons},
        shape::Shape,
        signals::{Signal, Signals},
        weights::{ModelError, Weights},
    },
};

pub use explanation::Explanation;

/// Scores comments by the model of the moment. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Scorer {
    model: LiveModel,
}

impl Scorer {
    /// The scorer with the compiled-in weights.
    ///
    /// # Errors
    /// The weights don't match their digest: the build is damaged.
    pub fn prior() -> Result<Self, ModelError> {
        Model::prior().map(LiveModel::new).map(Self::new)
    }

    /// A scorer by a model that may be exchanged.
    #[must_use]
    pub fn new(model: LiveModel) -> Self {
        Self { model }
    }

    /// The model that it scores by.
    #[must_use]
    pub fn model(&self) -> &LiveModel {
        &self.model
    }

    /// How likely the submission is spam, by its text and by what was observed around it.
    #[must_use]
    pub fn score(&self, submission: &Submission, content: &Content, observed: &Observed) -> Score {
        let signals = Signals::of(submission, content, observed);
        self.score_with(SiteTag::of(&submission.site), content, &signals)
    }

    /// The same from stored signals.
    #[must_use]
    pub fn score_with(&self, site: SiteTag, content: &Content, signals: &Signals) -> Score {
        let model = self.model.load();
        let text = Text::of(content, &model, site);
        let reasons = text.reasons(signals);
        Score {
            probability: Probability::from_log_odds(text.log_odds(signals)),
            contributions: reasons.strongest(&text.parts),
            model: model.prior_weights().model(),
            lessons: model.lessons(),
        }
    }
}

thread_local! {
    /// Which slots a text has: a bit each, all zero between texts. 43 KB that needn't be made for each comment.
    static SEEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// The units of a text's distinct features, added up.
struct Text<'a> {
    parts: Parts<'a>,
    model: &'a Model,
    site: SiteTag,
    /// For each part and family. At most 2^16 * [`MOST_FEATURES`], which i32 holds.
    units: Vec<[i32; Family::ALL.len()]>,
    /// How many distinct features each family has.
    counts: [usize; Family::ALL.len()],
}

impl<'a> Text<'a> {
    fn of(content: &'a Content, model: &'a Model, site: SiteTag) -> Self {
        let parts = Parts::of(content);
        let mut units = vec![[0; Family::ALL.len()]; parts.len()];
        let mut counts = [0; Family::ALL.len()];
        // One more than there can be: each feature is written behind those that were new.
        let mut slots = vec![0_u32; (content.folded().len() * 3).min(MOST_FEATURES) + 1_024];
        let mut found = 0;
        SEEN.with_borrow_mut(|seen| {
            seen.resize(Weights::SLOTS.div_ceil(64), 0);
            parts.each(
                // Where features are made, so that each family's arithmetic is constant there. Without a branch on
                // what was seen: it would be guessed wrong for one feature in ten.
                #[inline(always)]
                |feature| {
                    let slot = feature.slot();
                    let family = feature.family as usize;
                    if let Some(seen) = seen.get_mut(slot / 64)
                        && let Some(place) = slots.get_mut(found)
                        && let Some(part) = units.get_mut(feature.owner as usize)
                    {
                        let new = !(*seen >> (slot % 64)) & 1;
                        *seen |= new << (slot % 64);
                        *place = bounded(slot);
                        found += usize::from(new == 1);
                        counts[family] += usize::from(new == 1);
                        let new = i32::from(new == 1);
                        part[family] += new * model.units(feature.family, slot, site);
                    }
                },
            );
            for slot in slots.iter().take(found) {
                if let Some(seen) = seen.get_mut(*slot as usize / 64) {
                    *seen = 0;
                }
            }
        });
        Self {
            parts,
            model,
            site,
            units,
            counts,
        }
    }

    /// Units are whole numbers, so a family's sum is exact; families are added in their order.
    fn log_odds(&self, signals: &Signals) -> f64 {
        let mut sum = self.model.dense(Dense::Bias, self.site);
        for family in Family::ALL {
            let units = self.units.iter().map(|part| part[family as usize]);
            sum += f64::from(units.sum::<i32>()) * self.worth(family);
        }
        for (_, weight) in self.named(signals) {
            sum += weight;
        }
        self.model.slope(self.site) * sum
    }

    /// Log-odds of one unit of a family in this text.
    fn worth(&self, family: Family) -> f64 {
        self.model.worth(family, self.counts[family as usize])
    }

    /// The counted facts and signals that the comment has, with what they weigh.
    fn named(&self, signals: &Signals) -> impl Iterator<Item = (&'static str, f64)> {
        let shapes = Shape::ALL.into_iter().map(|shape| {
            let value = shape.value(self.parts.content());
            (shape.word(), Dense::Shape(shape), value)
        });
        let signals = Signal::ALL
            .into_iter()
            .map(|signal| (signal.word(), Dense::Signal(signal), signals.value(signal)));
        let present = shapes.chain(signals).filter(|(.., value)| *value != 0.0);
        present.map(|(word, dense, value)| (word, self.model.dense(dense, self.site) * value))
    }

    fn reasons(&self, signals: &Signals) -> Reasons {
        let slope = self.model.slope(self.site);
        let mut reasons = Reasons::default();
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
        for (owner, units) in self.units.iter().enumerate() {
            let part = |family: Family| f64::from(units[family as usize]) * worth[family as usize];
            let own = part(Family::Word) + part(Family::Chars) + part(Family::Link);
            let half = part(Family::Pair) / 2.0;
            reasons.add(Reason::Part(owner), own + half_pair + half);
            half_pair = half;
        }
    }
}

fn bounded(slot: usize) -> u32 {
    u32::try_from(slot).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
