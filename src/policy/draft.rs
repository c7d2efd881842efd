//! A policy as somebody wrote it: every part may be absent, nothing is checked yet.

mod tables;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    comment::{score::Probability, violation::Violations},
    policy::{ModerationMode, Policy, field::PolicyField, span, words::WordList},
};

pub use tables::{
    LimitDraft, LimitsDraft, MaskingDraft, PriorityDraft, RejectionReasonDraft, RequiredDraft,
    RetentionDraft,
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A policy before it is parsed. What is absent means its default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyDraft {
    /// When comments are shown.
    pub mode: Option<ModerationMode>,
    /// A spam probability.
    pub approve_at: Option<f64>,
    /// A spam probability.
    pub spam_at: Option<f64>,
    /// Whether to hold comments of authors without an approved one.
    pub hold_first_comment: Option<bool>,
    /// More links than this are held.
    pub max_links: Option<u32>,
    /// How soon a moderator should see an item; as text such as `4h`.
    #[serde(with = "span", skip_serializing_if = "Option::is_none")]
    pub service_level: Option<Duration>,
    /// Whether decisions of this site teach what all sites share.
    pub share_learning: Option<bool>,
    /// Days; 0 is never.
    pub close_threads_after_days: Option<u32>,
    /// Hours; 0 is not at all.
    pub follow_wave_hours: Option<u32>,
    /// Whether statistics may be told by moderator.
    pub moderator_statistics: Option<bool>,
    /// Whether an author may appeal against a rejection.
    pub appeals: Option<bool>,
    /// A share of what no moderator would see.
    pub sampled_share: Option<f64>,
    /// Words and phrases that hold a comment.
    pub hold_words: Vec<String>,
    /// Words and phrases that reject a comment.
    pub reject_words: Vec<String>,
    /// Which fields must be filled in.
    pub required: RequiredDraft,
    /// How much is too much.
    pub limits: LimitsDraft,
    /// What makes an item urgent.
    pub priority: PriorityDraft,
    /// How long what is kept.
    pub retention: RetentionDraft,
    /// What the blog gets masked.
    pub masking: MaskingDraft,
    /// The reasons that a moderator may reject for.
    pub rejection_reasons: Vec<RejectionReasonDraft>,
}

impl PolicyDraft {
    /// Takes one part from another draft; what is absent there becomes its default.
    pub fn take(&mut self, field: PolicyField, from: &Self) {
        match field {
            PolicyField::Mode => self.mode = from.mode,
            PolicyField::ApproveAt => self.approve_at = from.approve_at,
            PolicyField::SpamAt => self.spam_at = from.spam_at,
            PolicyField::HoldFirstComment => self.hold_first_comment = from.hold_first_comment,
            PolicyField::MaxLinks => self.max_links = from.max_links,
            PolicyField::HoldWords => self.hold_words.clone_from(&from.hold_words),
            PolicyField::RejectWords => self.reject_words.clone_from(&from.reject_words),
            PolicyField::Required => self.required = from.required,
            PolicyField::Limits => self.limits = from.limits,
            PolicyField::ServiceLevel => self.service_level = from.service_level,
            PolicyField::ShareLearning => self.share_learning = from.share_learning,
            PolicyField::Priority => self.priority = from.priority,
            PolicyField::RejectionReasons => {
                self.rejection_reasons.clone_from(&from.rejection_reasons)
            }
            PolicyField::CloseThreadsAfterDays => {
                self.close_threads_after_days = from.close_threads_after_days;
            }
            PolicyField::FollowWaveHours => self.follow_wave_hours = from.follow_wave_hours,
            PolicyField::ModeratorStatistics => {
                self.moderator_statistics = from.moderator_statistics;
            }
            PolicyField::Appeals => self.appeals = from.appeals,
            PolicyField::SampledShare => self.sampled_share = from.sampled_share,
            PolicyField::Retention => self.retention = from.retention,
            PolicyField::Masking => self.masking = from.masking,
        }
    }

    /// The policy that this describes.
    ///
    /// # Errors
    /// Every violation at once, with field paths such as `site.policy.spam_at`.
    pub fn parse(&self) -> Result<Policy, Violations> {
        let mut found = Violations::new();
        let default = Policy::default();
        let (approve_at, spam_at) = thresholds(&mut found, self, &default);
        let mode = self.mode.unwrap_or(default.mode);
        let policy = Policy {
            mode,
            approve_at,
            spam_at,
            hold_first_comment: self
                .hold_first_comment
                .unwrap_or(mode != ModerationMode::Post),
            max_links: self.max_links.unwrap_or(default.max_links),
            hold_words: words(&mut found, "site.policy.hold_words", &self.hold_words),
            reject_words: words(&mut found, "site.policy.reject_words", &self.reject_words),
            required: self.required.parse(),
            limits: self.limits.parse(&mut found),
            service_level: service_level(&mut found, self.service_level)
                .unwrap_or(default.service_level),
            share_learning: self.share_learning.unwrap_or(default.share_learning),
            priority: self.priority.parse(&mut found),
            rejection_reasons: tables::rejection_reasons(&mut found, &self.rejection_reasons),
            close_threads_after: close_threads_after(&mut found, self.close_threads_after_days),
            follow_wave_for: follow_wave_for(&mut found, self.follow_wave_hours)
                .unwrap_or(default.follow_wave_for),
            moderator_statistics: self
                .moderator_statistics
                .unwrap_or(default.moderator_statistics),
            appeals: self.appeals.unwrap_or(default.appeals),
            sampled_share: probability(&mut found, "site.policy.sampled_share", self.sampled_share)
                .unwrap_or(default.sampled_share),
            retention: self.retention.parse(&mut found),
            masking: self.masking.parse(),
        };
        if found.is_empty() {
            Ok(policy)
        } else {
            Err(found)
        }
    }
}

impl From<&Policy> for PolicyDraft {
    /// Every part present.
    fn from(policy: &Policy) -> Self {
        Self {
            mode: Some(policy.mode),
            approve_at: Some(policy.approve_at.get()),
            spam_at: Some(policy.spam_at.get()),
            hold_first_comment: Some(policy.hold_first_comment),
            max_links: Some(policy.max_links),
            service_level: Some(policy.service_level),
            share_learning: Some(policy.share_learning),
            hold_words: policy.hold_words.entries().to_vec(),
            reject_words: policy.reject_words.entries().to_vec(),
            required: (&policy.required).into(),
            limits: (&policy.limits).into(),
            priority: (&policy.priority).into(),
            rejection_reasons: policy
                .rejection_reasons
                .as_slice()
                .iter()
                .map(|reason| RejectionReasonDraft {
                    code: reason.code.as_str().to_owned(),
                    text: reason.text.as_str().to_owned(),
                })
                .collect(),
            close_threads_after_days: Some(
                policy
                    .close_threads_after
                    .map_or(0, |span| whole(span, DAY)),
            ),
            follow_wave_hours: Some(whole(policy.follow_wave_for, HOUR)),
            moderator_statistics: Some(policy.moderator_statistics),
            appeals: Some(policy.appeals),
            sampled_share: Some(policy.sampled_share.get()),
            retention: policy.retention.into(),
            masking: policy.masking.into(),
        }
    }
}

fn thresholds(
    found: &mut Violations,
    draft: &PolicyDraft,
    default: &Policy,
) -> (Probability, Probability) {
    let mut parse = |field, given: Option<f64>, default| match given {
        Some(_) => probability(found, field, given),
        None => Some(default),
    };
    let approve_at = parse(
        "site.policy.approve_at",
        draft.approve_at,
        default.approve_at,
    );
    let spam_at = parse("site.policy.spam_at", draft.spam_at, default.spam_at);
    match (approve_at, spam_at) {
        (Some(approve_at), Some(spam_at)) => {
            if spam_at <= approve_at {
                let (low, high) = (approve_at.get(), spam_at.get());
                let why = format!("must be above approve_at, which is {low}; it is {high}");
                found.add("site.policy.spam_at", why);
            }
            (approve_at, spam_at)
        }
        // A violation is noted: these are never seen.
        (Some(_) | None, Some(_) | None) => (default.approve_at, default.spam_at),
    }
}

/// `None` where it is absent, and for a number that is none, which is noted.
fn probability(
    found: &mut Violations,
    field: &'static str,
    given: Option<f64>,
) -> Option<Probability> {
    let parsed = Probability::new(given?);
    found.take(field, parsed.ok_or("must be a number from 0 to 1"))
}

fn words(found: &mut Violations, field: &'static str, words: &[String]) -> WordList {
    WordList::parse(words).unwrap_or_else(|wrong| {
        for why in wrong {
            found.add(field, why);
        }
        WordList::default()
    })
}

fn service_level(found: &mut Violations, given: Option<Duration>) -> Option<Duration> {
    let given = given?;
    if !Policy::SERVICE_LEVEL.contains(&given) {
        found.add("site.policy.service_level", "must be 1 second to 30 days");
    }
    Some(given)
}

fn close_threads_after(found: &mut Violations, days: Option<u32>) -> Option<Duration> {
    let days = days.filter(|days| *days != 0)?;
    if !Policy::CLOSE_THREADS_AFTER_DAYS.contains(&days) {
        let why = "must be 1 to 3,650 days, or 0 for never";
        found.add("site.policy.close_threads_after_days", why);
    }
    Some(DAY.saturating_mul(days))
}

fn follow_wave_for(found: &mut Violations, hours: Option<u32>) -> Option<Duration> {
    let hours = hours?;
    if !Policy::FOLLOW_WAVE_HOURS.contains(&hours) {
        found.add("site.policy.follow_wave_hours", "must be 0 to 168 hours");
    }
    Some(HOUR.saturating_mul(hours))
}

/// How often `unit` goes into a span; spans of a policy are whole multiples.
fn whole(span: Duration, unit: Duration) -> u32 {
    u32::try_from(span.as_secs() / unit.as_secs()).unwrap_or(u32::MAX)
}
