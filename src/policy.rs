//! What a site wants: when comments are shown, what is held, what the form asks for, and how much is too much.

pub mod changes;
pub mod draft;
pub mod field;
pub mod form;
pub mod outcome;
pub mod priority;
pub mod rejection;
pub mod retention;
pub mod sites;
mod span;
pub mod words;

use std::time::Duration;

use crate::comment::{
    fields::RequiredFields, limits::Limits, masking::Masking, score::Probability,
};
use priority::PriorityWeights;
use rejection::RejectionReasons;
use retention::Retention;
use words::WordList;

pub use crate::comment::mode::ModerationMode;

/// A site's policy. Made by [`draft::PolicyDraft::parse`], so that every value in it is right. Cheap to clone but for
/// its word lists, which are shared.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    mode: ModerationMode,
    approve_at: Probability,
    spam_at: Probability,
    hold_first_comment: bool,
    max_links: u32,
    hold_words: WordList,
    reject_words: WordList,
    required: RequiredFields,
    limits: Limits,
    service_level: Duration,
    share_learning: bool,
    priority: PriorityWeights,
    rejection_reasons: RejectionReasons,
    close_threads_after: Option<Duration>,
    follow_wave_for: Duration,
    moderator_statistics: bool,
    appeals: bool,
    sampled_share: Probability,
    retention: Retention,
    masking: Masking,
}

impl Default for Policy {
    /// The defaults that `site.proto` names. The mode is automatic: with `hold_first_comment` it shows without a
    /// moderator only what looks harmless and comes from an author whom a moderator approved before.
    fn default() -> Self {
        Self {
            mode: ModerationMode::Automatic,
            approve_at: Probability::from_percent(20),
            spam_at: Probability::from_percent(95),
            hold_first_comment: true,
            max_links: 2,
            hold_words: WordList::default(),
            reject_words: WordList::default(),
            required: RequiredFields::default(),
            limits: Limits::default(),
            service_level: Duration::from_secs(4 * 60 * 60),
            share_learning: true,
            priority: PriorityWeights::default(),
            rejection_reasons: RejectionReasons::default(),
            close_threads_after: None,
            follow_wave_for: Duration::from_secs(24 * 60 * 60),
            moderator_statistics: false,
            appeals: true,
            sampled_share: Probability::from_percent(2),
            retention: Retention::default(),
            masking: Masking::default(),
        }
    }
}

impl Policy {
    /// The shortest and the longest service level: a moderator is a person, and the queue's order must stay exact.
    pub const SERVICE_LEVEL: std::ops::RangeInclusive<Duration> =
        Duration::from_secs(1)..=Duration::from_secs(30 * 24 * 60 * 60);

    /// After how many days a thread may close by age.
    pub const CLOSE_THREADS_AFTER_DAYS: std::ops::RangeInclusive<u32> = 1..=3_650;

    /// How many hours later members of a wave may follow a decision on it.
    pub const FOLLOW_WAVE_HOURS: std::ops::RangeInclusive<u32> = 0..=168;

    /// When comments are shown.
    #[must_use]
    pub fn mode(&self) -> ModerationMode {
        self.mode
    }

    /// At or below this spam probability a comment is approved, in automatic mode. Below [`Policy::spam_at`].
    #[must_use]
    pub fn approve_at(&self) -> Probability {
        self.approve_at
    }

    /// At or above this spam probability a comment is spam, in every mode.
    #[must_use]
    pub fn spam_at(&self) -> Probability {
        self.spam_at
    }

    /// Whether comments of authors without an approved one are held.
    #[must_use]
    pub fn hold_first_comment(&self) -> bool {
        self.hold_first_comment
    }

    /// Comments with more links than this are held.
    #[must_use]
    pub fn max_links(&self) -> u32 {
        self.max_links
    }

    /// Words that hold a comment.
    #[must_use]
    pub fn hold_words(&self) -> &WordList {
        &self.hold_words
    }

    /// Words that reject a comment.
    #[must_use]
    pub fn reject_words(&self) -> &WordList {
        &self.reject_words
    }

    /// Which of the form's fields must be filled in.
    #[must_use]
    pub fn required(&self) -> &RequiredFields {
        &self.required
    }

    /// How much is too much.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How soon a moderator should see an item, within [`Policy::SERVICE_LEVEL`].
    #[must_use]
    pub fn service_level(&self) -> Duration {
        self.service_level
    }

    /// Whether decisions of this site teach what all sites share, or only the site's own part of the model.
    #[must_use]
    pub fn share_learning(&self) -> bool {
        self.share_learning
    }

    /// How much each thing that makes an item urgent counts.
    #[must_use]
    pub fn priority(&self) -> &PriorityWeights {
        &self.priority
    }

    /// The reasons that a moderator may reject for, with what the reader is told.
    #[must_use]
    pub fn rejection_reasons(&self) -> &RejectionReasons {
        &self.rejection_reasons
    }

    /// A thread takes no comments when its first one came longer ago than this, in whole days; `None`: never.
    #[must_use]
    pub fn close_threads_after(&self) -> Option<Duration> {
        self.close_threads_after
    }

    /// How long later members of a wave follow a decision on the whole wave, in whole hours; zero: not at all.
    #[must_use]
    pub fn follow_wave_for(&self) -> Duration {
        self.follow_wave_for
    }

    /// Whether statistics may be told by moderator.
    #[must_use]
    pub fn moderator_statistics(&self) -> bool {
        self.moderator_statistics
    }

    /// Whether an author may appeal against a rejection.
    #[must_use]
    pub fn appeals(&self) -> bool {
        self.appeals
    }

    /// Which share of what no moderator would see is queued nevertheless, so that somebody looks at the extremes too.
    #[must_use]
    pub fn sampled_share(&self) -> Probability {
        self.sampled_share
    }

    /// How long the site keeps what.
    #[must_use]
    pub fn retention(&self) -> Retention {
        self.retention
    }

    /// What the blog gets masked in bodies and names.
    #[must_use]
    pub fn masking(&self) -> Masking {
        self.masking
    }
}
