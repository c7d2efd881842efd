//! Promise: a moderator bans, holds or trusts by a comment, sees no address, and the next submission obeys.

mod calls;
mod exact;
mod pending;
mod subjects;
mod wrong;

use replydesk::proto::v1;

use crate::harness::comments::{automatic, comment};

const SITE: &str = "gazette";

/// Whatever the score says, what nobody holds is approved.
fn lenient() -> v1::Policy {
    v1::Policy {
        approve_at: Some(0.999_999),
        spam_at: Some(1.0),
        max_links: Some(50),
        ..automatic()
    }
}

/// The n-th comment with a reader, an address, a website and a link of its own.
fn own(n: usize) -> v1::SubmitCommentRequest {
    let body =
        format!("Point {n}: see https://www.shop{n}.example/a/{n} for what the numbers say.");
    let mut request = comment(SITE, "tram", &format!("Reader {n}"), &body);
    request.author.as_mut().unwrap().website = format!("https://home{n}.example/me");
    request.transport.as_mut().unwrap().ip_address = format!("10.1.{}.{}", n / 256, n % 256);
    request
}

/// Outcome, the first reason and its detail.
fn outcome(response: &v1::SubmitCommentResponse) -> (v1::Outcome, v1::ReasonCode, String) {
    let reason = &response.reasons[0];
    (response.outcome(), reason.code(), reason.detail.clone())
}
