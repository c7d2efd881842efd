//! Sends a comment until it is answered: the comment's id makes every repetition safe.

use std::time::Duration;

use tonic::{Code, Status};

use crate::{
    cli::client::{Connection, explain, once, timely},
    cli::untrusted,
    proto::v1::{SubmitCommentRequest, SubmitCommentResponse},
};

/// How often one comment is sent at most.
const ATTEMPTS: u32 = 6;

/// A caller that waits longer than this for one comment is better served by the refusal itself.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Sends a comment; after a lost or late reply, or where the service asks for a short wait, the same one again. `tell`
/// hears once that this takes longer, and why.
///
/// # Errors
/// The last status, if it can't be helped by sending again, or not within a few seconds.
pub async fn submit(
    connection: &Connection,
    request: &SubmitCommentRequest,
    tell: impl Fn(String),
) -> Result<SubmitCommentResponse, Status> {
    let mut attempt = 1;
    loop {
        let answer = once(
            connection
                .comments()
                .submit_comment(timely(request.clone())),
        )
        .await;
        let status = match answer {
            Ok(response) => return Ok(response),
            Err(status) => status,
        };
        match wait(&status, attempt) {
            Some(wait) if attempt < ATTEMPTS => {
                if attempt == 1 {
                    tell(waiting(&status));
                }
                tokio::time::sleep(wait).await;
            }
            Some(_) | None => return Err(status),
        }
        attempt += 1;
    }
}

fn waiting(status: &Status) -> String {
    let why = match explain::reason(status).as_str() {
        "STORE_AWAY" => "the store is away".to_owned(),
        _ => untrusted::line(status.message()),
    };
    let asked = explain::retry_delay(status).unwrap_or(LONGEST_WAIT);
    let longest = asked.min(LONGEST_WAIT) * (ATTEMPTS - 1);
    format!("{why}; trying again for up to {} s", longest.as_secs())
}

/// How long to wait before the next attempt; `None` if another one would not help.
fn wait(status: &Status, attempt: u32) -> Option<Duration> {
    let own = Duration::from_millis(50) * 2_u32.saturating_pow(attempt);
    let asked = explain::retry_delay(status);
    match status.code() {
        // Cancelled is what the client library calls a connection that was closed under a call.
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => {
            Some(asked.unwrap_or(own).min(LONGEST_WAIT))
        }
        Code::ResourceExhausted => asked.filter(|asked| *asked <= LONGEST_WAIT),
        Code::Ok
        | Code::Unknown
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::Internal
        | Code::DataLoss
        | Code::Unauthenticated => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tonic_types::{ErrorDetails, StatusExt};

    use super::*;

    #[test]
    fn only_what_passes_by_itself_is_sent_again() {
        let limit = |millis| {
            let details = ErrorDetails::with_retry_info(Some(Duration::from_millis(millis)));
            Status::with_error_details(Code::ResourceExhausted, "", details)
        };
        assert_eq!(wait(&limit(300), 1), Some(Duration::from_millis(300)));
        assert_eq!(wait(&limit(12_000), 1), None);
        assert_eq!(
            wait(&Status::unavailable(""), 1),
            Some(Duration::from_millis(100))
        );
        assert_eq!(wait(&Status::unavailable(""), 9), Some(LONGEST_WAIT));
        assert_eq!(wait(&Status::already_exists(""), 1), None);
    }

    #[test]
    fn who_waits_is_told_for_how_long() {
        let mut details = ErrorDetails::with_retry_info(Some(Duration::from_secs(1)));
        details.set_error_info("STORE_AWAY", "replydesk", HashMap::new());
        let status = Status::with_error_details(Code::Unavailable, "not reached", details);
        assert_eq!(
            waiting(&status),
            "the store is away; trying again for up to 5 s"
        );
    }
}
