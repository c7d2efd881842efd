//! How right the model was about decisions before it learnt from them (progressive validation: Blum, Kalai, Langford,
//! Beating the hold-out, 1999).

/// Probabilities are gathered in ten equal ranges.
pub const RANGES: usize = 10;

/// What was said and what was decided, in one range of probabilities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Range {
    /// Decisions.
    pub decisions: u64,
    /// Those that said spam.
    pub spam: u64,
    /// The sum of the probabilities, in millionths.
    pub probability_micros: u64,
}

/// Counts over all lessons so far. Whole numbers, so that replicas agree on them too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Validation {
    /// By probability, from 0 up.
    pub ranges: [Range; RANGES],
    /// The sum of the log losses, in millionths.
    pub log_loss_micros: u64,
}

/// Surer than this is not held against a probability: a sum must stay finite.
const SUREST: f64 = 1e-9;

impl Validation {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a probability times ten or a million fits, and so does a bounded logarithm"
    )]
    pub(super) fn add(&mut self, probability: f64, is_spam: bool) {
        let range = ((probability * 10.0) as usize).min(RANGES - 1);
        let range = &mut self.ranges[range];
        range.decisions += 1;
        range.spam += u64::from(is_spam);
        range.probability_micros += (probability * 1e6).round() as u64;
        let of_label = if is_spam {
            probability
        } else {
            1.0 - probability
        };
        let loss = -libm::log(of_label.clamp(SUREST, 1.0));
        self.log_loss_micros += (loss * 1e6).round() as u64;
    }

    /// Of scores with labels; `true` is spam.
    #[must_use]
    pub fn of(scored: &[(f64, bool)]) -> Self {
        let mut made = Self::default();
        for (probability, is_spam) in scored {
            made.add(*probability, *is_spam);
        }
        made
    }

    pub(super) fn each_number(&self, mut visit: impl FnMut(u64)) {
        for range in &self.ranges {
            visit(range.decisions);
            visit(range.spam);
            visit(range.probability_micros);
        }
        visit(self.log_loss_micros);
    }

    pub(super) fn from_numbers(mut next: impl FnMut() -> Option<u64>) -> Option<Self> {
        let mut read = Self::default();
        for range in &mut read.ranges {
            range.decisions = next()?;
            range.spam = next()?;
            range.probability_micros = next()?;
        }
        read.log_loss_micros = next()?;
        Some(read)
    }

    /// Decisions that the model was tested by.
    #[must_use]
    pub fn decisions(&self) -> u64 {
        self.ranges.iter().map(|range| range.decisions).sum()
    }

    /// The mean of -ln of the probability that was given to what was decided: 0 for a model that is always right and
    /// sure, 0.69 for one that always says 0.5. `None` without decisions.
    #[must_use]
    pub fn log_loss(&self) -> Option<f64> {
        share(self.log_loss_micros, self.decisions()).map(|micros| micros / 1e6)
    }

    /// Which share of decisions it was wrong about: spam below 0.5, and what was approved at 0.5 or above. `None` without
    /// decisions.
    #[must_use]
    pub fn mistakes(&self) -> Option<f64> {
        let (below, above) = self.ranges.split_at(RANGES / 2);
        let spam: u64 = below.iter().map(|range| range.spam).sum();
        let ham: u64 = above.iter().map(Range::ham).sum();
        share(spam + ham, self.decisions())
    }

    /// How far probabilities are from what they say, on average over decisions: 0 to 1 (expected calibration error,
    /// ten ranges). `None` without decisions.
    #[must_use]
    pub fn calibration_error(&self) -> Option<f64> {
        let gap = |range: &Range| {
            range
                .probability_micros
                .abs_diff(range.spam.saturating_mul(1_000_000))
        };
        let gaps: u64 = self.ranges.iter().map(gap).sum();
        share(gaps, self.decisions()).map(|micros| micros / 1e6)
    }
}

impl Range {
    fn ham(&self) -> u64 {
        self.decisions.saturating_sub(self.spam)
    }

    /// The mean probability that was said; `None` without decisions.
    #[must_use]
    pub fn predicted(&self) -> Option<f64> {
        share(self.probability_micros, self.decisions).map(|micros| micros / 1e6)
    }

    /// Which share was spam; `None` without decisions.
    #[must_use]
    pub fn observed(&self) -> Option<f64> {
        share(self.spam, self.decisions)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a mean for people")]
fn share(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}
