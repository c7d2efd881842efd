//! What becomes of a comment after it was taken in: proto to domain and back.

use std::str::FromStr;

use crate::{
    admission::{
        changes::Withdrawal,
        revision::{Revision, RevisionReceipt},
    },
    comment::{
        fields::{CommentBody, is_blank},
        ids::CommentId,
        lease::LeaseToken,
        report::{AppealText, Appealed, Report, Reporter},
        state::{CommentState, Version},
        violation::Violations,
    },
    grpc::convert::{time::timestamp_to_proto, words},
    proto::v1,
    queue::redaction::{RedactedComment, Redaction},
};

/// A comment's name.
///
/// # Errors
/// A violation of `comment_id`.
pub fn comment_id(text: &str) -> Result<CommentId, Violations> {
    text.parse()
        .map_err(|error| Violations::one("comment_id", error))
}

fn version(found: &mut Violations, number: u32) -> Option<Version> {
    let version = Version::new(number).ok_or("must be the version that was seen, at least 1");
    found.take("version", version)
}

/// A report.
///
/// # Errors
/// Every violation at once.
pub fn report(request: v1::ReportCommentRequest) -> Result<Report, Violations> {
    let mut found = Violations::new();
    let comment = found.take("comment_id", request.comment_id.parse());
    let reporter = reporter(&mut found, &request.reporter.unwrap_or_default());
    let reason = found.take("reason", request.reason.parse());
    let text = found.take("text", request.text.parse());
    match (comment, reporter, reason, text) {
        (Some(comment), Some(reporter), Some(reason), Some(text)) if found.is_empty() => {
            Ok(Report {
                comment,
                reporter,
                reason,
                text,
            })
        }
        _ => Err(found),
    }
}

fn given<T>(found: &mut Violations, field: &'static str, text: &str) -> Option<T>
where
    T: FromStr,
    T::Err: ToString,
{
    (!text.is_empty()).then(|| found.take(field, text.parse()))?
}

fn reporter(found: &mut Violations, reporter: &v1::Reporter) -> Option<Reporter> {
    let before = found.as_slice().len();
    let account = given(found, "reporter.account_id", &reporter.account_id);
    let email = given(found, "reporter.email", &reporter.email);
    let ip = given(found, "reporter.ip_address", &reporter.ip_address);
    let known_as = account
        .map(Reporter::Account)
        .or(email.map(Reporter::Email))
        .or(ip.map(Reporter::Ip));
    if known_as.is_none() && found.as_slice().len() == before {
        found.add(
            "reporter",
            "must have an account_id, an email or an ip_address, by which the reader is known again",
        );
    }
    known_as
}

/// A comment that was withdrawn.
#[must_use]
pub fn withdrawal(comment: CommentId, done: Withdrawal) -> v1::RetractCommentResponse {
    v1::RetractCommentResponse {
        comment_id: comment.to_string(),
        state: words::state(CommentState::Retracted),
        version: done.version.get(),
        retracted_at: Some(timestamp_to_proto(done.at)),
        replayed: done.replayed,
    }
}

/// A comment's new text.
///
/// # Errors
/// Every violation at once.
pub fn revision(request: v1::ReviseCommentRequest) -> Result<Revision, Violations> {
    let mut found = Violations::new();
    let comment = found.take("comment_id", request.comment_id.parse());
    let version = version(&mut found, request.version);
    let parsed = request.body.parse::<CommentBody>();
    if parsed.is_ok() && is_blank(&request.body) {
        found.add("body", "is required");
    }
    found.take("body", parsed);
    match (comment, version) {
        (Some(comment), Some(version)) if found.is_empty() => Ok(Revision {
            comment,
            version,
            body: request.body,
        }),
        _ => Err(found),
    }
}

/// A revision that was made.
#[must_use]
pub fn revised(comment: CommentId, done: RevisionReceipt) -> v1::ReviseCommentResponse {
    let receipt = done.receipt;
    v1::ReviseCommentResponse {
        comment_id: comment.to_string(),
        outcome: words::outcome(receipt.outcome),
        reasons: words::reasons(receipt.reasons),
        state: words::state(receipt.state),
        version: receipt.version.get(),
        score: Some(words::score(receipt.score)),
        revised_at: Some(timestamp_to_proto(done.at)),
        replayed: done.replayed,
    }
}

/// An appeal: of which comment, against which version, and why.
///
/// # Errors
/// Every violation at once.
pub fn appeal(
    request: &v1::AppealCommentRequest,
) -> Result<(CommentId, Version, AppealText), Violations> {
    let mut found = Violations::new();
    let comment = found.take("comment_id", request.comment_id.parse());
    let version = version(&mut found, request.version);
    let text = found.take("text", request.text.parse());
    match (comment, version, text) {
        (Some(comment), Some(version), Some(text)) => Ok((comment, version, text)),
        _ => Err(found),
    }
}

/// An appeal that was taken.
#[must_use]
pub fn appealed(comment: CommentId, done: Appealed) -> v1::AppealCommentResponse {
    v1::AppealCommentResponse {
        comment_id: comment.to_string(),
        state: words::state(done.state),
        version: done.version.get(),
        appealed_at: Some(timestamp_to_proto(done.at)),
        replayed: done.replayed,
    }
}

/// What to black out.
///
/// # Errors
/// Every violation at once.
pub fn redaction(request: v1::RedactCommentRequest) -> Result<Redaction, Violations> {
    let mut found = Violations::new();
    let comment = found.take("comment_id", request.comment_id.parse());
    let version = version(&mut found, request.version);
    let texts = request.texts;
    if texts.is_empty() || texts.len() > Redaction::MOST_TEXTS {
        found.add("texts", "must be 1 to 20");
    }
    if texts
        .iter()
        .any(|text| is_blank(text) || text.len() > Redaction::MOST_BYTES)
    {
        found.add("texts", "must each be 1 to 2,000 bytes, and visible");
    }
    let note = found.take("note", request.note.parse());
    let lease = given::<LeaseToken>(&mut found, "lease_token", &request.lease_token);
    match (comment, version, note) {
        (Some(comment), Some(version), Some(note)) if found.is_empty() => Ok(Redaction {
            comment,
            version,
            texts,
            note,
            lease,
        }),
        _ => Err(found),
    }
}

/// A redaction that was made.
#[must_use]
pub fn redacted(done: RedactedComment) -> v1::RedactCommentResponse {
    v1::RedactCommentResponse {
        comment_id: done.comment.to_string(),
        state: words::state(done.state),
        version: done.version.get(),
        body: done.body.into_verbatim(),
        redacted_at: Some(timestamp_to_proto(done.at)),
        replayed: done.replayed,
    }
}
