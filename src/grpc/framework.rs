//! What the framework refuses before any handler sees it gets a stable reason too, as everything else has.

use tonic::{Code, Status, body::Body, codegen::http::Response};

use crate::grpc::status::status;

/// Gives the framework's own refusals a reason, and a code that callers can tell apart: OUT_OF_RANGE is for cursors.
#[must_use]
pub fn explain(response: Response<Body>) -> Response<Body> {
    match Status::from_header_map(response.headers()) {
        Some(refused) if refused.details().is_empty() => {
            explained(&refused).map_or(response, Status::into_http)
        }
        Some(_) | None => response,
    }
}

/// `None` where it is right as it is.
fn explained(refused: &Status) -> Option<Status> {
    let said = refused.message();
    let is_malformed = said.starts_with("failed to decode") || said.starts_with("Missing request");
    if refused.code() == Code::OutOfRange && said.contains("length too large") {
        let most = said.rsplit("limit is: ").next().unwrap_or_default();
        let message = format!(
            "the message is larger than the {most} that this service takes; send less, not the same again"
        );
        Some(status(
            Code::ResourceExhausted,
            "MESSAGE_TOO_LARGE",
            message,
            &[],
        ))
    } else if refused.code() == Code::Internal && is_malformed {
        Some(status(
            Code::InvalidArgument,
            "MALFORMED_MESSAGE",
            said,
            &[],
        ))
    } else if refused.code() == Code::Unimplemented {
        let message = "there is no such method here; is the client of another version?";
        Some(status(Code::Unimplemented, "UNKNOWN_METHOD", message, &[]))
    } else {
        None
    }
}
