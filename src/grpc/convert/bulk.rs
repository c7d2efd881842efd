//! Bulk decisions: proto to domain and back.

use std::collections::HashSet;

use crate::{
    comment::{
        bulk::{BulkChange, Operation, Tally, UndoTally},
        ids::{CommentId, OperationId, ThreadId},
        lane::Lane,
        state::{Verdict, Word},
        violation::Violations,
    },
    grpc::convert::{moderation::reason_code, paging, review, time::timestamp_to_proto},
    proto::v1::{
        self, bulk_decide_request::Selector as Wire, bulk_decide_response as decided,
        undo_bulk_decision_response as undone,
    },
    queue::{
        bulk::{BulkOrder, MOST_IDS, Preview, Selector},
        ruling::Note,
    },
};

/// What to decide.
///
/// # Errors
/// Every violation at once.
pub fn order(request: &v1::BulkDecideRequest) -> Result<BulkOrder, Violations> {
    let mut found = Violations::new();
    let operation = match request.operation_id.as_str() {
        "" if request.validate_only => Some(OperationId::from_bytes([0; 16])),
        id => found.take("operation_id", id.parse::<OperationId>()),
    };
    let selector = selector(&mut found, request.selector.as_ref());
    let thread = (!request.thread_id.is_empty())
        .then(|| found.take("thread_id", request.thread_id.parse::<ThreadId>()))
        .flatten();
    let verdict = u8::try_from(request.verdict)
        .ok()
        .and_then(Verdict::from_number);
    let verdict = found.take("verdict", verdict.ok_or("must be APPROVE, REJECT or SPAM"));
    let reason = reason_code(
        &mut found,
        ("reason_code", &request.reason_code),
        verdict.map(Word::Verdict),
    );
    let note = found.take("note", request.note.parse());
    match (operation, selector, verdict, reason, note) {
        (Some(operation), Some(selector), Some(verdict), Some(reason), Some(note))
            if found.is_empty() =>
        {
            Ok(BulkOrder {
                operation,
                selector,
                thread,
                verdict,
                reason_code: reason,
                note,
            })
        }
        _ => Err(found),
    }
}

fn selector(found: &mut Violations, selector: Option<&Wire>) -> Option<Selector> {
    match selector {
        Some(Wire::Ids(ids)) => ids_of(found, &ids.comment_ids),
        Some(Wire::WaveId(wave)) => found.take("wave_id", wave.parse()).map(Selector::Wave),
        Some(Wire::AuthorOf(comment)) => found
            .take("author_of", comment.parse())
            .map(Selector::AuthorOf),
        Some(Wire::Lane(lane)) => {
            let lane = u8::try_from(*lane).ok().and_then(Lane::from_number);
            let lane = lane.ok_or("must be REVIEW, REPORTED, ESCALATED or APPEALS");
            found.take("lane", lane).map(Selector::Lane)
        }
        None => {
            found.add(
                "selector",
                "must be one of ids, wave_id, author_of and lane",
            );
            None
        }
    }
}

/// Each once, in the order in which they are first named.
fn ids_of(found: &mut Violations, ids: &[String]) -> Option<Selector> {
    if ids.is_empty() || ids.len() > MOST_IDS {
        found.add("ids.comment_ids", format!("must be 1 to {MOST_IDS} ids"));
        return None;
    }
    let parsed: Result<Vec<CommentId>, _> = ids.iter().map(|id| id.parse()).collect();
    let mut parsed = found.take("ids.comment_ids", parsed)?;
    let mut seen = HashSet::new();
    parsed.retain(|id| seen.insert(*id));
    Some(Selector::Ids(parsed.into()))
}

/// How far a decision is.
#[must_use]
pub fn progress(tally: Tally, total: u64) -> v1::BulkDecideResponse {
    decided_message(decided::Message::Progress(decided::Progress {
        counts: Some(counts(tally)),
        total,
    }))
}

/// What it would do.
#[must_use]
pub fn preview(preview: Preview) -> v1::BulkDecideResponse {
    let examples = preview.examples.into_iter();
    decided_message(decided::Message::Preview(decided::Preview {
        counts: Some(counts(preview.tally)),
        left: preview.left,
        examples: examples.map(review::member).collect(),
    }))
}

/// What it did.
#[must_use]
pub fn result(name: OperationId, operation: &Operation, replayed: bool) -> v1::BulkDecideResponse {
    decided_message(decided::Message::Result(decided::Result {
        operation_id: name.to_string(),
        counts: Some(counts(operation.tally)),
        left: operation.left,
        audit_sequence: operation.audit,
        began_at: Some(timestamp_to_proto(operation.began)),
        ended_at: Some(timestamp_to_proto(operation.changed)),
        replayed,
    }))
}

fn decided_message(message: decided::Message) -> v1::BulkDecideResponse {
    v1::BulkDecideResponse {
        message: Some(message),
    }
}

fn counts(tally: Tally) -> v1::BulkCounts {
    v1::BulkCounts {
        decided: tally.decided,
        already_decided: tally.settled,
        held_by_another: tally.held,
        reserved: tally.reserved,
        gone: tally.gone,
    }
}

/// What to undo.
///
/// # Errors
/// Every violation at once.
pub fn undo(request: &v1::UndoBulkDecisionRequest) -> Result<(OperationId, Note), Violations> {
    let mut found = Violations::new();
    let operation = found.take("operation_id", request.operation_id.parse());
    let note = found.take("note", request.note.parse());
    operation.zip(note).ok_or(found)
}

/// How far an undoing is.
#[must_use]
pub fn undo_progress(operation: &Operation, total: u64) -> v1::UndoBulkDecisionResponse {
    let tally = operation.undoing.map(|undoing| undoing.tally);
    v1::UndoBulkDecisionResponse {
        message: Some(undone::Message::Progress(undone::Progress {
            counts: tally.map(undo_counts),
            total,
        })),
    }
}

/// What it undid.
#[must_use]
pub fn undo_result(
    name: OperationId,
    operation: &Operation,
    replayed: bool,
) -> v1::UndoBulkDecisionResponse {
    let undoing = operation.undoing;
    let result = undone::Result {
        operation_id: name.to_string(),
        counts: undoing.map(|undoing| undo_counts(undoing.tally)),
        audit_sequence: undoing.map_or(0, |undoing| undoing.audit),
        began_at: undoing.map(|undoing| timestamp_to_proto(undoing.began)),
        ended_at: undoing.map(|undoing| timestamp_to_proto(undoing.changed)),
        replayed,
    };
    v1::UndoBulkDecisionResponse {
        message: Some(undone::Message::Result(result)),
    }
}

fn undo_counts(tally: UndoTally) -> v1::BulkUndoCounts {
    v1::BulkUndoCounts {
        undone: tally.undone,
        changed_since: tally.changed,
        reserved: tally.reserved,
        gone: tally.gone,
    }
}

/// Which changes to list.
pub struct ChangeListing {
    /// Of which operation.
    pub operation: OperationId,
    /// From this place on.
    pub from: u64,
    /// How many.
    pub count: usize,
    /// Which listing this is: its page tokens are good for no other.
    pub name: String,
}

/// Parses which changes to list.
///
/// # Errors
/// Every violation at once.
pub fn change_listing(request: &v1::ListBulkChangesRequest) -> Result<ChangeListing, Violations> {
    let mut found = Violations::new();
    let operation = found.take("operation_id", request.operation_id.parse::<OperationId>());
    let count = found.take("page_size", paging::size(request.page_size, 200, 1_000));
    let named = (&request.site, &request.operation_id, request.undone);
    let name = format!("bulk\n{named:?}");
    let from = found.take("page_token", paging::place(&request.page_token, &name));
    match (operation, count, from) {
        (Some(operation), Some(count), Some(from)) => Ok(ChangeListing {
            operation,
            from,
            count,
            name,
        }),
        _ => Err(found),
    }
}

/// A change.
#[must_use]
pub fn change(change: BulkChange) -> v1::BulkChange {
    v1::BulkChange {
        comment_id: change.comment.to_string(),
        version: change.version.get(),
        event_sequence: change.event,
    }
}
