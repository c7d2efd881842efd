//! The tables of a policy: parts that have parts.

use serde::{Deserialize, Serialize};

use crate::{
    comment::{
        fields::RequiredFields,
        limits::{Limit, Limits},
        masking::Masking,
        violation::Violations,
    },
    policy::{
        priority::{PriorityWeights, Share},
        rejection::RejectionReasons,
        retention::Retention,
    },
};

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

/// How much each thing that makes an item urgent counts; shares of the service level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PriorityDraft {
    /// An uncertain score.
    pub uncertainty: Option<f64>,
    /// Reports of readers.
    pub reports: Option<f64>,
    /// A thread that is stormed.
    pub thread_heat: Option<f64>,
    /// A trusted author.
    pub standing: Option<f64>,
}

/// How long what is kept, in days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetentionDraft {
    /// Contact data.
    pub contact_days: Option<u32>,
    /// What comments say.
    pub text_days: Option<u32>,
    /// The audit log.
    pub audit_days: Option<u32>,
}

/// What the blog gets masked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MaskingDraft {
    /// E-mail addresses.
    pub email_addresses: Option<bool>,
    /// Telephone numbers.
    pub phone_numbers: Option<bool>,
}

/// A reason that a site rejects for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RejectionReasonDraft {
    /// The site's own code.
    pub code: String,
    /// What the reader is told.
    pub text: String,
}

impl RequiredDraft {
    pub(super) fn parse(self) -> RequiredFields {
        let default = RequiredFields::default();
        RequiredFields {
            display_name: self.display_name.unwrap_or(default.display_name),
            email: self.email.unwrap_or(default.email),
            website: self.website.unwrap_or(default.website),
        }
    }
}

impl LimitsDraft {
    pub(super) fn parse(self, found: &mut Violations) -> Limits {
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

impl PriorityDraft {
    pub(super) fn parse(self, found: &mut Violations) -> PriorityWeights {
        let default = PriorityWeights::default();
        let mut parse = |field, given: Option<f64>, default| {
            let parsed = given.map_or(Some(default), Share::new);
            let taken = found.take(field, parsed.ok_or("must be a number from 0 to 1"));
            taken.unwrap_or(default)
        };
        PriorityWeights {
            uncertainty: parse(
                "site.policy.priority.uncertainty",
                self.uncertainty,
                default.uncertainty,
            ),
            reports: parse(
                "site.policy.priority.reports",
                self.reports,
                default.reports,
            ),
            thread_heat: parse(
                "site.policy.priority.thread_heat",
                self.thread_heat,
                default.thread_heat,
            ),
            standing: parse(
                "site.policy.priority.standing",
                self.standing,
                default.standing,
            ),
        }
    }
}

impl MaskingDraft {
    pub(super) fn parse(self) -> Masking {
        let default = Masking::default();
        Masking {
            email_addresses: self.email_addresses.unwrap_or(default.email_addresses),
            phone_numbers: self.phone_numbers.unwrap_or(default.phone_numbers),
        }
    }
}

impl RetentionDraft {
    pub(super) fn parse(self, found: &mut Violations) -> Retention {
        let default = Retention::default();
        let (contact, text, audit) = default.days();
        let parsed = Retention::in_days(
            self.contact_days.unwrap_or(contact),
            self.text_days.unwrap_or(text),
            self.audit_days.unwrap_or(audit),
        );
        parsed.unwrap_or_else(|wrong| {
            for one in wrong.as_slice() {
                found.add(one.field, &one.description);
            }
            default
        })
    }
}

pub(super) fn rejection_reasons(
    found: &mut Violations,
    given: &[RejectionReasonDraft],
) -> RejectionReasons {
    let given = given
        .iter()
        .map(|reason| (reason.code.as_str(), reason.text.as_str()));
    RejectionReasons::parse(given).unwrap_or_else(|wrong| {
        for why in wrong {
            found.add("site.policy.rejection_reasons", why);
        }
        RejectionReasons::default()
    })
}

impl From<Limit> for LimitDraft {
    fn from(limit: Limit) -> Self {
        Self {
            per_minute: limit.per_minute(),
            burst: limit.burst(),
        }
    }
}

impl From<&RequiredFields> for RequiredDraft {
    fn from(required: &RequiredFields) -> Self {
        Self {
            display_name: Some(required.display_name),
            email: Some(required.email),
            website: Some(required.website),
        }
    }
}

impl From<&Limits> for LimitsDraft {
    fn from(limits: &Limits) -> Self {
        Self {
            author: Some(limits.author.into()),
            ip_address: Some(limits.ip_address.into()),
            thread: Some(limits.thread.into()),
            site: Some(limits.site.into()),
        }
    }
}

impl From<Masking> for MaskingDraft {
    fn from(masking: Masking) -> Self {
        Self {
            email_addresses: Some(masking.email_addresses),
            phone_numbers: Some(masking.phone_numbers),
        }
    }
}

impl From<Retention> for RetentionDraft {
    fn from(retention: Retention) -> Self {
        let (contact, text, audit) = retention.days();
        Self {
            contact_days: Some(contact),
            text_days: Some(text),
            audit_days: Some(audit),
        }
    }
}

impl From<&PriorityWeights> for PriorityDraft {
    fn from(weights: &PriorityWeights) -> Self {
        Self {
            uncertainty: Some(weights.uncertainty.get()),
            reports: Some(weights.reports.get()),
            thread_heat: Some(weights.thread_heat.get()),
            standing: Some(weights.standing.get()),
        }
    }
}
