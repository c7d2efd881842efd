//! Comments and policies to test with; all made up.

use replydesk::{comment::ids::CommentId, proto::v1};

use super::clients::Client;

/// A fresh comment by a reader of this name.
pub fn comment(site: &str, thread: &str, name: &str, body: &str) -> v1::SubmitCommentRequest {
    v1::SubmitCommentRequest {
        site: site.to_owned(),
        comment_id: CommentId::fresh().to_string(),
        thread: Some(v1::Thread {
            thread_id: thread.to_owned(),
            url: format!("https://gazette.example/{thread}"),
            title: format!("About {thread}"),
            language: "en".to_owned(),
        }),
        author: Some(v1::AuthorInput {
            display_name: name.to_owned(),
            email: format!("{}@readers.example", name.to_lowercase().replace(' ', ".")),
            ..Default::default()
        }),
        body: body.to_owned(),
        transport: Some(v1::Transport {
            ip_address: "203.0.113.9".to_owned(),
            user_agent: "Mozilla/5.0 (test)".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// The n-th of many comments, each by another reader about something else.
pub fn nth(site: &str, n: usize) -> v1::SubmitCommentRequest {
    let mut request = comment(
        site,
        &format!("article-{}", n % 7),
        &format!("Reader {n}"),
        &format!(
            "Point {n}: the council should look at the numbers again before it votes on this."
        ),
    );
    if let Some(transport) = &mut request.transport {
        transport.ip_address = format!("10.{}.{}.{}", n / 65_536 % 256, n / 256 % 256, n % 256);
    }
    request
}

/// Everything waits for a moderator, whatever the model learns meanwhile, and nothing is limited.
pub fn everything_waits() -> v1::Policy {
    v1::Policy {
        mode: v1::ModerationMode::Pre.into(),
        spam_at: Some(1.0),
        limits: Some(no_limits()),
        ..Default::default()
    }
}

/// The score decides; newcomers are welcome; nothing is limited.
pub fn automatic() -> v1::Policy {
    v1::Policy {
        mode: v1::ModerationMode::Automatic.into(),
        hold_first_comment: Some(false),
        sampled_share: Some(0.0),
        limits: Some(no_limits()),
        ..Default::default()
    }
}

/// Limits that no test reaches.
pub fn no_limits() -> v1::Limits {
    let most = Some(v1::Limit {
        per_minute: 1_000_000,
        burst: 1_000_000,
    });
    v1::Limits {
        author: most,
        ip_address: most,
        thread: most,
        site: most,
    }
}

/// The n-th of many comments that were moderated elsewhere: of ten, seven were approved, two were spam, one was rejected.
/// Each reader wrote three.
pub fn moderated(n: usize) -> v1::ImportedComment {
    let state = match n % 10 {
        0..7 => v1::CommentState::Approved,
        7 | 8 => v1::CommentState::Spam,
        _ => v1::CommentState::Rejected,
    };
    v1::ImportedComment {
        source_id: format!("https://old.example/blog#{n}"),
        state: state.into(),
        author: Some(v1::AuthorInput {
            display_name: format!("Regular {}", n / 3),
            email: format!("regular.{}@readers.example", n / 3),
            ..Default::default()
        }),
        thread: Some(v1::Thread {
            title: "The tram".to_owned(),
            url: "https://old.example/tram".to_owned(),
            ..Default::default()
        }),
        body: format!("Old point {n}: the line should have been built ten years ago."),
        submitted_at: Some(prost_types::Timestamp {
            seconds: 1_500_000_000 - 60 * i64::try_from(n).unwrap(),
            nanos: 0,
        }),
    }
}

/// Hands in the n-th comment of the gazette; its id.
pub async fn submit(blog: &Client, n: usize) -> String {
    let request = nth("gazette", n);
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    id
}

/// A verdict on a version of a comment of the gazette.
pub fn on(comment: &str, version: u32, verdict: v1::Verdict) -> v1::DecideCommentRequest {
    v1::DecideCommentRequest {
        site: "gazette".to_owned(),
        comment_id: comment.to_owned(),
        version,
        verdict: verdict.into(),
        ..Default::default()
    }
}
