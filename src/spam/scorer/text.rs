//! A text's features looked up and added up, word by word.

use std::cell::RefCell;

use crate::spam::{
    content::Content,
    features::{Family, MOST_FEATURES, Parts},
    lesson::SiteTag,
    model::{Dense, Model, worth},
    reasons::{Reason, Reasons},
    shape::Shape,
    signals::{Signal, Signals},
    weights::Weights,
};

thread_local! {
    /// Which slots a text has: a bit each, all zero between texts. 131 KB that needn't be made for each comment.
    static SEEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// The units of a text's distinct features, added up.
pub(super) struct Text<'a> {
    pub(super) parts: Parts<'a>,
    model: &'a Model,
    site: SiteTag,
    /// For each part and family. At most 2^16 * [`MOST_FEATURES`], which i32 holds.
    units: Vec<[i32; Family::ALL.len()]>,
    /// How many distinct features each family has.
    counts: [usize; Family::ALL.len()],
}

impl<'a> Text<'a> {
    pub(super) fn of(content: &'a Content, model: &'a Model, site: SiteTag) -> Self {
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
    pub(super) fn log_odds(&self, signals: &Signals) -> f64 {
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
        worth(family, self.counts[family as usize])
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
        let mut reasons = Reasons(Vec::with_capacity(self.units.len()));
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
