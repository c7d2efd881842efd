//! A submission's spam probability, with its reasons. In process, no I/O, bounded whatever the text.

mod explanation;
mod text;

use crate::{
    comment::{
        observed::Observed,
        score::{Probability, Score},
        submission::Submission,
    },
    spam::{
        content::Content, lesson::SiteTag, live::LiveModel, model::Model, signals::Signals,
        weights::ModelError,
    },
};

pub use explanation::Explanation;
use text::Text;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spam::vector::Vector;

    fn site() -> SiteTag {
        SiteTag::of(&"gazette".parse().unwrap())
    }

    fn score(body: &str) -> Score {
        let scorer = Scorer::prior().unwrap();
        scorer.score_with(site(), &Content::of_text(body, ""), &Signals::default())
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
    fn a_repeated_word_is_explained_once() {
        let score = score("hello hello hello hello hello hello");
        let told: Vec<&str> = score
            .contributions
            .iter()
            .map(|told| told.feature.as_str())
            .collect();
        assert_eq!(
            told.iter().filter(|told| **told == "\"hello\"").count(),
            1,
            "{told:?}"
        );
    }

    #[test]
    fn the_explanation_adds_up_to_the_score() {
        let score = score("Free money");
        let told: f32 = score.contributions.iter().map(|told| told.weight).sum();
        let bias = f64::from(Model::prior().unwrap().prior_weights().bias);
        let odds = score.probability.get() / (1.0 - score.probability.get());
        let expected = libm::log(odds) - bias;
        assert!(
            (f64::from(told) - expected).abs() < 0.1,
            "{told} of {expected}"
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

    proptest::proptest! {
        #[test]
        fn a_comment_is_learnt_from_as_it_was_scored(
            body in "\\PC{0,80}|(win |lucky88 |c@sh |\u{FF37}|http://a.example/b |cat |7h3 |é |я ){0,30}",
        ) {
            let content = Content::of_text(&body, "");
            let scored = score(&body).probability.get();
            let vector = Vector::of(&content, Signals::default());
            let model = Model::prior().unwrap();
            let told = model.probability(&vector, site()).get();
            proptest::prop_assert_eq!(scored.to_bits(), told.to_bits());
        }
    }

    #[test]
    fn scores_name_their_model() {
        let model = Model::prior().unwrap();
        let score = score("x");
        assert_eq!(
            (score.model, score.lessons),
            (model.prior_weights().model(), 0)
        );
    }
}
