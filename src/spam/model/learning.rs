//! One step of stochastic gradient descent on a lesson.

use super::{DENSE_UNITS, Dense, Model, dense_place, dense_values, place};
use crate::spam::{
    features::Family,
    lesson::{Label, Lesson, SiteTag},
    vector::Vector,
};

/// How fast weights follow decisions. Found by held-out groups: see `docs/MODEL.md`. Replicas that should agree must
/// have the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// For the copies that sites share, by family.
    pub shared: [f64; Family::ALL.len()],
    /// For a site's own copies, by family; 0: the family has none.
    pub own: [f64; Family::ALL.len()],
    /// For dense weights that sites share, and for a site's own.
    pub dense: [f64; 2],
    /// For the bias.
    pub bias: [f64; 2],
    /// For the slope.
    pub slope: [f64; 2],
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            shared: [0.2, 0.2, 0.2, 0.2],
            own: [0.5, 0.5, 0.5, 0.5],
            dense: [0.005, 0.02],
            bias: [0.01, 0.05],
            slope: [0.0005, 0.002],
        }
    }
}

impl Rates {
    /// Whether sites have copies of their own of a family.
    #[inline(always)]
    pub(super) fn has_own_copy(&self, family: Family) -> bool {
        self.own[family as usize] > 0.0
    }
}

impl Model {
    /// Learns from a decision, after it was tested by it. The same lessons in the same order make the same bits.
    pub fn learn(&mut self, lesson: &Lesson) {
        let (site, vector) = (lesson.site, &lesson.vector);
        let sum = self.sum(vector, site);
        let probability = self.probability(vector, site).get();
        let is_spam = lesson.label == Label::Spam;
        let error = probability - if is_spam { 1.0 } else { 0.0 };
        if !lesson.taken_back {
            self.validation.add(probability, is_spam);
        }
        // What is taken back is added again: nearly what it took, as the weights stand now.
        let descent = if lesson.taken_back { error } else { -error };
        self.step_hashed(vector, site, lesson.shared, descent);
        let rates = self.rates;
        self.step_dense(Dense::Bias, site, lesson.shared, rates.bias, descent);
        for (dense, value) in dense_values(vector) {
            self.step_dense(dense, site, lesson.shared, rates.dense, descent * value);
        }
        let sum = sum.clamp(-8.0, 8.0);
        self.step_dense(
            Dense::Slope,
            site,
            lesson.shared,
            rates.slope,
            descent * sum,
        );
        self.lessons += 1;
    }

    fn step_hashed(&mut self, vector: &Vector, site: SiteTag, shared: bool, descent: f64) {
        for (family, slots) in vector.families() {
            let unit = self.unit(family);
            if unit <= 0.0 {
                continue;
            }
            let step = |rate: f64| rounded(rate * descent * family.value(slots.len()) / unit);
            if shared {
                let step = step(self.rates.shared[family as usize]);
                for slot in slots {
                    if let Some(weight) = self.shared.get_mut(*slot as usize) {
                        *weight = weight.saturating_add(step);
                    }
                }
            }
            if self.rates.has_own_copy(family) {
                let step = step(self.rates.own[family as usize]);
                for slot in slots {
                    if let Some(weight) = self.own.get_mut(place(site, *slot as usize)) {
                        *weight = weight.saturating_add(step);
                    }
                }
            }
        }
    }

    fn step_dense(
        &mut self,
        dense: Dense,
        site: SiteTag,
        shared: bool,
        [of_all, own]: [f64; 2],
        descent: f64,
    ) {
        let step = |rate: f64| rounded(rate * descent * DENSE_UNITS);
        if shared {
            let weight = &mut self.dense[dense.index()];
            *weight = weight.saturating_add(i32::from(step(of_all)));
        }
        if let Some(weight) = self.own.get_mut(dense_place(site, dense)) {
            *weight = weight.saturating_add(step(own));
        }
    }
}

fn rounded(units: f64) -> i16 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, and NaN is 0"
    )]
    let units = units.round() as i16;
    units
}
