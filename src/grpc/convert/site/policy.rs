//! Policies on the wire. The proto's numbers, durations and absences are checked here; what a policy may be, is known to
//! [`PolicyDraft::parse`].

use crate::{
    comment::violation::Violations,
    grpc::convert::words,
    policy::{
        ModerationMode, Policy,
        draft::{
            LimitDraft, LimitsDraft, MaskingDraft, PolicyDraft, PriorityDraft,
            RejectionReasonDraft, RequiredDraft, RetentionDraft,
        },
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
    let mode = mode(&mut found, "site.policy.mode", message.mode);
    let service_level = message.service_level.as_ref().and_then(|given| {
        let wrong = "must be a span of time of at least 1 second";
        found.take(
            "site.policy.service_level",
            words::duration_from(given).ok_or(wrong),
        )
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
        priority: message.priority.map(priority).unwrap_or_default(),
        rejection_reasons: rejection_reasons(&message.rejection_reasons),
        close_threads_after_days: message.close_threads_after_days,
        follow_wave_hours: message.follow_wave_hours,
        moderator_statistics: message.moderator_statistics,
        appeals: message.appeals,
        sampled_share: message.sampled_share,
        retention: message.retention.map(retention).unwrap_or_default(),
        masking: message.masking.map(masking).unwrap_or_default(),
    };
    (draft, found)
}

/// A policy on the wire, with every part present.
#[must_use]
pub fn policy_to_proto(policy: &Policy) -> pb::Policy {
    let draft = PolicyDraft::from(policy);
    let reason = |reason: RejectionReasonDraft| pb::RejectionReason {
        code: reason.code,
        text: reason.text,
    };
    pb::Policy {
        mode: mode_to_proto(policy.mode()).into(),
        approve_at: draft.approve_at,
        spam_at: draft.spam_at,
        hold_first_comment: draft.hold_first_comment,
        max_links: draft.max_links,
        hold_words: draft.hold_words,
        reject_words: draft.reject_words,
        required: Some(required_to_proto(draft.required)),
        limits: Some(limits_to_proto(draft.limits)),
        share_learning: draft.share_learning,
        // At most 30 days: in range.
        service_level: prost_types::Duration::try_from(policy.service_level()).ok(),
        priority: Some(priority_to_proto(draft.priority)),
        rejection_reasons: draft.rejection_reasons.into_iter().map(reason).collect(),
        close_threads_after_days: draft.close_threads_after_days,
        follow_wave_hours: draft.follow_wave_hours,
        moderator_statistics: draft.moderator_statistics,
        appeals: draft.appeals,
        sampled_share: draft.sampled_share,
        retention: Some(retention_to_proto(draft.retention)),
        masking: Some(masking_to_proto(draft.masking)),
    }
}

/// A mode; `None` where it is absent, and for a number that is none, which is noted.
pub(super) fn mode(
    found: &mut Violations,
    field: &'static str,
    number: i32,
) -> Option<ModerationMode> {
    match pb::ModerationMode::try_from(number) {
        Ok(pb::ModerationMode::Unspecified) => None,
        Ok(pb::ModerationMode::Pre) => Some(ModerationMode::Pre),
        Ok(pb::ModerationMode::Post) => Some(ModerationMode::Post),
        Ok(pb::ModerationMode::Automatic) => Some(ModerationMode::Automatic),
        Err(_) => {
            found.add(
                field,
                "must be PRE, POST or AUTOMATIC; this number is none of them",
            );
            None
        }
    }
}

pub(super) fn mode_to_proto(mode: ModerationMode) -> pb::ModerationMode {
    match mode {
        ModerationMode::Pre => pb::ModerationMode::Pre,
        ModerationMode::Post => pb::ModerationMode::Post,
        ModerationMode::Automatic => pb::ModerationMode::Automatic,
    }
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

fn priority(message: pb::PriorityWeights) -> PriorityDraft {
    PriorityDraft {
        uncertainty: message.uncertainty,
        reports: message.reports,
        thread_heat: message.thread_heat,
        standing: message.standing,
    }
}

fn retention(message: pb::Retention) -> RetentionDraft {
    RetentionDraft {
        contact_days: message.contact_days,
        text_days: message.text_days,
        audit_days: message.audit_days,
    }
}

fn masking(message: pb::Masking) -> MaskingDraft {
    MaskingDraft {
        email_addresses: message.email_addresses,
        phone_numbers: message.phone_numbers,
    }
}

fn rejection_reasons(messages: &[pb::RejectionReason]) -> Vec<RejectionReasonDraft> {
    let draft = |message: &pb::RejectionReason| RejectionReasonDraft {
        code: message.code.clone(),
        text: message.text.clone(),
    };
    messages.iter().map(draft).collect()
}

fn required_to_proto(draft: RequiredDraft) -> pb::RequiredFields {
    pb::RequiredFields {
        display_name: draft.display_name,
        email: draft.email,
        website: draft.website,
    }
}

fn limits_to_proto(draft: LimitsDraft) -> pb::Limits {
    let limit = |given: Option<LimitDraft>| {
        given.map(|LimitDraft { per_minute, burst }| pb::Limit { per_minute, burst })
    };
    pb::Limits {
        author: limit(draft.author),
        ip_address: limit(draft.ip_address),
        thread: limit(draft.thread),
        site: limit(draft.site),
    }
}

fn priority_to_proto(draft: PriorityDraft) -> pb::PriorityWeights {
    pb::PriorityWeights {
        uncertainty: draft.uncertainty,
        reports: draft.reports,
        thread_heat: draft.thread_heat,
        standing: draft.standing,
    }
}

fn retention_to_proto(draft: RetentionDraft) -> pb::Retention {
    pb::Retention {
        contact_days: draft.contact_days,
        text_days: draft.text_days,
        audit_days: draft.audit_days,
    }
}

fn masking_to_proto(draft: MaskingDraft) -> pb::Masking {
    pb::Masking {
        email_addresses: draft.email_addresses,
        phone_numbers: draft.phone_numbers,
    }
}
