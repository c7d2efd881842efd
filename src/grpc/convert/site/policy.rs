//! Policies on the wire. The proto's numbers, durations and absences are checked here; what a policy may be, is known to
//! [`PolicyDraft::parse`].

use std::time::Duration;

use crate::{
    comment::{limits::Limit, violation::Violations},
    policy::{
        ModerationMode, Policy,
        draft::{LimitDraft, LimitsDraft, PolicyDraft, RequiredDraft},
    },
    proto::v1 as pb,
};

/// The policy that a message describes; an absent one is the default policy.
///
/// # Errors
/// Every violation at once, with field paths such as `site.policy.mode`.
pub fn policy(message: Option<&pb::Policy>) -> Result<Policy, Violations> {
    let (draft, mut found) = draft(message);
    match draft.parse() {
        Ok(policy) if found.is_empty() => Ok(policy),
        Ok(_) => Err(found),
        Err(more) => {
            super::append(&mut found, &more);
            Err(found)
        }
    }
}

/// The draft that a message describes, and what cannot even be drafted.
#[must_use]
pub fn draft(message: Option<&pb::Policy>) -> (PolicyDraft, Violations) {
    let mut found = Violations::new();
    let Some(message) = message else {
        return (PolicyDraft::default(), found);
    };
    let mode = mode(&mut found, message.mode);
    let service_level = message.service_level.as_ref().and_then(|given| {
        let wrong = "must be a span of time of at least 1 second";
        found.take("site.policy.service_level", duration(given).ok_or(wrong))
    });
    let draft = PolicyDraft {
        mode,
        approve_at: message.approve_at,
        spam_at: message.spam_at,
        hold_first_comment: message.hold_first_comment,
        max_links: message.max_links,
        service_level,
        hold_words: message.hold_words.clone(),
        reject_words: message.reject_words.clone(),
        required: message.required.map(required).unwrap_or_default(),
        limits: message.limits.map(limits).unwrap_or_default(),
        share_learning: message.share_learning,
    };
    (draft, found)
}

/// A policy on the wire, with every part present.
#[must_use]
pub fn policy_to_proto(policy: &Policy) -> pb::Policy {
    let required = policy.required();
    let limits = policy.limits();
    pb::Policy {
        mode: mode_to_proto(policy.mode()).into(),
        approve_at: Some(policy.approve_at().get()),
        spam_at: Some(policy.spam_at().get()),
        hold_first_comment: Some(policy.hold_first_comment()),
        max_links: Some(policy.max_links()),
        hold_words: policy.hold_words().entries().to_vec(),
        reject_words: policy.reject_words().entries().to_vec(),
        required: Some(pb::RequiredFields {
            display_name: Some(required.display_name),
            email: Some(required.email),
            website: Some(required.website),
        }),
        limits: Some(pb::Limits {
            author: Some(limit_to_proto(limits.author)),
            ip_address: Some(limit_to_proto(limits.ip_address)),
            thread: Some(limit_to_proto(limits.thread)),
            site: Some(limit_to_proto(limits.site)),
        }),
        share_learning: Some(policy.share_learning()),
        // At most 30 days: in range.
        service_level: prost_types::Duration::try_from(policy.service_level()).ok(),
    }
}

fn mode(found: &mut Violations, number: i32) -> Option<ModerationMode> {
    match pb::ModerationMode::try_from(number) {
        Ok(pb::ModerationMode::Unspecified) => None,
        Ok(pb::ModerationMode::Pre) => Some(ModerationMode::Pre),
        Ok(pb::ModerationMode::Post) => Some(ModerationMode::Post),
        Ok(pb::ModerationMode::Automatic) => Some(ModerationMode::Automatic),
        Err(_) => {
            found.add(
                "site.policy.mode",
                "must be PRE, POST or AUTOMATIC; this number is none of them",
            );
            None
        }
    }
}

fn mode_to_proto(mode: ModerationMode) -> pb::ModerationMode {
    match mode {
        ModerationMode::Pre => pb::ModerationMode::Pre,
        ModerationMode::Post => pb::ModerationMode::Post,
        ModerationMode::Automatic => pb::ModerationMode::Automatic,
    }
}

/// `None` for a negative one, and for one that `google.protobuf.Duration` forbids.
fn duration(given: &prost_types::Duration) -> Option<Duration> {
    let nanos = u32::try_from(given.nanos).ok()?;
    let seconds = u64::try_from(given.seconds).ok()?;
    (nanos < 1_000_000_000).then(|| Duration::new(seconds, nanos))
}

fn required(message: pb::RequiredFields) -> RequiredDraft {
    RequiredDraft {
        display_name: message.display_name,
        email: message.email,
        website: message.website,
    }
}

fn limits(message: pb::Limits) -> LimitsDraft {
    let limit = |given: Option<pb::Limit>| {
        given.map(|pb::Limit { per_minute, burst }| LimitDraft { per_minute, burst })
    };
    LimitsDraft {
        author: limit(message.author),
        ip_address: limit(message.ip_address),
        thread: limit(message.thread),
        site: limit(message.site),
    }
}

fn limit_to_proto(limit: Limit) -> pb::Limit {
    pb::Limit {
        per_minute: limit.per_minute(),
        burst: limit.burst(),
    }
}
