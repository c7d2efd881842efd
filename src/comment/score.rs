//! How likely a comment is spam, and why.

/// A probability: from 0 to 1, never NaN.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Probability(f64);

impl Probability {
    /// From a number; `None` outside 0 to 1 and for NaN.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// From whole percents, for constants; more than 100 counts as 100.
    #[must_use]
    pub fn from_percent(percent: u8) -> Self {
        Self(f64::from(percent.min(100)) / 100.0)
    }

    /// From log-odds, by the logistic function (`libm`: the same bits on every platform). NaN becomes 0.5.
    #[must_use]
    pub fn from_log_odds(log_odds: f64) -> Self {
        let value = 1.0 / (1.0 + libm::exp(-log_odds));
        Self(if value.is_nan() { 0.5 } else { value })
    }

    /// As a number from 0 to 1.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// One feature's part in a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// A word of the comment in quotes, or a named signal.
    pub feature: String,
    /// In log-odds: above zero speaks for spam, below against.
    pub weight: f32,
}

impl Contribution {
    /// The weight in four decimals, as people and scripts read it: 1.03, not 1.0299999713897705.
    #[must_use]
    pub fn decimal(&self) -> f64 {
        (f64::from(self.weight) * 1e4).round() / 1e4
    }
}

/// A spam probability with its explanation.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// How likely the comment is spam.
    pub probability: Probability,
    /// The strongest contributions, strongest first; at most [`Score::MAX_CONTRIBUTIONS`].
    pub contributions: Vec<Contribution>,
    /// Which compiled-in model it was scored by: the first 32 bits of its digest.
    pub model: u32,
    /// How many decisions that had learnt from since.
    pub lessons: u64,
}

impl Score {
    /// A moderator reads a handful of reasons, not a list.
    pub const MAX_CONTRIBUTIONS: usize = 8;

    /// As it is kept, and so as it is told from the first time on: the probability to 24 bits, weights to hundredths.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "this is the rounding; it leads from 0 to 1 to 0 to 1"
        )]
        let probability = self.probability.0 as f32;
        self.probability = Probability(f64::from(probability));
        for contribution in &mut self.contributions {
            contribution.weight = (contribution.weight * 100.0).round() / 100.0;
        }
        self
    }
}
