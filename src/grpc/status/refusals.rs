//! What callers are refused: submissions, verdicts, cursors.

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, QuotaViolation};

use super::{comment_not_found, detailed, internal, not_found, precondition, status, unavailable};
use crate::{
    admission::{error::SubmitError, receipt::Refusal},
    authors::AuthorRefusal,
    comment::{
        event::Cursor,
        state::{CommentState, Version},
        thread::ClosedBy,
        violation::Violations,
    },
    feed::FeedError,
    queue::{
        bulk::BulkRefusal,
        dialogue::Refusal as StreamRefusal,
        listing::ListRefusal,
        noting::NoteRefusal,
        ruling::{DecideRefusal, UndoRefusal},
    },
};

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
            SubmitError::SealLapsed => unavailable("SEAL_LAPSED", error.to_string()),
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

impl From<AuthorRefusal> for Status {
    fn from(refusal: AuthorRefusal) -> Self {
        match refusal {
            AuthorRefusal::NoComment => comment_not_found(),
            AuthorRefusal::NoSubject(_) | AuthorRefusal::OtherDomains(_) => {
                precondition("NO_SUCH_SUBJECT", "subject", &refusal.to_string())
            }
            AuthorRefusal::NoStanding => precondition(
                "NO_SUCH_STANDING",
                "subject.standing_id",
                &refusal.to_string(),
            ),
            AuthorRefusal::TooMany => status(
                Code::ResourceExhausted,
                "TOO_MANY_STANDINGS",
                refusal.to_string(),
                &[],
            ),
            AuthorRefusal::Site(error) => error.into(),
            AuthorRefusal::Store(error) => error.into(),
        }
    }
}

impl From<ListRefusal> for Status {
    fn from(refusal: ListRefusal) -> Self {
        match refusal {
            ListRefusal::NotFound => comment_not_found(),
            ListRefusal::NoAuthor => Violations::one("same_author_as", refusal).into(),
            ListRefusal::Store(error) => error.into(),
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
            Refusal::ThreadClosed { by } => thread_closed(by),
        }
    }
}

fn thread_closed(by: ClosedBy) -> Status {
    let message = match by {
        ClosedBy::Moderator => "this thread takes no more comments",
        ClosedBy::Age => "this thread takes no more comments: it is too old",
    };
    let mut details = ErrorDetails::new();
    details.add_precondition_failure_violation("THREAD_CLOSED", "thread", message);
    let metadata = [("closed_by", by.word().to_owned())];
    detailed(
        Code::FailedPrecondition,
        "THREAD_CLOSED",
        message,
        &metadata,
        details,
    )
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
            DecideRefusal::Erased => erased(),
            DecideRefusal::Stale { state, version } => stale_decision(state, version),
            DecideRefusal::LeasedByAnother => precondition(
                "LEASED_BY_ANOTHER",
                "lease",
                "another moderator holds this item; set override_lease to decide all the same",
            ),
            DecideRefusal::UnknownReason { codes } => {
                let why = format!("must be empty or one of the site's own: {codes}");
                Violations::one("reason_code", why).into()
            }
            DecideRefusal::Site(error) => error.into(),
            DecideRefusal::Retracted => retracted(),
            DecideRefusal::Escalated => escalated(&refusal.to_string()),
            DecideRefusal::SameModerator => {
                precondition("SAME_MODERATOR", "appeal", &refusal.to_string())
            }
            DecideRefusal::Store(error) => error.into(),
        }
    }
}

impl From<NoteRefusal> for Status {
    fn from(refusal: NoteRefusal) -> Self {
        match refusal {
            NoteRefusal::NotFound => comment_not_found(),
            NoteRefusal::Erased => {
                precondition("COMMENT_ERASED", "comment", "the comment was erased")
            }
            NoteRefusal::Store(error) => error.into(),
        }
    }
}

impl From<UndoRefusal> for Status {
    fn from(refusal: UndoRefusal) -> Self {
        match refusal {
            UndoRefusal::NotFound => comment_not_found(),
            UndoRefusal::Erased => erased(),
            UndoRefusal::Stale { state, version } => stale_decision(state, version),
            UndoRefusal::NoDecision => precondition("NO_DECISION", "version", &refusal.to_string()),
            UndoRefusal::TooLate => {
                precondition("UNDO_WINDOW_PASSED", "decision", &refusal.to_string())
            }
            UndoRefusal::Escalated => escalated(&refusal.to_string()),
            UndoRefusal::SameModerator => {
                precondition("SAME_MODERATOR", "appeal", &refusal.to_string())
            }
            UndoRefusal::Store(error) => error.into(),
        }
    }
}

impl From<StreamRefusal> for Status {
    fn from(refusal: StreamRefusal) -> Self {
        match refusal {
            StreamRefusal::Invalid(found) => found.into(),
            StreamRefusal::Decide(refusal) => refusal.into(),
            StreamRefusal::Note(refusal) => refusal.into(),
            StreamRefusal::NotHeld => precondition(
                "NOT_HELD",
                "lease",
                "this client does not hold the item under this lease token; decide on items as they come, or by \
                 DecideComment",
            ),
            StreamRefusal::LeaseLost => precondition(
                "LEASE_LOST",
                "lease",
                "the item's lease is over; it was given to the queue",
            ),
            StreamRefusal::Store(error) => error.into(),
        }
    }
}

impl From<BulkRefusal> for Status {
    fn from(refusal: BulkRefusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            BulkRefusal::Reused => status(Code::AlreadyExists, "OPERATION_ID_REUSED", message, &[]),
            BulkRefusal::Undone => precondition("OPERATION_UNDONE", "operation", &message),
            BulkRefusal::NotFound => not_found("OPERATION_NOT_FOUND", message),
            BulkRefusal::TooLate => precondition("UNDO_WINDOW_PASSED", "operation", &message),
            BulkRefusal::NoWave => not_found("WAVE_NOT_FOUND", message),
            BulkRefusal::NoComment => comment_not_found(),
            BulkRefusal::NoAuthor => precondition("NO_AUTHOR", "comment", &message),
            BulkRefusal::UnknownReason { codes } => DecideRefusal::UnknownReason { codes }.into(),
            BulkRefusal::Store(error) => error.into(),
        }
    }
}

pub(super) fn erased() -> Status {
    precondition("COMMENT_ERASED", "comment", "the comment was erased")
}

pub(super) fn retracted() -> Status {
    let message = "its author has withdrawn the comment";
    precondition("COMMENT_RETRACTED", "comment", message)
}

pub(super) fn escalated(message: &str) -> Status {
    precondition("COMMENT_ESCALATED", "comment", message)
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
