//! A policy as somebody wrote it: every part may be absent, nothing is checked yet.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    comment::{
        fields::RequiredFields,
        limits::{Limit, Limits},
        score::Probability,
        violation::Violations,
    },
    policy::{ModerationMode, Policy, field::PolicyField, span, words::WordList},
};

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
    /// Words and phrases that hold a comment.
    pub hold_words: Vec<String>,
    /// Words and phrases that reject a comment.
    pub reject_words: Vec<String>,
    /// Which fields must be filled in.
    pub required: RequiredDraft,
    /// How much is too much.
    pub limits: LimitsDraft,
}

/// Which fields must be filled in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequiredDraft {
    /// The name.
    pub display_name: Option<bool>,
    /// The e-mail address.
    pub email: Option<bool>,
    /// The website.
    pub website: Option<bool>,
}

/// How much is too much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitsDraft {
    /// For each author.
    pub author: Option<LimitDraft>,
    /// For each IP address.
    pub ip_address: Option<LimitDraft>,
    /// For each thread.
    pub thread: Option<LimitDraft>,
    /// For the whole site.
    pub site: Option<LimitDraft>,
}

/// A rate with a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitDraft {
    /// Comments a minute.
    pub per_minute: u32,
    /// How many may come at once.
    pub burst: u32,
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
        let limit = |limit: Limit| {
            Some(LimitDraft {
                per_minute: limit.per_minute(),
                burst: limit.burst(),
            })
        };
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
            required: RequiredDraft {
                display_name: Some(policy.required.display_name),
                email: Some(policy.required.email),
                website: Some(policy.required.website),
            },
            limits: LimitsDraft {
                author: limit(policy.limits.author),
                ip_address: limit(policy.limits.ip_address),
                thread: limit(policy.limits.thread),
                site: limit(policy.limits.site),
            },
        }
    }
}

fn thresholds(
    found: &mut Violations,
    draft: &PolicyDraft,
    default: &Policy,
) -> (Probability, Probability) {
    let mut parse = |field, given: Option<f64>, default: Probability| {
        let parsed = given.map_or(Some(default), Probability::new);
        found.take(field, parsed.ok_or("must be a number from 0 to 1"))
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

impl RequiredDraft {
    fn parse(self) -> RequiredFields {
        let default = RequiredFields::default();
        RequiredFields {
            display_name: self.display_name.unwrap_or(default.display_name),
            email: self.email.unwrap_or(default.email),
            website: self.website.unwrap_or(default.website),
        }
    }
}

impl LimitsDraft {
    fn parse(self, found: &mut Violations) -> Limits {
        let default = Limits::default();
        let mut parse = |field, given: Option<LimitDraft>, default| {
            let Some(LimitDraft { per_minute, burst }) = given else {
                return default;
            };
            Limit::new(per_minute, burst).unwrap_or_else(|| {
                let most = Limit::MAX;
                found.add(field, format!("per_minute and burst must be 1 to {most}"));
                default
            })
        };
        Limits {
            author: parse("site.policy.limits.author", self.author, default.author),
            ip_address: parse(
                "site.policy.limits.ip_address",
                self.ip_address,
                default.ip_address,
            ),
            thread: parse("site.policy.limits.thread", self.thread, default.thread),
            site: parse("site.policy.limits.site", self.site, default.site),
        }
    }
}
