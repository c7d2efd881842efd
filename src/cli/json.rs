//! The API's messages as JSON, for `--json`: the proto's field names, enumerations by their words, times as RFC 3339.

use serde_json::{Value, json};

use crate::proto::v1::{
    AuditEntry, AuthorHistory, Comment, Contribution, Decision, Event, Key, QueueStats, Reason,
    ReviewItem, Score, Site, SubmitCommentResponse, UndoDecisionResponse, event,
};

use super::{clock, site::policy_text, words};

/// When, as RFC 3339.
pub(super) fn time(time: Option<&prost_types::Timestamp>) -> Value {
    time.and_then(clock::rfc3339).into()
}

/// A text, or nothing where it is empty.
fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// Each with its detail.
pub(super) fn reasons(reasons: &[Reason]) -> Value {
    let one = |reason: &Reason| json!({ "code": words::reason_code(reason.code), "detail": reason.detail });
    reasons.iter().map(one).collect()
}

fn score(score: Option<&Score>) -> Value {
    let Some(score) = score else {
        return Value::Null;
    };
    let one = |part: &Contribution| json!({ "feature": part.feature, "weight": part.weight });
    json!({
        "spam_probability": score.spam_probability,
        "contributions": score.contributions.iter().map(one).collect::<Value>(),
        "model": score.model,
    })
}

/// The answer to a submission.
#[must_use]
pub fn submitted(comment_id: &str, response: &SubmitCommentResponse) -> Value {
    json!({
        "comment_id": comment_id,
        "outcome": words::outcome(response.outcome),
        "reasons": reasons(&response.reasons),
        "state": words::state(response.state),
        "version": response.version,
        "score": score(response.score.as_ref()),
        "submitted_at": time(response.submitted_at.as_ref()),
        "replayed": response.replayed,
    })
}

/// One event of the feed.
#[must_use]
pub fn event(event: &Event) -> Value {
    let mut value = json!({
        "cursor": event.cursor,
        "comment_id": event.comment_id,
        "thread_id": event.thread_id,
        "state": words::state(event.state),
        "version": event.version,
        "occurred_at": time(event.occurred_at.as_ref()),
    });
    match &event.cause {
        Some(event::Cause::Submitted(cause)) => {
            value["submitted"] = json!({
                "outcome": words::outcome(cause.outcome),
                "reasons": reasons(&cause.reasons),
            });
        }
        Some(event::Cause::Decided(cause)) => {
            value["decided"] = json!({
                "verdict": words::verdict(cause.verdict),
                "moderator": cause.moderator,
                "reason_code": cause.reason_code,
                "reason_text": cause.reason_text,
                "operation_id": cause.operation_id,
            });
        }
        Some(event::Cause::Undone(cause)) => {
            value["undone"] = json!({
                "verdict": words::verdict(cause.verdict),
                "moderator": cause.moderator,
                "operation_id": cause.operation_id,
            });
        }
        Some(event::Cause::Retracted(_)) => value["retracted"] = json!({}),
        Some(event::Cause::Revised(cause)) => {
            value["revised"] = json!({
                "outcome": words::outcome(cause.outcome),
                "reasons": reasons(&cause.reasons),
            });
        }
        Some(event::Cause::Redacted(cause)) => {
            value["redacted"] = json!({ "moderator": cause.moderator });
        }
        Some(event::Cause::Erased(cause)) => {
            value["erased"] = json!({ "expired": cause.expired });
        }
        None => {}
    }
    value
}

/// A decision that was undone.
#[must_use]
pub fn undone(undone: &UndoDecisionResponse) -> Value {
    json!({
        "comment_id": undone.comment_id,
        "state": words::state(undone.state),
        "version": undone.version,
        "verdict": words::verdict(undone.verdict),
        "undone_at": time(undone.undone_at.as_ref()),
        "replayed": undone.replayed,
    })
}

/// An entry of the audit log.
#[must_use]
pub fn audit_entry(entry: &AuditEntry) -> Value {
    let mut value = json!({
        "sequence": entry.sequence,
        "at": time(entry.at.as_ref()),
        "action": words::audit_action(entry.action),
        "actor": entry.actor,
        "key_id": entry.key_id,
    });
    if !entry.comment_id.is_empty() {
        value["comment_id"] = entry.comment_id.clone().into();
        value["state_before"] = words::state(entry.state_before).into();
        value["state_after"] = words::state(entry.state_after).into();
        value["version"] = entry.version.into();
        value["event_sequence"] = entry.event_sequence.into();
    }
    if entry.verdict != 0 {
        value["verdict"] = words::verdict(entry.verdict).into();
    }
    for (name, text) in [
        ("reason_code", &entry.reason_code),
        ("note", &entry.note),
        ("subject", &entry.subject),
        ("before", &entry.before),
        ("after", &entry.after),
    ] {
        if !text.is_empty() {
            value[name] = text.clone().into();
        }
    }
    value
}

/// A comment.
#[must_use]
pub fn comment(comment: &Comment) -> Value {
    let thread = comment.thread.as_ref().map(|thread| {
        json!({
            "thread_id": thread.thread_id,
            "url": thread.url,
            "title": thread.title,
            "language": thread.language,
        })
    });
    let author = comment.author.as_ref().map(|author| {
        json!({
            "display_name": author.display_name,
            "website": author.website,
            "account_id": author.account_id,
        })
    });
    json!({
        "site": comment.site,
        "comment_id": comment.comment_id,
        "thread": thread,
        "parent_id": comment.parent_id,
        "author": author,
        "body": comment.body,
        "state": words::state(comment.state),
        "version": comment.version,
        "outcome": words::outcome(comment.outcome),
        "reasons": reasons(&comment.reasons),
        "score": score(comment.score.as_ref()),
        "submitted_at": time(comment.submitted_at.as_ref()),
        "wave_id": comment.wave_id,
        "wave_size": comment.wave_size,
    })
}

/// An item of the queue.
#[must_use]
pub fn item(item: &ReviewItem) -> Value {
    let history = |history: &AuthorHistory| {
        json!({
            "approved": history.approved,
            "pending": history.pending,
            "rejected": history.rejected,
            "spam": history.spam,
            "first_seen_at": time(history.first_seen_at.as_ref()),
        })
    };
    json!({
        "comment": item.comment.as_ref().map(comment),
        "lease_expires_at": time(item.lease_expires_at.as_ref()),
        "due_at": time(item.due_at.as_ref()),
        "lane": words::lane(item.lane),
        "author_history": item.author_history.as_ref().map(history),
    })
}

/// A verdict that was carried out.
#[must_use]
pub fn decision(decision: &Decision) -> Value {
    json!({
        "comment_id": decision.comment_id,
        "state": words::state(decision.state),
        "version": decision.version,
        "verdict": words::verdict(decision.verdict),
        "decided_at": time(decision.decided_at.as_ref()),
        "replayed": decision.replayed,
    })
}

/// The queue's figures.
#[must_use]
pub fn stats(stats: &QueueStats) -> Value {
    json!({
        "waiting": stats.waiting,
        "leased": stats.leased,
        "oldest_waiting_seconds": stats.oldest_waiting.as_ref().map(|oldest| oldest.seconds),
        "pending": stats.pending,
        "approved": stats.approved,
        "rejected": stats.rejected,
        "spam": stats.spam,
    })
}

/// A site with its policy.
#[must_use]
pub fn site(site: &Site) -> Value {
    json!({
        "site": site.site,
        "display_name": site.display_name,
        "policy": policy_text::json(site),
        "policy_version": site.policy_version,
        "created_at": time(site.created_at.as_ref()),
    })
}

/// An access key, without its secret.
#[must_use]
pub fn key(key: &Key) -> Value {
    json!({
        "key_id": key.key_id,
        "role": words::role(key.role),
        "sites": key.sites,
        "label": key.label,
        "created_at": time(key.created_at.as_ref()),
        "expires_at": time(key.expires_at.as_ref()),
        "revoked_at": time(key.revoked_at.as_ref()),
        "last_used_at": time(key.last_used_at.as_ref()),
        "replaces": some(&key.replaces),
        "replaced_by": some(&key.replaced_by),
    })
}
