//! A submission's spam probability, with its reasons. In process, no I/O, bounded whatever the text.

mod explanation;
mod gather;
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
        let text = Text::of(content, signals, &model, site);
        let reasons = text.reasons();
        Score {
            probability: Probability::from_log_odds(text.log_odds()),
            contributions: reasons.strongest(&text.parts),
            model: model.prior_weights().model(),
            lessons: model.lessons(),
        }
    }
}
#[cfg(test)]
mod tests;
