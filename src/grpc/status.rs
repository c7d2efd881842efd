//! The one place where errors become gRPC statuses: a code, a stable reason, details, and what the caller should do.

use std::{collections::HashMap, time::Duration};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, QuotaViolation, StatusExt};

use crate::{
    access::{error::AccessError, issue::IssueError},
    admission::{Refusal, SubmitError},
    comment::{
        event::Cursor,
        state::{CommentState, Version},
        violation::Violations,
    },
    feed::FeedError,
    policy::sites::SiteError,
    proto::v1,
    queue::DecideRefusal,
    store::error::StoreError,
};

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

fn detailed(
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
fn precondition(reason: &str, subject: &str, message: &str) -> Status {
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

/// The caller does not hold the item any more.
pub fn lease_lost() -> Status {
    precondition(
        "LEASE_LOST",
        "lease",
        "the item's lease is over; it was given to the queue",
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

impl From<Violations> for Status {
    fn from(found: Violations) -> Self {
        let fields: Vec<FieldViolation> = found
            .as_slice()
            .iter()
            .map(|v| FieldViolation::new(v.field, v.description.as_str()))
            .collect();
        let details = ErrorDetails::with_bad_request(fields);
        detailed(
            Code::InvalidArgument,
            "INVALID_FIELDS",
            found.to_string(),
            &[],
            details,
        )
    }
}

impl From<StoreError> for Status {
    fn from(error: StoreError) -> Self {
        store(&error)
    }
}

fn store(error: &StoreError) -> Status {
    match error {
        StoreError::Away(_) => unavailable("STORE_AWAY", "the store cannot be reached; try again"),
        StoreError::ReadOnly(_) => unavailable(
            "STORE_READ_ONLY",
            "the store takes no writes now; try again",
        ),
        StoreError::Full(_) => unavailable("STORE_FULL", "the store is full; try again later"),
        StoreError::Unreplicated { .. } => unavailable(
            "STORE_UNREPLICATED",
            "the write has not reached enough replicas; send it again",
        ),
        StoreError::TimedOut => unavailable(
            "STORE_TIMED_OUT",
            "the store did not answer in time; send the same request again",
        ),
        StoreError::Refused(_) | StoreError::Corrupt { .. } => {
            tracing::error!(error = error as &dyn std::error::Error, "store.defect");
            internal("something is wrong on our side; it has been logged")
        }
    }
}

fn internal(message: &str) -> Status {
    status(Code::Internal, "INTERNAL", message, &[])
}

impl From<AccessError> for Status {
    fn from(error: AccessError) -> Self {
        match &error {
            AccessError::Store(cause) => store(cause),
            AccessError::WrongRole { .. } => {
                status(Code::PermissionDenied, "WRONG_ROLE", error.to_string(), &[])
            }
            AccessError::WrongSite => {
                status(Code::PermissionDenied, "WRONG_SITE", error.to_string(), &[])
            }
            AccessError::Missing
            | AccessError::NotBearer
            | AccessError::Malformed(_)
            | AccessError::Unknown
            | AccessError::Expired
            | AccessError::Revoked => status(
                Code::Unauthenticated,
                "UNAUTHENTICATED",
                error.to_string(),
                &[],
            ),
        }
    }
}

impl From<IssueError> for Status {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Denied(error) => error.into(),
            IssueError::Violations(found) => found.into(),
            IssueError::NotFound => not_found("KEY_NOT_FOUND", error.to_string()),
            IssueError::Configured => precondition("KEY_CONFIGURED", "key", &error.to_string()),
            IssueError::TooMany => status(
                Code::ResourceExhausted,
                "TOO_MANY_KEYS",
                error.to_string(),
                &[],
            ),
            IssueError::Random(_) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "key.create_failed"
                );
                internal("no key could be made; nothing was stored")
            }
            IssueError::Store(cause) => store(&cause),
        }
    }
}

impl From<SiteError> for Status {
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::Store(cause) => store(&cause),
            SiteError::NotFound => not_found("SITE_NOT_FOUND", error.to_string()),
            SiteError::Exists => status(Code::AlreadyExists, "SITE_EXISTS", error.to_string(), &[]),
            SiteError::TooMany => status(
                Code::ResourceExhausted,
                "TOO_MANY_SITES",
                error.to_string(),
                &[],
            ),
            SiteError::Violations(found) => found.into(),
            SiteError::Stale { current } => status(
                Code::Aborted,
                "STALE_POLICY",
                error.to_string(),
                &[("policy_version", current.to_string())],
            ),
        }
    }
}

impl From<SubmitError> for Status {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Throttled { retry_after } => {
                let message =
                    "this replica is asked too much at once; try again after the given time";
                let details = ErrorDetails::with_retry_info(Some(retry_after));
                detailed(
                    Code::ResourceExhausted,
                    "REPLICA_THROTTLED",
                    message,
                    &[],
                    details,
                )
            }
            SubmitError::Violations(found) => found.into(),
            SubmitError::Site(error) => error.into(),
            SubmitError::Store(error) => error.into(),
            SubmitError::Seal(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "submit.seal_failed"
                );
                internal("contact data could not be sealed; nothing was stored")
            }
        }
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Limit { limit, retry_after } => {
                let subject = format!("limit:{}", limit.word());
                let mut details = ErrorDetails::with_retry_info(Some(retry_after));
                let wait = format!("too many comments for the limit by {}", limit.word());
                details.set_quota_failure(vec![QuotaViolation::new(subject, wait.as_str())]);
                let message = format!(
                    "{wait}; send the same request again in {:.1} s",
                    retry_after.as_secs_f64()
                );
                detailed(
                    Code::ResourceExhausted,
                    "LIMIT_EXCEEDED",
                    message,
                    &[("limit", limit.word().into())],
                    details,
                )
            }
            Refusal::Duplicate { of } => status(
                Code::AlreadyExists,
                "DUPLICATE_COMMENT",
                "the author has said this here already, within 24 h",
                &[("comment_id", of.to_string())],
            ),
            Refusal::IdReused => {
                let message =
                    "this comment_id names another comment; make a new UUID for each comment";
                status(Code::AlreadyExists, "COMMENT_ID_REUSED", message, &[])
            }
            Refusal::Erased => status(
                Code::AlreadyExists,
                "COMMENT_ERASED",
                "this comment_id named a comment that was erased",
                &[],
            ),
            Refusal::ThreadClosed => precondition(
                "THREAD_CLOSED",
                "thread",
                "this thread takes no more comments",
            ),
        }
    }
}

/// A decision on a version that has passed.
pub fn stale_decision(state: CommentState, version: Version) -> Status {
    let message = format!(
        "the comment is {} at version {} now; look again",
        state.word(),
        version.get()
    );
    let metadata = [
        ("state", state.word().to_owned()),
        ("version", version.get().to_string()),
    ];
    let mut details = ErrorDetails::new();
    let subject = format!("version {}", version.get());
    details.add_precondition_failure_violation("STALE_VERSION", subject, message.as_str());
    detailed(Code::Aborted, "STALE_VERSION", message, &metadata, details)
}

impl From<DecideRefusal> for Status {
    fn from(refusal: DecideRefusal) -> Self {
        match refusal {
            DecideRefusal::NotFound => comment_not_found(),
            DecideRefusal::Erased => {
                precondition("COMMENT_ERASED", "comment", "the comment was erased")
            }
            DecideRefusal::Stale { state, version } => stale_decision(state, version),
            DecideRefusal::LeasedByAnother => precondition(
                "LEASED_BY_ANOTHER",
                "lease",
                "another moderator holds this item; set override_lease to decide all the same",
            ),
            DecideRefusal::Store(error) => error.into(),
        }
    }
}

/// No comment of this name on this site.
pub fn comment_not_found() -> Status {
    not_found("COMMENT_NOT_FOUND", "no such comment on this site")
}

impl From<FeedError> for Status {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::OutOfRange { head } => out_of_range(head),
            FeedError::Store(error) => error.into(),
        }
    }
}

fn out_of_range(head: Cursor) -> Status {
    let message =
        "the feed does not reach back to this cursor; ListComments, then go on from head_cursor";
    status(
        Code::OutOfRange,
        "CURSOR_OUT_OF_RANGE",
        message,
        &[("head_cursor", head.to_string())],
    )
}
