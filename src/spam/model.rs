//! The model that scores are computed by: the compiled-in prior, and what moderators' decisions taught since.
//!
//! All that is learnt are whole numbers, changed by whole steps: sums don't depend on an order, and two replicas that
//! learnt the same lessons in the same order hold the same bits. Each feature has a copy that all sites share, which
//! starts at the prior and learns slowly, and one of the site's own, which starts at zero and learns fast (Daumé,
//! Frustratingly easy domain adaptation, 2007). The sites' own copies lie in one table of a fixed size, hashed
//! (Weinberger et al., Feature hashing for large scale multitask learning, 2009).

mod copies;
mod learning;
mod snapshot;
mod taught;
mod validation;

use std::sync::Arc;

use sha2::{Digest, Sha256};

pub use learning::Rates;
pub use snapshot::BadSnapshot;
pub use validation::{RANGES, Range, Validation};

use copies::{OfSite, SITE_PLACES, Shared, place};
use taught::Taught;

use crate::{
    comment::score::Probability,
    spam::{
        features::Family,
        lesson::SiteTag,
        shape::Shape,
        signals::Signal,
        vector::Vector,
        weights::{ModelError, Weights},
    },
};

/// Made by `replydesk train`; see `docs/MODEL.md`.
const PRIOR: &[u8] = include_bytes!("prior/weights.bin");

/// Units of a weight in 1.0. The same whatever the prior, so that what was learnt on one holds on another; the prior's
/// largest weight is about 7, the largest that there can be 16.
const UNITS: f64 = 2_048.0;

/// The least and the greatest slope.
const SLOPES: (f64, f64) = (0.25, 4.0);

/// The same for what all sites share of it: one site's contradictions must not make the others unsure.
const SHARED_SLOPES: (f64, f64) = (0.8, 1.25);

/// Weights that have a value with them, not just presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dense {
    /// Of every comment.
    Bias,
    /// Of a counted fact of the text.
    Shape(Shape),
    /// Of a signal.
    Signal(Signal),
    /// What all the others are multiplied by, beyond 1: how sure the model may be.
    Slope,
}

const SHAPES: usize = Shape::ALL.len();
const SIGNALS: usize = Signal::ALL.len();
const DENSE: usize = 1 + SHAPES + SIGNALS + 1;

impl Dense {
    fn index(self) -> usize {
        match self {
            Self::Bias => 0,
            Self::Shape(shape) => 1 + shape as usize,
            Self::Signal(signal) => SHAPES + usize::from(signal.number()),
            Self::Slope => DENSE - 1,
        }
    }

    fn prior(self, prior: &Weights) -> f64 {
        match self {
            Self::Bias => f64::from(prior.bias),
            Self::Shape(shape) => f64::from(prior.shapes[shape as usize]),
            Self::Signal(signal) => signal.prior_weight(),
            Self::Slope => 1.0,
        }
    }
}

/// The prior, and what was learnt since. About 7 MB, and so much to copy.
#[derive(Debug, Clone)]
pub struct Model {
    prior: Arc<Weights>,
    rates: Rates,
    /// The copies that sites share, in units: the prior's steps and what was learnt.
    shared: Vec<i16>,
    /// The sites' own copies of hashed and of dense weights, in the units of their kind.
    own: Vec<i16>,
    /// What was learnt of the dense weights that sites share.
    dense: [i32; DENSE],
    lessons: u64,
    taught: Taught,
    validation: Validation,
}

impl Model {
    /// What is compiled in, without lessons.
    ///
    /// # Errors
    /// The weights don't match their digest: the build is damaged.
    pub fn prior() -> Result<Self, ModelError> {
        Weights::from_bytes(PRIOR).map(Self::new)
    }

    /// These weights, without lessons.
    #[must_use]
    pub fn new(prior: Weights) -> Self {
        Self {
            shared: prior_units(&prior).collect(),
            own: vec![0; SITE_PLACES],
            dense: [0; DENSE],
            prior: Arc::new(prior),
            rates: Rates::default(),
            lessons: 0,
            taught: Taught::default(),
            validation: Validation::default(),
        }
    }

    /// The same with other rates, to find good ones.
    #[must_use]
    pub fn with_rates(mut self, rates: Rates) -> Self {
        self.rates = rates;
        self
    }

    /// The weights that it started from.
    #[must_use]
    pub fn prior_weights(&self) -> &Weights {
        &self.prior
    }

    /// How many lessons it has learnt.
    #[must_use]
    pub fn lessons(&self) -> u64 {
        self.lessons
    }

    /// How right it was about decisions before it learnt from them.
    #[must_use]
    pub fn validation(&self) -> &Validation {
        &self.validation
    }

    /// SHA-256 of all that scores depend on: equal digests score equally. Takes a few milliseconds.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.prior.digest());
        hash.update(self.lessons.to_le_bytes());
        for table in [&self.shared, &self.own] {
            let mut bytes = Vec::with_capacity(64 * 1024);
            for part in table.chunks(32 * 1024) {
                bytes.clear();
                bytes.extend(part.iter().flat_map(|weight| weight.to_le_bytes()));
                hash.update(&bytes);
            }
        }
        for weight in self.dense {
            hash.update(weight.to_le_bytes());
        }
        hash.update(self.taught.to_bytes());
        self.validation
            .each_number(|number| hash.update(number.to_le_bytes()));
        hash.finalize().into()
    }

    /// What sites share of hashed features.
    pub(super) fn shared(&self) -> Shared<'_> {
        Shared::of(&self.shared)
    }

    /// What a site has of its own of hashed features.
    pub(super) fn of_site(&self, site: SiteTag) -> OfSite<'_> {
        OfSite::of(site, &self.own)
    }

    /// What a dense weight is on a site.
    pub(super) fn dense(&self, dense: Dense, site: SiteTag) -> f64 {
        let own = self.own.get(dense_place(site, dense)).copied().unwrap_or(0);
        let learnt = f64::from(self.dense[dense.index()]) + f64::from(own);
        dense.prior(&self.prior) + learnt / UNITS
    }

    /// How sure the model may be on a site: what the sum of all weights is multiplied by.
    pub(super) fn slope(&self, site: SiteTag) -> f64 {
        self.dense(Dense::Slope, site).clamp(SLOPES.0, SLOPES.1)
    }

    /// Log-odds of a comment that is known by its vector only.
    #[must_use]
    pub fn log_odds(&self, vector: &Vector, site: SiteTag) -> f64 {
        self.slope(site) * self.sum(vector, site)
    }

    /// The probability of a comment that is known by its vector only.
    #[must_use]
    pub fn probability(&self, vector: &Vector, site: SiteTag) -> Probability {
        Probability::from_log_odds(self.log_odds(vector, site))
    }

    fn sum(&self, vector: &Vector, site: SiteTag) -> f64 {
        let (shared, own) = (self.shared(), self.of_site(site));
        let mut sum = self.dense(Dense::Bias, site);
        for (family, slots) in vector.families() {
            let slots_of_all = slots.iter().map(|slot| *slot as usize);
            let mut units = slots_of_all
                .clone()
                .map(|slot| shared.units(slot))
                .sum::<i32>();
            if learning::has_own_copy(family) {
                units += slots_of_all.map(|slot| own.units(slot)).sum::<i32>();
            }
            sum += f64::from(units) * worth(family, slots.len());
        }
        for (dense, value) in dense_values(vector) {
            sum += self.dense(dense, site) * value;
        }
        sum
    }
}

/// Log-odds of one unit of a family in a text with so many of its features. Scores and lessons multiply in this order, so
/// that they are the same to the bit.
pub(super) fn worth(family: Family, count: usize) -> f64 {
    family.value(count) / UNITS
}

/// The prior's weights in units.
fn prior_units(prior: &Weights) -> impl Iterator<Item = i16> + Clone + '_ {
    let families = Family::ALL.into_iter().zip(prior.scales);
    families.flat_map(|(family, scale)| {
        let range = family.offset()..family.offset() + family.slots();
        let steps = prior.steps.get(range).unwrap_or(&[]).iter();
        steps.map(move |step| rounded(f64::from(*step) * f64::from(scale) * UNITS))
    })
}

fn rounded(units: f64) -> i16 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, and NaN is 0"
    )]
    let units = units.round() as i16;
    units
}

fn dense_place(site: SiteTag, dense: Dense) -> usize {
    place(site, Weights::SLOTS + dense.index())
}

/// The dense weights that take part in a comment's score, with their values, except bias and slope.
fn dense_values(vector: &Vector) -> impl Iterator<Item = (Dense, f64)> + '_ {
    let shapes = Shape::ALL.into_iter().zip(vector.shapes);
    let shapes = shapes.map(|(shape, value)| (Dense::Shape(shape), f64::from(value)));
    let signals = Signal::ALL
        .into_iter()
        .map(|signal| (Dense::Signal(signal), vector.signals.value(signal)));
    shapes.chain(signals).filter(|(_, value)| *value != 0.0)
}

#[cfg(test)]
mod tests;
