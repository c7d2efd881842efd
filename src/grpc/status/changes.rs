//! What callers are refused who change a comment after it was taken in.

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, QuotaViolation};

use super::{
    comment_not_found, detailed,
    refusals::{erased, escalated, retracted, stale_decision},
};
use crate::{
    admission::{
        changes::{ChangeRefusal, NotAppealable},
        error::SubmitError,
        receipt::Refusal,
    },
    grpc::status::precondition,
    queue::redaction::RedactRefusal,
};

impl From<ChangeRefusal> for Status {
    fn from(refusal: ChangeRefusal) -> Self {
        match refusal {
            ChangeRefusal::Throttled { retry_after } => {
                SubmitError::Throttled { retry_after }.into()
            }
            ChangeRefusal::Violations(found) => found.into(),
            ChangeRefusal::NotFound => comment_not_found(),
            ChangeRefusal::Erased => erased(),
            ChangeRefusal::Retracted => retracted(),
            ChangeRefusal::Stale { state, version } => stale_decision(state, version),
            ChangeRefusal::ThreadClosed { by } => Refusal::ThreadClosed { by }.into(),
            ChangeRefusal::Limit { limit, retry_after } => {
                Refusal::Limit { limit, retry_after }.into()
            }
            ChangeRefusal::TooManyReports { retry_after } => {
                let message = "this reader has reported too much lately; the report was not taken";
                let mut details = ErrorDetails::with_retry_info(Some(retry_after));
                let violation = QuotaViolation::new("limit:reporter", message);
                details.set_quota_failure(vec![violation]);
                let metadata = [("limit", "reporter".to_owned())];
                let code = Code::ResourceExhausted;
                detailed(code, "LIMIT_EXCEEDED", message, &metadata, details)
            }
            ChangeRefusal::NotAppealable(why) => not_appealable(why),
            ChangeRefusal::Site(error) => error.into(),
            ChangeRefusal::Store(error) => error.into(),
        }
    }
}

fn not_appealable(why: NotAppealable) -> Status {
    let message = why.to_string();
    let mut details = ErrorDetails::new();
    details.add_precondition_failure_violation("NOT_APPEALABLE", "comment", message.as_str());
    let metadata = [("why", why.word().to_owned())];
    let code = Code::FailedPrecondition;
    detailed(code, "NOT_APPEALABLE", message, &metadata, details)
}

impl From<RedactRefusal> for Status {
    fn from(refusal: RedactRefusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            RedactRefusal::Violations(found) => found.into(),
            RedactRefusal::NotFound => comment_not_found(),
            RedactRefusal::Erased => erased(),
            RedactRefusal::Retracted => retracted(),
            RedactRefusal::Stale { state, version } => stale_decision(state, version),
            RedactRefusal::NotWaiting => precondition("NOT_WAITING", "comment", &message),
            RedactRefusal::Escalated => escalated(&message),
            RedactRefusal::LeasedByAnother => precondition("LEASED_BY_ANOTHER", "lease", &message),
            RedactRefusal::Store(error) => error.into(),
        }
    }
}
