//! How good scores are, against labels. Ties are counted exactly: equal scores stand or fall together.

/// Scores with labels, from the highest score down, equal scores gathered.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// Spam and ham at each distinct score.
    steps: Vec<(usize, usize)>,
    spam: usize,
    ham: usize,
}

impl Ranking {
    /// Ranks scores; `true` is spam.
    #[must_use]
    pub fn of(scored: &[(f64, bool)]) -> Self {
        let mut sorted = scored.to_vec();
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let steps: Vec<(usize, usize)> = sorted
            .chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq())
            .map(|equal| {
                let spam = equal.iter().filter(|(_, spam)| *spam).count();
                (spam, equal.len() - spam)
            })
            .collect();
        let spam = steps.iter().map(|(spam, _)| spam).sum();
        let ham = steps.iter().map(|(_, ham)| ham).sum();
        Self { steps, spam, ham }
    }

    fn has_both(&self) -> bool {
        self.spam > 0 && self.ham > 0
    }

    /// How often a spam scores higher than a ham; a tie counts half. `None` with one label only.
    #[must_use]
    pub fn auc(&self) -> Option<f64> {
        // In halves of pairs, so that ties stay whole numbers.
        let mut halves: u128 = 0;
        let mut ham_below = self.ham as u128;
        for (spam, ham) in self
            .steps
            .iter()
            .map(|(spam, ham)| (*spam as u128, *ham as u128))
        {
            ham_below -= ham;
            halves += spam * (2 * ham_below + ham);
        }
        let pairs = 2 * self.spam as u128 * self.ham as u128;
        self.has_both().then(|| ratio(halves, pairs))
    }

    /// The mean precision at each spam, going down the ranking; all of a tie have the precision at its end.
    /// `None` with one label only.
    #[must_use]
    pub fn average_precision(&self) -> Option<f64> {
        let (mut spam_so_far, mut all_so_far, mut sum) = (0, 0, 0.0);
        for (spam, ham) in &self.steps {
            spam_so_far += spam;
            all_so_far += spam + ham;
            sum += ratio(*spam as u128, self.spam as u128)
                * ratio(spam_so_far as u128, all_so_far as u128);
        }
        // A sum of many parts of one can round above it.
        self.has_both().then_some(sum.min(1.0))
    }

    /// The share of spam above the lowest threshold that lets at most one ham in `one_in` through.
    /// `None` with one label only.
    #[must_use]
    pub fn recall_at(&self, one_in: usize) -> Option<f64> {
        let allowed = self.ham / one_in;
        let (mut spam_above, mut ham_above, mut best) = (0, 0, 0);
        for (spam, ham) in &self.steps {
            spam_above += spam;
            ham_above += ham;
            if ham_above > allowed {
                break;
            }
            best = spam_above;
        }
        self.has_both()
            .then(|| ratio(best as u128, self.spam as u128))
    }
}

/// The mean of some figures; `None` of none.
#[must_use]
pub fn mean(figures: &[f64]) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts of figures are small")]
    let count = figures.len() as f64;
    (!figures.is_empty()).then(|| figures.iter().sum::<f64>() / count)
}

/// The share of these scores that is above a threshold; `None` without scores.
#[must_use]
pub fn share_above(scores: impl IntoIterator<Item = f64>, threshold: f64) -> Option<f64> {
    share(scores, |score| score > threshold)
}

/// The share of these scores that a test holds for; `None` without scores.
#[must_use]
pub fn share(scores: impl IntoIterator<Item = f64>, test: impl Fn(f64) -> bool) -> Option<f64> {
    let (mut holds, mut all) = (0, 0);
    for score in scores {
        all += 1;
        holds += u128::from(test(score));
    }
    (all > 0).then(|| ratio(holds, all))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of comments are far below 2^53"
)]
fn ratio(part: u128, whole: u128) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<f64>, expected: f64) {
        assert!(
            found.is_some_and(|found| (found - expected).abs() < 1e-12),
            "{found:?} is not {expected}"
        );
    }

    #[test]
    fn a_perfect_and_a_reversed_ranking() {
        let perfect = Ranking::of(&[(0.9, true), (0.8, true), (0.2, false)]);
        near(perfect.auc(), 1.0);
        near(perfect.average_precision(), 1.0);
        near(perfect.recall_at(100), 1.0);
        let reversed = Ranking::of(&[(0.9, false), (0.1, true)]);
        near(reversed.auc(), 0.0);
        near(reversed.average_precision(), 0.5);
        near(reversed.recall_at(100), 0.0);
    }

    #[test]
    fn no_precision_is_above_one() {
        let mut scored = vec![(0.0, false)];
        scored.extend((1..=4_303).map(|n| (f64::from(n), true)));
        assert_eq!(Ranking::of(&scored).average_precision(), Some(1.0));
    }

    #[test]
    fn ties_count_half_and_fall_together() {
        let all_equal = Ranking::of(&[(0.5, true), (0.5, false), (0.5, false), (0.5, true)]);
        near(all_equal.auc(), 0.5);
        near(all_equal.average_precision(), 0.5);
        near(all_equal.recall_at(3), 0.0);
        let mixed = Ranking::of(&[(0.9, true), (0.5, true), (0.5, false), (0.1, false)]);
        near(mixed.auc(), 3.5 / 4.0);
        near(mixed.average_precision(), 0.5 + 0.5 * 2.0 / 3.0);
        near(mixed.recall_at(2), 1.0);
    }

    #[test]
    fn recall_allows_whole_false_positives_only() {
        let mut scored = vec![(0.95, false)];
        scored.extend((0..199).map(|n| (f64::from(n) / 1_000.0, false)));
        scored.extend([(0.99, true), (0.9, true), (0.0005, true)]);
        let ranking = Ranking::of(&scored);
        near(ranking.recall_at(100), 2.0 / 3.0);
        near(ranking.recall_at(1_000), 1.0 / 3.0);
    }

    #[test]
    fn one_label_alone_has_no_ranking() {
        let ham = Ranking::of(&[(0.5, false), (0.4, false)]);
        assert_eq!(
            (ham.auc(), ham.average_precision(), ham.recall_at(100)),
            (None, None, None)
        );
        near(share_above([0.5, 0.4], 0.4), 0.5);
        assert_eq!(share_above([], 0.4), None);
    }
}
