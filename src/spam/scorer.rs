//! A submission's spam probability, with its reasons. In process, no I/O, bounded whatever the text.

use std::{cell::RefCell, sync::Arc};

use crate::{
    comment::{
        observed::Observed,
        score::{Probability, Score},
        submission::Submission,
    },
    spam::{
        content::Content,
        features::{Family, MOST_FEATURES, Parts},
        reasons::{Reason, Reasons},
        shape::Shape,
        signals::Signals,
        weights::{ModelError, Weights},
    },
};

/// Made by `replydesk train`; see `docs/MODEL.md`.
const PRIOR: &[u8] = include_bytes!("prior/weights.bin");

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
        let text = Text::of(content, &self.weights);
        let log_odds = self.text_log_odds(&text) + reasons.signals(signals);
        self.reasons_of_shapes(content, &mut reasons);
        self.reasons_of_words(&text, &mut reasons);
        Score {
            probability: Probability::from_log_odds(log_odds),
            contributions: reasons.strongest(&text.parts),
            model: self.weights.model(),
        }
    }

    /// Log-odds of a text alone, without explanation.
    #[must_use]
    pub fn log_odds(&self, content: &Content) -> f64 {
        self.text_log_odds(&Text::of(content, &self.weights))
    }

    /// Steps are whole numbers, so a family's sum is exact; families are added in their order.
    fn text_log_odds(&self, text: &Text) -> f64 {
        let families = Family::ALL.into_iter().map(|family| {
            let steps = text.steps.iter().map(|part| part[family as usize]);
            f64::from(steps.sum::<i32>()) * self.worth(family, text)
        });
        let shapes = Shape::ALL.into_iter().zip(self.weights.shapes);
        let shapes =
            shapes.map(|(shape, weight)| f64::from(weight) * shape.value(text.parts.content()));
        families
            .chain(shapes)
            .fold(f64::from(self.weights.bias), |sum, part| sum + part)
    }

    /// Log-odds of one step of a family in this text.
    fn worth(&self, family: Family, text: &Text) -> f64 {
        f64::from(self.weights.scales[family as usize]) * family.value(text.counts[family as usize])
    }

    fn reasons_of_shapes(&self, content: &Content, reasons: &mut Reasons) {
        for (shape, weight) in Shape::ALL.into_iter().zip(self.weights.shapes) {
            reasons.add(
                Reason::Named(shape.word()),
                f64::from(weight) * shape.value(content),
            );
        }
    }

    /// Each word's own weight, its n-grams', and half of each pair's that it is in.
    fn reasons_of_words(&self, text: &Text, reasons: &mut Reasons) {
        let worth = Family::ALL.map(|family| self.worth(family, text));
        let mut half_pair = 0.0;
        for (owner, steps) in text.steps.iter().enumerate() {
            let part = |family: Family| f64::from(steps[family as usize]) * worth[family as usize];
            let own = part(Family::Word) + part(Family::Chars) + part(Family::Link);
            let half = part(Family::Pair) / 2.0;
            reasons.add(Reason::Part(owner), own + half_pair + half);
            half_pair = half;
        }
    }
}

thread_local! {
    /// Which slots a text has: a bit each, all zero between texts. 43 KB that needn't be made for each comment.
    static SEEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// The steps of a text's distinct features, added up.
struct Text<'a> {
    parts: Parts<'a>,
    /// For each part and family. At most 127 * MOST_FEATURES, far below what i32 holds.
    steps: Vec<[i32; Family::ALL.len()]>,
    /// How many distinct features each family has.
    counts: [usize; Family::ALL.len()],
}

impl<'a> Text<'a> {
    fn of(content: &'a Content, weights: &Weights) -> Self {
        let parts = Parts::of(content);
        let mut steps = vec![[0; Family::ALL.len()]; parts.len()];
        let mut counts = [0; Family::ALL.len()];
        let mut slots = Vec::with_capacity((content.folded().len() * 3).min(MOST_FEATURES));
        SEEN.with_borrow_mut(|seen| {
            seen.resize(Weights::SLOTS.div_ceil(64), 0);
            parts.each(
                // Where features are made, so that each family's arithmetic is constant there.
                #[inline(always)]
                |feature| {
                    let slot = feature.slot();
                    let bit = 1 << (slot % 64);
                    if let Some(seen) = seen.get_mut(slot / 64)
                        && *seen & bit == 0
                    {
                        *seen |= bit;
                        slots.push(slot);
                        counts[feature.family as usize] += 1;
                        if let Some(part) = steps.get_mut(feature.owner as usize)
                            && let Some(step) = weights.steps.get(slot)
                        {
                            part[feature.family as usize] += i32::from(*step);
                        }
                    }
                },
            );
            for slot in slots {
                if let Some(seen) = seen.get_mut(slot / 64) {
                    *seen = 0;
                }
            }
        });
        Self {
            parts,
            steps,
            counts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(body: &str) -> Score {
        let scorer = Scorer::prior().unwrap();
        scorer.score_with(&Content::of_text(body, ""), &Signals::default())
    }

    #[test]
    fn the_prior_tells_spam_from_readers() {
        for spam in [
            "Check out my channel and subscribe please!!! http://youtube.com/user/example",
            "Congratulations! You have won a $1000 prize. Call now to claim your free cash",
            "Main di 𝐌𝐀𝐗𝐖𝐈𝐍𝟖𝟖 gacor terus, daftar sekarang",
        ] {
            assert!(
                score(spam).probability.get() > 0.8,
                "{spam}: {:?}",
                score(spam)
            );
        }
        for reader in [
            "The council should have asked the people who live beside the bridge before it was closed.",
            "What an idiotic column. You clearly know nothing about farming.",
            "Wer soll das denn bezahlen? Die Pendler warten seit Jahren auf einen besseren Takt.",
            "Thank you for this article.",
        ] {
            assert!(
                score(reader).probability.get() <= 0.2,
                "{reader}: {:?}",
                score(reader)
            );
        }
    }

    #[test]
    fn a_disguise_hides_nothing() {
        let plain = score("subscribe to my channel please").probability.get();
        for disguised in [
            "ѕubѕсribe to my сhannel please",
            "𝘀𝘂𝗯𝘀𝗰𝗿𝗶𝗯𝗲 𝘁𝗼 𝗺𝘆 𝗰𝗵𝗮𝗻𝗻𝗲𝗹 𝗽𝗹𝗲𝗮𝘀𝗲",
            "S u b s c r i b e to my c\u{200B}hannel pl\u{336}ease",
        ] {
            let found = score(disguised).probability.get();
            assert!(found > plain - 0.05, "{disguised}: {found} against {plain}");
        }
    }

    #[test]
    fn scores_explain_themselves_with_the_comments_words() {
        let score = score("Please subscribe to my channel");
        let told: Vec<&str> = score
            .contributions
            .iter()
            .map(|told| told.feature.as_str())
            .collect();
        assert!(
            told.contains(&"\"subscribe\"") && told.contains(&"\"channel\""),
            "{told:?}"
        );
        let strengths: Vec<f32> = score
            .contributions
            .iter()
            .map(|told| told.weight.abs())
            .collect();
        assert!(strengths.is_sorted_by(|a, b| a >= b), "strongest first");
        assert!(score.contributions.len() <= Score::MAX_CONTRIBUTIONS);
    }

    #[test]
    fn the_explanation_adds_up_to_the_score() {
        let scorer = Scorer::prior().unwrap();
        let content = Content::of_text("Free money", "");
        let told: f32 = scorer
            .score_with(&content, &Signals::default())
            .contributions
            .iter()
            .map(|told| told.weight)
            .sum();
        let log_odds = scorer.log_odds(&content) - f64::from(scorer.weights().bias);
        assert!(
            (f64::from(told) - log_odds).abs() < 0.1,
            "{told} of {log_odds}"
        );
    }

    #[test]
    fn no_text_breaks_the_score() {
        for hostile in [
            String::new(),
            "x".repeat(65_000),
            "http://a.example ".repeat(3_800),
            format!("a{}", "\u{301}".repeat(10_000)),
            "😀".repeat(16_000),
            "\u{202E}\u{2067}".repeat(10_000),
        ] {
            let probability = score(&hostile).probability.get();
            assert!((0.0..=1.0).contains(&probability));
        }
    }

    #[test]
    fn scores_name_their_model() {
        let scorer = Scorer::prior().unwrap();
        assert_eq!(score("x").model, scorer.weights().model());
    }
}
