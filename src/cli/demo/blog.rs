//! The blog: hands in comments, several at once, and sends one again when its answer is lost.

use std::collections::HashMap;

use tokio::task::JoinSet;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::{
    cli::client::{Connection, explain, resend},
    cli::untrusted,
};

use super::{made_up::Prepared, shared::Shared};

/// How many comments are on their way at once.
pub const IN_FLIGHT: usize = 8;

/// Sends all rounds, one after the other. Answers to a comment that was not stored stand alone.
pub async fn submit_all(connection: &Connection, rounds: Vec<Vec<Prepared>>, shared: &Shared) {
    let mut stored: HashMap<String, String> = HashMap::new();
    for round in rounds {
        let mut calls = JoinSet::new();
        for mut prepared in round {
            if let Some(parent) = prepared
                .parent
                .as_ref()
                .and_then(|parent| stored.get(parent))
            {
                prepared.request.parent_id.clone_from(parent);
            }
            if calls.len() == IN_FLIGHT
                && let Some(Ok(Some((entry, comment)))) = calls.join_next().await
            {
                stored.insert(entry, comment);
            }
            calls.spawn(submit(connection.clone(), prepared, shared.clone()));
        }
        while let Some(done) = calls.join_next().await {
            if let Ok(Some((entry, comment))) = done {
                stored.insert(entry, comment);
            }
        }
    }
}

/// Answers the line's id and the comment's, if it was stored.
async fn submit(
    connection: Connection,
    prepared: Prepared,
    shared: Shared,
) -> Option<(String, String)> {
    let label = prepared.label.as_deref();
    match resend::submit(&connection, &prepared.request, |_| ()).await {
        Ok(response) => {
            shared.with(|tally| tally.stored(label, &response));
            Some((prepared.entry_id, prepared.request.comment_id))
        }
        Err(status) => {
            match refusal(&status) {
                Some(why) => shared.with(|tally| tally.refused(label, why)),
                None => shared.with(|tally| {
                    let id = untrusted::line(&prepared.entry_id);
                    tally.failed(format!("{id}: {}", explain::explain(&status)));
                }),
            }
            None
        }
    }
}

/// Why a comment was refused, if it was: a reply that says so. Anything else is a failure.
fn refusal(status: &Status) -> Option<String> {
    let details = status.get_error_details();
    let reason = explain::reason(status);
    match status.code() {
        Code::InvalidArgument => {
            let violations = details
                .bad_request()
                .map(|bad| bad.field_violations.as_slice());
            let one = |field: &str, what: &str| {
                format!("{}: {}", untrusted::line(field), untrusted::line(what))
            };
            let all = violations
                .unwrap_or_default()
                .iter()
                .map(|v| one(&v.field, &v.description));
            Some(format!("violation: {}", all.collect::<Vec<_>>().join("; ")))
        }
        Code::ResourceExhausted => {
            let violations = details
                .quota_failure()
                .map(|quota| quota.violations.as_slice());
            let all = violations
                .unwrap_or_default()
                .iter()
                .map(|v| untrusted::line(v.subject.trim_start_matches("limit:")));
            Some(format!("limit: {}", all.collect::<Vec<_>>().join(", ")))
        }
        Code::AlreadyExists if reason == "DUPLICATE_COMMENT" => {
            Some("duplicate: the author said the same there within 24 h".to_owned())
        }
        Code::FailedPrecondition if reason == "THREAD_CLOSED" => Some("closed thread".to_owned()),
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss
        | Code::Unauthenticated => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn each_refusal_has_its_name_and_a_failure_has_none() {
        let invalid = ErrorDetails::with_bad_request_violation("author.email", "is required");
        let limited = ErrorDetails::with_quota_failure_violation("limit:author", "5 a minute");
        let info =
            |reason: &str| ErrorDetails::with_error_info(reason, "replydesk", HashMap::new());
        let table = [
            (
                Code::InvalidArgument,
                invalid,
                Some("violation: author.email: is required"),
            ),
            (Code::ResourceExhausted, limited, Some("limit: author")),
            (
                Code::AlreadyExists,
                info("DUPLICATE_COMMENT"),
                Some("duplicate: the author said the same there within 24 h"),
            ),
            (Code::AlreadyExists, info("COMMENT_ID_REUSED"), None),
            (
                Code::FailedPrecondition,
                info("THREAD_CLOSED"),
                Some("closed thread"),
            ),
            (Code::Unavailable, ErrorDetails::new(), None),
            (Code::Internal, ErrorDetails::new(), None),
        ];
        for (code, details, why) in table {
            let status = Status::with_error_details(code, "", details);
            assert_eq!(refusal(&status).as_deref(), why, "{code:?}");
        }
    }
}
