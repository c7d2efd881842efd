//! What tests of a moderator's stream say again and again.

use std::time::Duration;

use replydesk::{
    comment::{
        ids::{CommentId, SiteId},
        lane::Lane,
    },
    proto::v1::{self, Verdict, work_queue_request as up},
    store::keys,
};

use super::{Desk, clients::Client, comments::nth, streams::Work, until::soon};

/// Far less than the slow poll and the leases of these tests, far more than a busy machine needs.
pub const AT_ONCE: Duration = Duration::from_secs(5);
/// Items come by wake-up or not at all.
pub const NO_POLL: (&str, &str) = ("moderation.poll_ms", "60000");

/// The n-th comment; its id.
pub async fn submit(blog: &Client, site: &str, n: usize) -> String {
    let request = nth(site, n);
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    id
}

/// Which comment it is.
pub fn id(item: &v1::ReviewItem) -> String {
    item.comment.as_ref().unwrap().comment_id.clone()
}

/// An item that comes at once.
pub async fn next_item(work: &mut Work) -> v1::ReviewItem {
    soon("an item comes", AT_ONCE, work.item()).await
}

/// How to start.
pub fn starting(sites: &[&str], prefetch: i32, lanes: &[v1::Lane]) -> up::Start {
    up::Start {
        sites: sites.iter().map(|site| (*site).to_owned()).collect(),
        prefetch,
        lanes: lanes.iter().map(|lane| i32::from(*lane)).collect(),
        within: None,
    }
}

/// Moves a waiting comment to another lane, with a due time of its own.
pub fn move_to_lane(desk: &Desk, site: &str, comment: &str, lane: Lane, due_ms: i64) {
    let site: SiteId = site.parse().unwrap();
    let id: CommentId = comment.parse().unwrap();
    let mut moving = redis::pipe();
    for from in Lane::ALL {
        moving.zrem(keys::lane(&site, from), id.as_bytes());
    }
    moving.zadd(keys::lane(&site, lane), id.as_bytes(), due_ms);
    moving.setrange(keys::comment(&site, &id), 24, &[lane.number()]);
    moving.exec(&mut desk.redis.look()).unwrap();
}

/// A verdict without a lease, whoever holds the item.
pub fn verdict(comment: &str, verdict: Verdict) -> v1::DecideCommentRequest {
    v1::DecideCommentRequest {
        site: "gazette".to_owned(),
        comment_id: comment.to_owned(),
        version: 1,
        verdict: verdict.into(),
        override_lease: true,
        ..Default::default()
    }
}
