//! A submission's spam probability, with its reasons. In process, no I/O, bounded whatever the text.

use std::sync::Arc;

use crate::{
    comment::{
        observed::Observed,
        score::{Contribution, Probability, Score},
        submission::Submission,
    },
    spam::{
        content::Content,
        features::{Family, Parts},
        shape::Shape,
        signals::{Signal, Signals},
        weights::{ModelError, Weights},
    },
};

/// Made by `replydesk train`; see `docs/MODEL.md`.
const PRIOR: &[u8] = include_bytes!("prior/weights.bin");

/// Contributions below this say nothing to a moderator.
const LEAST_TOLD: f64 = 0.05;

/// Scores comments by one model. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Scorer {
    weights: Arc<Weights>,
}

impl Scorer {
    /// The scorer with the compiled-in weights.
    ///
    /// # Errors
    /// The weights don't match their digest: the build is damaged.
    pub fn prior() -> Result<Self, ModelError> {
        Weights::from_bytes(PRIOR).map(Self::new)
    }

    /// A scorer with these weights.
    #[must_use]
    pub fn new(weights: Weights) -> Self {
        Self {
            weights: Arc::new(weights),
        }
    }

    /// The weights that it scores by.
    #[must_use]
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// How likely the submission is spam, by its text and by what was observed around it.
    #[must_use]
    pub fn score(&self, submission: &Submission, content: &Content, observed: &Observed) -> Score {
        self.score_with(content, &Signals::of(submission, content, observed))
    }

    /// The same from stored signals.
    #[must_use]
    pub fn score_with(&self, content: &Content, signals: &Signals) -> Score {
        let mut reasons = Reasons::default();
        let text = Text::of(content);
        let log_odds = self.text_log_odds(&text) + reasons.signals(signals);
        self.reasons_of_shapes(content, &mut reasons);
        self.reasons_of_words(&text, &mut reasons);
        Score {
            probability: Probability::from_log_odds(log_odds),
            contributions: reasons.strongest(),
            model: self.weights.model(),
        }
    }

    /// Log-odds of a text alone, without explanation.
    #[must_use]
    pub fn log_odds(&self, content: &Content) -> f64 {
        self.text_log_odds(&Text::of(content))
    }

    /// Steps are whole numbers, so a family's sum is exact; families are added in their order.
    fn text_log_odds(&self, text: &Text) -> f64 {
        let mut sums = [0_i64; Family::ALL.len()];
        for found in &text.found {
            sums[found.family as usize] += i64::from(self.step(found));
        }
        let families = Family::ALL.into_iter().zip(sums).map(|(family, sum)| {
            #[expect(clippy::cast_precision_loss, reason = "at most 127 * MOST_FEATURES")]
            let sum = sum as f64;
            sum * self.worth(family, text)
        });
        let shapes = Shape::ALL.into_iter().zip(self.weights.shapes);
        let shapes =
            shapes.map(|(shape, weight)| f64::from(weight) * shape.value(text.parts.content()));
        families
            .chain(shapes)
            .fold(f64::from(self.weights.bias), |sum, part| sum + part)
    }

    fn step(&self, found: &Found) -> i8 {
        self.weights
            .steps
            .get(found.slot as usize)
            .copied()
            .unwrap_or(0)
    }

    /// Log-odds of one step of a family in this text.
    fn worth(&self, family: Family, text: &Text) -> f64 {
        f64::from(self.weights.scales[family as usize]) * family.value(text.counts[family as usize])
    }

    fn reasons_of_shapes(&self, content: &Content, reasons: &mut Reasons) {
        for (shape, weight) in Shape::ALL.into_iter().zip(self.weights.shapes) {
            reasons.add(shape.word(), f64::from(weight) * shape.value(content));
        }
    }

    /// Each word's own weight, its n-grams', and half of each pair's that it is in.
    fn reasons_of_words(&self, text: &Text, reasons: &mut Reasons) {
        let worth = Family::ALL.map(|family| self.worth(family, text));
        let mut words = vec![0.0; text.parts.len()];
        let mut add = |owner: u32, weight: f64| {
            if let Some(sum) = words.get_mut(owner as usize) {
                *sum += weight;
            }
        };
        for found in &text.found {
            let weight = f64::from(self.step(found)) * worth[found.family as usize];
            if found.family == Family::Pair {
                add(found.owner, weight / 2.0);
                add(found.owner + 1, weight / 2.0);
            } else {
                add(found.owner, weight);
            }
        }
        for (owner, weight) in words.into_iter().enumerate() {
            reasons.words.push((owner, weight));
        }
        reasons.quote_strongest(&text.parts);
    }
}

/// A text's distinct features by their slots.
struct Text<'a> {
    parts: Parts<'a>,
    found: Vec<Found>,
    counts: [usize; Family::ALL.len()],
}

struct Found {
    slot: u32,
    owner: u32,
    family: Family,
}

impl<'a> Text<'a> {
    fn of(content: &'a Content) -> Self {
        let parts = Parts::of(content);
        let mut seen = vec![0_u64; Weights::SLOTS.div_ceil(64)];
        let mut found = Vec::with_capacity(content.prose().len() * 4);
        let mut counts = [0; Family::ALL.len()];
        parts.each(|feature| {
            let slot = feature.slot();
            let (word, bit) = (slot / 64, 1 << (slot % 64));
            if let Some(seen) = seen.get_mut(word)
                && *seen & bit == 0
            {
                *seen |= bit;
                counts[feature.family as usize] += 1;
                found.push(Found {
                    slot: u32::try_from(slot).unwrap_or(u32::MAX),
                    owner: feature.owner,
                    family: feature.family,
                });
            }
        });
        Self {
            parts,
            found,
            counts,
        }
    }
}

/// What speaks for and against, while it is gathered.
#[derive(Default)]
struct Reasons {
    told: Vec<Contribution>,
    words: Vec<(usize, f64)>,
}

impl Reasons {
    fn add(&mut self, feature: impl Into<String>, weight: f64) {
        if weight.abs() >= LEAST_TOLD {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "for display; f32 is enough"
            )]
            let weight = weight as f32;
            self.told.push(Contribution {
                feature: feature.into(),
                weight,
            });
        }
    }

    /// Adds the signals' reasons, and returns their log-odds.
    fn signals(&mut self, signals: &Signals) -> f64 {
        let mut sum = 0.0;
        for signal in Signal::ALL {
            let weight = signal.prior_weight() * signals.value(signal);
            self.add(signal.word(), weight);
            sum += weight;
        }
        sum
    }

    /// Only the strongest words become texts: a long comment has thousands.
    fn quote_strongest(&mut self, parts: &Parts) {
        let mut words = std::mem::take(&mut self.words);
        let most = Score::MAX_CONTRIBUTIONS;
        if words.len() > most {
            words.select_nth_unstable_by(most, |a, b| by_strength(a.1, b.1).then(a.0.cmp(&b.0)));
            words.truncate(most);
        }
        for (owner, weight) in words {
            let word: String = parts.text(owner).chars().take(40).collect();
            self.add(format!("\"{word}\""), weight);
        }
    }

    fn strongest(mut self) -> Vec<Contribution> {
        self.told.sort_by(|a, b| {
            by_strength(f64::from(a.weight), f64::from(b.weight))
                .then_with(|| a.feature.cmp(&b.feature))
        });
        self.told.truncate(Score::MAX_CONTRIBUTIONS);
        self.told
    }
}

fn by_strength(a: f64, b: f64) -> std::cmp::Ordering {
    b.abs().total_cmp(&a.abs())
}
