//! The audit log: proto to domain and back.

use crate::{
    access::issue::Label,
    comment::{
        audit::{AuditAction, AuditEntry, AuditFilter},
        ids::{CommentId, KeyId},
        state::{Timestamp, Version},
        violation::Violations,
    },
    grpc::convert::{
        paging,
        time::{timestamp, timestamp_to_proto},
        words,
    },
    proto::v1,
    store::audit::AuditOrder,
};

/// Which entries to list.
pub struct Listing {
    /// Only these.
    pub filter: AuditFilter,
    /// In which order.
    pub order: AuditOrder,
    /// After this sequence.
    pub after: Option<u64>,
    /// How many.
    pub count: usize,
    /// Which listing this is: its page tokens are good for no other.
    pub name: String,
}

/// Parses what to list.
///
/// # Errors
/// Every violation at once.
pub fn listing(request: &v1::ListAuditEntriesRequest) -> Result<Listing, Violations> {
    let mut found = Violations::new();
    let comment = (!request.comment_id.is_empty())
        .then(|| found.take("comment_id", request.comment_id.parse::<CommentId>()))
        .flatten();
    let key = (!request.key_id.is_empty())
        .then(|| found.take("key_id", request.key_id.parse::<KeyId>()))
        .flatten();
    let actor = (!request.actor.is_empty())
        .then(|| found.take("actor", request.actor.parse::<Label>()))
        .flatten();
    let mut actions = Vec::new();
    for number in &request.actions {
        match u8::try_from(*number)
            .ok()
            .and_then(AuditAction::from_number)
        {
            Some(action) if !actions.contains(&action) => actions.push(action),
            Some(_) => {}
            None => found.add("actions", "must be known actions other than UNSPECIFIED"),
        }
    }
    let since = time(&mut found, "since", request.since.as_ref());
    let before = time(&mut found, "before", request.before.as_ref());
    let count = found.take("page_size", paging::size(request.page_size, 50, 200));
    let name = name(request);
    let after = found.take("page_token", paging::place(&request.page_token, &name));
    match (count, after) {
        (Some(count), Some(after)) if found.is_empty() => Ok(Listing {
            filter: AuditFilter {
                comment,
                key,
                actor: actor.map(|label| label.as_str().to_owned()),
                actions,
                since,
                before,
            },
            order: if request.oldest_first {
                AuditOrder::OldestFirst
            } else {
                AuditOrder::NewestFirst
            },
            after: Some(after).filter(|after| *after > 0),
            count,
            name,
        }),
        _ => Err(found),
    }
}

fn time(
    found: &mut Violations,
    field: &'static str,
    at: Option<&prost_types::Timestamp>,
) -> Option<Timestamp> {
    at.and_then(|at| found.take(field, timestamp(at)))
}

/// What the listing is named by: all that narrows or orders it.
fn name(request: &v1::ListAuditEntriesRequest) -> String {
    let narrowed = (
        &request.site,
        &request.comment_id,
        &request.key_id,
        &request.actor,
        &request.actions,
    );
    let ordered = (&request.since, &request.before, request.oldest_first);
    format!("audit\n{narrowed:?}\n{ordered:?}")
}

/// An entry.
#[must_use]
pub fn entry(entry: AuditEntry) -> v1::AuditEntry {
    let change = entry.change;
    v1::AuditEntry {
        sequence: entry.sequence,
        at: Some(timestamp_to_proto(entry.at)),
        action: i32::from(entry.action as u8),
        actor: entry.actor.label.to_string(),
        key_id: entry.actor.key.to_string(),
        comment_id: change
            .map(|change| change.comment.to_string())
            .unwrap_or_default(),
        state_before: change.map_or(0, |change| words::state(change.before)),
        state_after: change.map_or(0, |change| words::state(change.after)),
        version: change
            .and_then(|change| change.version)
            .map_or(0, Version::get),
        event_sequence: change.and_then(|change| change.event).unwrap_or_default(),
        verdict: entry.word.map_or(0, words::word),
        reason_code: entry.reason_code,
        note: entry.note,
        subject: entry.subject,
        before: entry.before,
        after: entry.after,
    }
}
