//! `ModerationService`: proto to domain and back.

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        lease::{ItemContext, LeaseToken, LeasedItem, QueuedItem},
        state::{Verdict, Version},
        violation::Violations,
    },
    grpc::convert::{paging, time::timestamp_to_proto, words},
    proto::v1,
    queue::ruling::{Decision, Ruling},
};

/// A verdict of a unary call.
///
/// # Errors
/// Every violation at once.
pub fn ruling_of_call(request: &v1::DecideCommentRequest) -> Result<Ruling, Violations> {
    ruling(&RulingFields {
        comment: ("comment_id", &request.comment_id),
        version: ("version", request.version),
        verdict: ("verdict", request.verdict),
        reason_code: ("reason_code", &request.reason_code),
        note: ("note", &request.note),
        lease: ("lease_token", &request.lease_token, false),
        override_lease: request.override_lease,
    })
}

/// Each field with its path, since the same fields come in two messages.
struct RulingFields<'a> {
    comment: (&'static str, &'a str),
    version: (&'static str, u32),
    verdict: (&'static str, i32),
    reason_code: (&'static str, &'a str),
    note: (&'static str, &'a str),
    /// The last: whether it is required.
    lease: (&'static str, &'a str, bool),
    override_lease: bool,
}

fn ruling(fields: &RulingFields<'_>) -> Result<Ruling, Violations> {
    let mut found = Violations::new();
    let comment = found.take(fields.comment.0, fields.comment.1.parse::<CommentId>());
    let version =
        Version::new(fields.version.1).ok_or("must be the version that was seen, at least 1");
    let version = found.take(fields.version.0, version);
    let verdict = u8::try_from(fields.verdict.1)
        .ok()
        .and_then(Verdict::from_number);
    let verdict = found.take(
        fields.verdict.0,
        verdict.ok_or("must be APPROVE, REJECT or SPAM"),
    );
    let reason_code = found.take(fields.reason_code.0, fields.reason_code.1.parse());
    let note = found.take(fields.note.0, fields.note.1.parse());
    let lease = match fields.lease {
        (_, "", false) => None,
        (path, token, _) => found.take(path, token.parse::<LeaseToken>()),
    };
    match (comment, version, verdict, reason_code, note) {
        (Some(comment), Some(version), Some(verdict), Some(reason_code), Some(note))
            if found.is_empty() =>
        {
            let override_lease = fields.override_lease;
            Ok(Ruling {
                comment,
                version,
                verdict,
                reason_code,
                note,
                lease,
                override_lease,
            })
        }
        _ => Err(found),
    }
}

/// A verdict that was carried out.
#[must_use]
pub fn decision(decision: Decision) -> v1::Decision {
    v1::Decision {
        comment_id: decision.comment.to_string(),
        state: words::state(decision.state),
        version: decision.version.get(),
        verdict: words::verdict(decision.verdict),
        decided_at: Some(timestamp_to_proto(decision.at)),
        replayed: decision.replayed,
    }
}

/// An item under a lease.
#[must_use]
pub fn leased(site: &SiteId, leased: LeasedItem, context: ItemContext) -> v1::ReviewItem {
    let (token, expires_at) = (leased.token, leased.expires_at);
    v1::ReviewItem {
        lease_token: token.to_string(),
        lease_expires_at: Some(timestamp_to_proto(expires_at)),
        ..queued(site, leased.item, context)
    }
}

/// An item of the queue.
#[must_use]
pub fn queued(site: &SiteId, item: QueuedItem, context: ItemContext) -> v1::ReviewItem {
    v1::ReviewItem {
        due_at: Some(timestamp_to_proto(item.due_at)),
        author_history: Some(words::history(context.history)),
        comment: Some(words::comment(site.as_str(), item.comment, context)),
        lease_token: String::new(),
        lease_expires_at: None,
    }
}
