//! The one place where errors become gRPC statuses: a code, a stable reason, details, and what the caller should do.

mod changes;
mod errors;
mod privacy;
mod refusals;

use std::{collections::HashMap, time::Duration};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::{comment::state::CommentState, proto::v1};

/// The `domain` of every `google.rpc.ErrorInfo`.
const DOMAIN: &str = "replydesk";

/// How long a caller should wait before it tries again while the store or this replica is away.
pub const RETRY_LATER: Duration = Duration::from_secs(1);

pub(super) fn status(
    code: Code,
    reason: &str,
    message: impl Into<String>,
    metadata: &[(&str, String)],
) -> Status {
    detailed(code, reason, message, metadata, ErrorDetails::new())
}

pub(super) fn detailed(
    code: Code,
    reason: &str,
    message: impl Into<String>,
    metadata: &[(&str, String)],
    mut details: ErrorDetails,
) -> Status {
    let metadata: HashMap<String, String> = metadata
        .iter()
        .map(|(k, v)| ((*k).to_owned(), v.clone()))
        .collect();
    details.set_error_info(reason, DOMAIN, metadata);
    Status::with_error_details(code, message, details)
}

/// Something must change before the same request can succeed; `subject` says of what.
pub(super) fn precondition(reason: &str, subject: &str, message: &str) -> Status {
    let mut details = ErrorDetails::new();
    details.add_precondition_failure_violation(reason, subject, message);
    detailed(Code::FailedPrecondition, reason, message, &[], details)
}

/// This replica or its store is away for a moment.
pub fn unavailable(reason: &str, message: impl Into<String>) -> Status {
    detailed(
        Code::Unavailable,
        reason,
        message,
        &[],
        ErrorDetails::with_retry_info(Some(RETRY_LATER)),
    )
}

/// The service shuts down, or a stream has reached its age: connect again.
pub fn stream_over(message: &str) -> Status {
    unavailable("STREAM_OVER", message)
}

/// The client did not read for too long.
pub fn not_read() -> Status {
    let message = "this stream was not read for 10 s; read faster, or ask for fewer items";
    status(Code::ResourceExhausted, "STREAM_NOT_READ", message, &[])
}

/// A message on a stream could not be read, and so nothing after it.
pub fn unreadable() -> Status {
    let message =
        "a message on this stream is malformed or too large; the items went back: connect again";
    status(Code::InvalidArgument, "MALFORMED_MESSAGE", message, &[])
}

/// The moderator gave no sign of life.
pub fn no_life() -> Status {
    let message =
        "no sign of life within the lease's time; the items went back: send a ping now and then";
    status(Code::DeadlineExceeded, "NO_SIGN_OF_LIFE", message, &[])
}

/// The stream was opened, and nothing came.
pub fn no_start() -> Status {
    status(
        Code::DeadlineExceeded,
        "NO_START",
        "no start came; send it as the stream's first message",
        &[],
    )
}

/// The call took longer than it may; what it asked for may be done.
pub fn too_late() -> Status {
    unavailable(
        "TOO_LATE",
        "the call took too long; send the same request again",
    )
}

/// A status as an answer on a stream.
pub fn problem(status: Status) -> v1::Problem {
    let (reason, metadata) = status
        .get_details_error_info()
        .map(|info| (info.reason, info.metadata))
        .unwrap_or_default();
    let number = |name: &str| {
        metadata
            .get(name)
            .and_then(|text| text.parse::<u32>().ok())
            .unwrap_or_default()
    };
    let state = metadata.get("state");
    let state = state.and_then(|word| {
        CommentState::ALL
            .into_iter()
            .find(|state| state.word() == word)
    });
    v1::Problem {
        code: status.code().into(),
        message: status.message().to_owned(),
        state: state.map_or(0, |state| i32::from(state.number())),
        version: number("version"),
        reason,
    }
}

/// There is no such thing as the caller named.
pub fn not_found(reason: &str, message: impl Into<String>) -> Status {
    status(Code::NotFound, reason, message, &[])
}

/// No comment of this name on this site.
pub fn comment_not_found() -> Status {
    not_found("COMMENT_NOT_FOUND", "no such comment on this site")
}

/// A defect of ours; the log has it.
pub(super) fn internal(message: &str) -> Status {
    status(Code::Internal, "INTERNAL", message, &[])
}
