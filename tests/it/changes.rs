//! What becomes of a comment by its readers' and its author's will, and by a moderator's black pen.

mod ages;
mod appeals;
mod appeals_for_others;
mod learnt;
mod races;
mod redactions;
mod reports;
mod retractions;
mod revisions;
mod standings;

use replydesk::{
    comment::{ids::CommentId, lane::Lane},
    proto::v1::{self},
    store::keys,
};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{automatic, nth, on},
};

const SITE: &str = "gazette";
/// A comment that is not there.
const NOBODYS: &str = "018f0000-0000-7000-8000-00000000ffff";

/// Whatever the score says, it is approved.
fn lenient() -> v1::Policy {
    v1::Policy {
        approve_at: Some(0.999_999),
        spam_at: Some(1.0),
        max_links: Some(50),
        ..automatic()
    }
}

/// Hands in the n-th comment; its id.
async fn submit(blog: &Client, n: usize) -> String {
    let request = nth(SITE, n);
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    id
}

/// The n-th reader's report.
fn report(comment: &str, reader: usize) -> v1::ReportCommentRequest {
    v1::ReportCommentRequest {
        site: SITE.to_owned(),
        comment_id: comment.to_owned(),
        reporter: Some(v1::Reporter {
            account_id: format!("reader-{reader}"),
            ..Default::default()
        }),
        reason: "insult".to_owned(),
        text: format!("I am reader {reader}, and I do not like this."),
    }
}

fn entries(audit: &[v1::AuditEntry], action: v1::AuditAction) -> usize {
    audit
        .iter()
        .filter(|entry| entry.action() == action)
        .count()
}

/// When a comment is due in a lane, in milliseconds; `None` where it does not wait.
fn due(desk: &Desk, lane: Lane, comment: &str) -> Option<f64> {
    let id: CommentId = comment.parse().unwrap();
    let key = keys::lane(&SITE.parse().unwrap(), lane);
    let mut look = desk.redis.look();
    let mut score = redis::cmd("ZSCORE");
    score.arg(key).arg(&id.as_bytes()[..]);
    score.query(&mut look).unwrap()
}

/// In which lane a comment waits.
fn lane_of(desk: &Desk, comment: &str) -> Option<Lane> {
    let mut lanes = Lane::ALL.into_iter();
    lanes.find(|lane| due(desk, *lane, comment).is_some())
}
