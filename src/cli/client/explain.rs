//! Turns a status and its `google.rpc` details into what a person should read: what is wrong, and what to do.

use std::{error::Error as _, fmt::Write as _, time::Duration};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::{cli::failure::Failure, cli::untrusted};

/// The failure that a status means.
#[must_use]
pub fn explain(status: &Status) -> Failure {
    let text = describe(status);
    if status.code() == Code::InvalidArgument {
        Failure::usage(text)
    } else {
        Failure::new(text)
    }
}

/// The stable reason of a refusal, such as `DUPLICATE_COMMENT`; empty where the service gave none.
#[must_use]
pub fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info();
    info.map(|info| untrusted::line(&info.reason))
        .unwrap_or_default()
}

/// One value of the refusal's `ErrorInfo` metadata.
#[must_use]
pub fn metadata(status: &Status, key: &str) -> Option<String> {
    let details = status.get_error_details();
    details.error_info()?.metadata.get(key).cloned()
}

/// How long the service asks to wait before the next attempt.
#[must_use]
pub fn retry_delay(status: &Status) -> Option<Duration> {
    status.get_error_details().retry_info()?.retry_delay
}

fn describe(status: &Status) -> String {
    let details = status.get_error_details();
    let message = untrusted::line(status.message());
    let mut text = match status.code() {
        Code::InvalidArgument => invalid(&message, &details),
        Code::ResourceExhausted => limited(&message, &details),
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
        | Code::Unauthenticated => message,
    };
    if text.is_empty() {
        text = format!("the service answered {:?} without a message", status.code());
    }
    if let Some(hint) = of_the_connection(status) {
        let _ = write!(text, "\n  {hint}");
    }
    if let Some(todo) = advice(status.code(), &details) {
        let _ = write!(text, "\n  {todo}");
    }
    if let Some(info) = details.error_info().filter(|info| !info.reason.is_empty()) {
        let _ = write!(
            text,
            "\n  ({:?}, reason {})",
            status.code(),
            untrusted::line(&info.reason)
        );
    }
    text
}

/// The transport's own words say little. Only what came to be on this side has a source.
fn of_the_connection(status: &Status) -> Option<&'static str> {
    if status.message().contains("HTTP status code 431") {
        return Some("the headers are too long: is the token?");
    }
    // As tonic says it when a call has taken too long.
    let is_late = status.message() == "Timeout expired";
    (status.source().is_some() && !is_late).then_some(
        "the connection was cut. If it always is: does the service speak TLS there (--address https://…, with --ca FILE)? \
         Does it refuse the client certificate, or want one (--certificate)? Its log says why",
    )
}

fn invalid(message: &str, details: &ErrorDetails) -> String {
    let violations = details.bad_request().map(|bad| &bad.field_violations);
    match violations.map(Vec::as_slice) {
        None | Some([]) => message.to_owned(),
        Some(violations) => {
            let mut text = String::from("the input needs attention:");
            for violation in violations {
                let field = untrusted::line(&violation.field);
                let description = untrusted::line(&violation.description);
                let _ = write!(text, "\n  {field}: {description}");
            }
            text
        }
    }
}

fn limited(message: &str, details: &ErrorDetails) -> String {
    let mut text = message.to_owned();
    let violations = details.quota_failure().map(|quota| &quota.violations);
    for violation in violations.into_iter().flatten() {
        let subject = untrusted::line(&violation.subject);
        let description = untrusted::line(&violation.description);
        if !message.contains(&description) {
            let _ = write!(text, "\n  {subject}: {description}");
        }
    }
    text
}

fn advice(code: Code, details: &ErrorDetails) -> Option<String> {
    let wait = details.retry_info().and_then(|info| info.retry_delay);
    let again = match wait {
        Some(wait) => format!("try again in {}", seconds(wait)),
        None => "try again in a moment".to_owned(),
    };
    let reason = details.error_info().map_or("", |info| info.reason.as_str());
    match (code, reason) {
        (Code::Unauthenticated, _) => Some(
            "give an access key: --key-file, REPLYDESK_KEY or REPLYDESK_KEY_FILE (made by `replydesk key create`)"
                .to_owned(),
        ),
        (Code::PermissionDenied, _) => {
            Some("use a key with the right role and site; an admin makes one with `replydesk key create`".to_owned())
        }
        (Code::ResourceExhausted, _) => Some(format!("nothing was charged; {again}")),
        (Code::Unavailable, _) => Some(format!(
            "the service or its store is away or restarting; {again}"
        )),
        (Code::DeadlineExceeded, _) => Some(format!(
            "it may or may not have happened; {again} (the same request again is safe)"
        )),
        (Code::AlreadyExists, "DUPLICATE_COMMENT") => {
            let first = details.error_info()?.metadata.get("comment_id")?;
            Some(format!("the first one is {}", untrusted::line(first)))
        }
        (Code::Aborted, "STALE_POLICY") => {
            Some("somebody changed it meanwhile: read it again, and apply your change to that".to_owned())
        }
        (Code::Aborted, "STALE_VERSION") => {
            Some("`replydesk comments --site SITE UUID` shows it as it is now".to_owned())
        }
        (Code::OutOfRange, _) => Some(match details.error_info().and_then(|i| i.metadata.get("head_cursor")) {
            Some(head) => format!(
                "the feed no longer reaches back to that cursor: list the comments once (`replydesk comments --site SITE`), then go on with --cursor {}",
                untrusted::line(head)
            ),
            None => "the feed no longer reaches back to that cursor: list the comments once (`replydesk comments --site SITE`), then start without one".to_owned(),
        }),
        (Code::AlreadyExists, "SITE_EXISTS") => {
            Some("`replydesk site apply` changes its policy, after showing how".to_owned())
        }
        (Code::FailedPrecondition, "LEGAL_HOLD") => {
            Some("`replydesk privacy hold --end` ends it, once its reason is over".to_owned())
        }
        (Code::NotFound, "SITE_NOT_FOUND") => Some(
            "`replydesk site list` shows the sites, `replydesk site create NAME --display-name TEXT` makes one".to_owned(),
        ),
        (Code::Unimplemented, _) => Some("the service there is not ReplyDesk, or of another version".to_owned()),
        _ => None,
    }
}

fn seconds(wait: Duration) -> String {
    // Rounded up: a caller that waits as told must not be early.
    format!(
        "{:.1} s",
        (wait.as_secs_f64() * 10.0).ceil().max(1.0) / 10.0
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn each_refusal_says_what_to_do() {
        let mut invalid = ErrorDetails::new();
        invalid
            .add_bad_request_violation("author.email", "is required")
            .add_bad_request_violation("body", "is required")
            .set_error_info("INVALID_FIELDS", "replydesk", HashMap::new());
        let mut limited = ErrorDetails::new();
        limited
            .set_retry_info(Some(Duration::from_millis(11_940)))
            .add_quota_failure_violation("author", "5 a minute, burst 3")
            .set_error_info("LIMIT_EXCEEDED", "replydesk", HashMap::new());
        let mut trimmed = ErrorDetails::new();
        trimmed.set_error_info(
            "CURSOR_OUT_OF_RANGE",
            "replydesk",
            HashMap::from([("head_cursor".to_owned(), "28-35546".to_owned())]),
        );
        let mut twice = ErrorDetails::new();
        let first = "01890a5d-ac96-774b-bcce-b302099a8057".to_owned();
        twice.set_error_info(
            "DUPLICATE_COMMENT",
            "replydesk",
            HashMap::from([("comment_id".to_owned(), first)]),
        );
        let mut held = ErrorDetails::new();
        held.set_error_info("LEGAL_HOLD", "replydesk", HashMap::new());
        let statuses = [
            Status::with_error_details(Code::InvalidArgument, "2 fields", invalid),
            Status::with_error_details(Code::ResourceExhausted, "too many comments", limited),
            Status::with_error_details(Code::OutOfRange, "events were trimmed", trimmed),
            Status::with_error_details(Code::AlreadyExists, "said before", twice),
            Status::unauthenticated("no access key"),
            Status::unavailable("the store does not answer"),
            Status::internal(""),
            Status::not_found("no such site: \u{1b}[31mred"),
            Status::with_error_details(Code::FailedPrecondition, "held", held),
            Status::from_error("h2 protocol error: http2 error".into()),
            Status::unknown("the service's own words"),
        ];
        let texts: Vec<String> = statuses.iter().map(|s| explain(s).to_string()).collect();
        insta::assert_snapshot!(texts.join("\n---\n"));
        assert_eq!(explain(&statuses[0]).exit_code(), 2);
        assert_eq!(explain(&statuses[1]).exit_code(), 1);
        assert_eq!(
            retry_delay(&statuses[1]),
            Some(Duration::from_millis(11_940))
        );
        assert_eq!(reason(&statuses[0]), "INVALID_FIELDS");
    }
}
