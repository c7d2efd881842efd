//! Many comments decided at once: each by one decision at most, whatever happens on the way, and all undone at once.

mod refused;
mod resumed;
mod selected;
mod undone;
mod waves;

use replydesk::proto::v1::{self, CommentState};

use crate::harness::{
    clients::Client,
    comments::{comment, nth},
};

const SITE: &str = "gazette";

async fn submit(blog: &Client, request: v1::SubmitCommentRequest) -> String {
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    id
}

/// So many comments by as many readers.
async fn submit_many(blog: &Client, numbers: std::ops::Range<usize>) -> Vec<String> {
    let mut ids = Vec::new();
    for n in numbers {
        ids.push(submit(blog, nth(SITE, n)).await);
    }
    ids
}

/// The n-th of a wave: nearly the same, by another reader.
fn of_wave(n: usize) -> v1::SubmitCommentRequest {
    let body = format!(
        "My cousin makes {} dollars an hour at home on her laptop, go to this page and see how she does it",
        70 + n
    );
    comment(
        SITE,
        &format!("article-{}", n % 3),
        &format!("Reader {n}"),
        &body,
    )
}

/// A wave, and its name.
async fn submit_wave(blog: &Client, numbers: std::ops::Range<usize>) -> (Vec<String>, String) {
    let mut ids = Vec::new();
    for n in numbers {
        ids.push(submit(blog, of_wave(n)).await);
    }
    let wave = blog.get(SITE, ids.last().unwrap()).await.wave_id;
    assert!(!wave.is_empty());
    (ids, wave)
}

async fn states(client: &Client, ids: &[String]) -> Vec<(CommentState, u32)> {
    let mut states = Vec::new();
    for id in ids {
        let comment = client.get(SITE, id).await;
        states.push((comment.state(), comment.version));
    }
    states
}

/// What the audit log tells of bulk operations.
async fn audited(client: &Client) -> Vec<v1::AuditEntry> {
    let mut entries = client.whole_audit(SITE).await;
    entries.retain(|entry| entry.subject.starts_with("bulk "));
    entries
}

/// Every state change that the audit log tells of, expanded: comment, version and event.
async fn audited_changes(client: &Client) -> Vec<(u64, String, u32)> {
    let mut changes = Vec::new();
    for entry in client.whole_audit(SITE).await {
        if let Some(operation) = entry.subject.strip_prefix("bulk ") {
            let undone = entry.action() == v1::AuditAction::BulkUndone;
            for change in client.bulk_changes(SITE, operation, undone).await.unwrap() {
                changes.push((change.event_sequence, change.comment_id, change.version));
            }
        } else if entry.event_sequence > 0 {
            changes.push((entry.event_sequence, entry.comment_id, entry.version));
        }
    }
    changes.sort();
    changes
}

/// The feed's changes after the submissions, in the same form.
async fn told_changes(blog: &Client) -> Vec<(u64, String, u32)> {
    let events = blog.all_events(SITE).await.into_iter();
    let changes = events.filter(|event| event.version > 1);
    changes
        .map(|event| {
            let sequence = event.cursor.split('-').next().unwrap().parse().unwrap();
            (sequence, event.comment_id, event.version)
        })
        .collect()
}
