//! One step of stochastic gradient descent on a lesson.

use super::{
    Dense, Model, SHARED_SLOPES, SLOPES, UNITS, dense_place, dense_values, place, rounded,
    taught::Step,
};
use crate::{
    comment::score::Probability,
    spam::{
        features::Family,
        lesson::{Label, Lesson, SiteTag},
        vector::Vector,
    },
};

/// Units of a lesson's strength in 1.0.
const STRENGTH_UNITS: f64 = 32_767.0;

/// Units of a sum in 1.0, and the largest sum that moves the slope.
const SUM_UNITS: f64 = 4_095.0;
const LARGEST_SUM: f64 = 8.0;

/// How fast weights follow decisions. Found by held-out groups: see `docs/MODEL.md`. Replicas that should agree must
/// have the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// For the copies that sites share, by family.
    pub shared: [f64; Family::ALL.len()],
    /// For a site's own copies, by family. Characters have none.
    pub own: [f64; Family::ALL.len()],
    /// For dense weights that sites share, and for a site's own.
    pub dense: [f64; 2],
    /// For the bias.
    pub bias: [f64; 2],
    /// For the slope.
    pub slope: [f64; 2],
    /// The most that one lesson may move the log-odds of its own comment by its hashed features: a mistaken decision on a
    /// few words must not condemn the next comment that says them.
    pub most: f64,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            shared: [0.1, 0.1, 0.2, 0.1],
            own: [4.0, 4.0, 0.0, 4.0],
            dense: [0.005, 0.2],
            bias: [0.01, 0.1],
            slope: [0.0005, 0.02],
            most: 3.0,
        }
    }
}

/// Whether sites have copies of their own of a family. Those of characters gain little (see `docs/decisions/0011`), and
/// are more than half of a text's features.
#[inline(always)]
pub(super) const fn has_own_copy(family: Family) -> bool {
    !matches!(family, Family::Chars)
}

impl Model {
    /// Learns from a decision, after it was tested by it. The same lessons in the same order make the same bits.
    pub fn learn(&mut self, lesson: &Lesson) {
        let (site, vector) = (lesson.site, &lesson.vector);
        let sum = self.sum(vector, site);
        let probability = Probability::from_log_odds(self.slope(site) * sum).get();
        let is_spam = lesson.label == Label::Spam;
        let error = if is_spam { 1.0 } else { 0.0 } - probability;
        let step = Step {
            strength: rounded(error * STRENGTH_UNITS),
            sum: rounded(sum.clamp(-LARGEST_SUM, LARGEST_SUM) * SUM_UNITS),
        };
        if lesson.taken_back {
            // Of long ago: as much as it would teach now.
            let taught = self.taught.take(lesson.subject).unwrap_or(step);
            self.climb(lesson, taught, -1.0);
        } else {
            self.validation.add(probability, is_spam);
            self.taught.note(lesson.subject, step);
            self.climb(lesson, step, 1.0);
        }
        self.lessons += 1;
    }

    /// One step along the gradient of the log-likelihood. It depends on lesson and step alone, so that the same step in
    /// the opposite direction takes it back, whatever was learnt between.
    fn climb(&mut self, lesson: &Lesson, step: Step, direction: f64) {
        let strength = direction * f64::from(step.strength) / STRENGTH_UNITS;
        let (site, vector) = (lesson.site, &lesson.vector);
        let bounded = strength * self.bound(lesson);
        self.step_hashed(vector, site, lesson.shared, bounded);
        let rates = self.rates;
        self.step_dense(Dense::Bias, site, lesson.shared, rates.bias, strength);
        for (dense, value) in dense_values(vector) {
            self.step_dense(dense, site, lesson.shared, rates.dense, strength * value);
        }
        let steeper = strength * f64::from(step.sum) / SUM_UNITS;
        self.step_dense(Dense::Slope, site, lesson.shared, rates.slope, steeper);
        self.keep_slope(site);
    }

    /// Beyond the slopes that scores use nothing is gathered: it would have to be unlearnt before anything is learnt.
    fn keep_slope(&mut self, site: SiteTag) {
        let units = |slope: f64| i32::from(rounded((slope - 1.0) * UNITS));
        let of_all = &mut self.dense[Dense::Slope.index()];
        *of_all = (*of_all).clamp(units(SHARED_SLOPES.0), units(SHARED_SLOPES.1));
        let of_all = *of_all;
        if let Some(own) = self.own.get_mut(dense_place(site, Dense::Slope)) {
            let kept = i32::from(*own).clamp(units(SLOPES.0) - of_all, units(SLOPES.1) - of_all);
            *own = i16::try_from(kept).unwrap_or(*own);
        }
    }

    /// What a lesson's steps are multiplied by, so that it moves its own comment by at most the bound.
    fn bound(&self, lesson: &Lesson) -> f64 {
        let mut moved = 0.0;
        for (family, slots) in lesson.vector.families() {
            let value = family.value(slots.len());
            let of_all = if lesson.shared {
                self.rates.shared[family as usize]
            } else {
                0.0
            };
            #[expect(clippy::cast_precision_loss, reason = "bounded by MOST_FEATURES")]
            let count = slots.len() as f64;
            let own = if has_own_copy(family) {
                self.rates.own[family as usize]
            } else {
                0.0
            };
            moved += (of_all + own) * value * value * count;
        }
        if moved > self.rates.most {
            self.rates.most / moved
        } else {
            1.0
        }
    }

    fn step_hashed(&mut self, vector: &Vector, site: SiteTag, shared: bool, strength: f64) {
        for (family, slots) in vector.families() {
            let step = |rate: f64| rounded(rate * strength * family.value(slots.len()) * UNITS);
            if shared {
                let step = step(self.rates.shared[family as usize]);
                for slot in slots {
                    if let Some(weight) = self.shared.get_mut(*slot as usize) {
                        *weight = weight.saturating_add(step);
                    }
                }
            }
            if has_own_copy(family) {
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
        strength: f64,
    ) {
        let step = |rate: f64| rounded(rate * strength * UNITS);
        if shared {
            let weight = &mut self.dense[dense.index()];
            *weight = weight.saturating_add(i32::from(step(of_all)));
        }
        if let Some(weight) = self.own.get_mut(dense_place(site, dense)) {
            *weight = weight.saturating_add(step(own));
        }
    }
}
