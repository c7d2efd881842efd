//! What waits for moderators, and what they decide.

use redis::Commands;
use replydesk::proto::v1::{Verdict, bulk_decide_request::Selector};

use super::desk;
use crate::harness::{
    Desk,
    bulk::{order, these},
    comments::{everything_waits, on, submit},
};

const LANE: &str = "{gazette}:q:review";

/// As if the items had waited beyond their time.
fn overdue(desk: &Desk, items: usize) {
    let mut redis = desk.redis.look();
    let waiting: Vec<Vec<u8>> = redis.zrange(LANE, 0, -1).unwrap();
    for id in &waiting[..items] {
        let _: u64 = redis.zadd(LANE, id, 1_000).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_are_counted_by_verdict_and_reviews_by_whether_they_were_in_time() {
    let (desk, ops) = desk().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let before = ops.metrics().await;
    let late = submit(&blog, 0).await;
    overdue(&desk, 1);
    let mut ids = Vec::new();
    for n in 1..8 {
        ids.push(submit(&blog, n).await);
    }
    ada.decide(on(&late, 1, Verdict::Reject)).await.unwrap();
    ada.decide(on(&ids[0], 1, Verdict::Approve)).await.unwrap();
    // Answered as the first time, and counted that once; what nobody waits for is decided, and reviewed no more.
    ada.decide(on(&ids[0], 1, Verdict::Approve)).await.unwrap();
    ada.decide(on(&ids[0], 2, Verdict::Spam)).await.unwrap();
    // The wait goes on.
    ada.decide(on(&ids[1], 1, Verdict::Escalate)).await.unwrap();
    let selector: Selector = these(&ids[2..]);
    let bulk = order("gazette", selector, Verdict::Spam);
    ada.bulk(bulk.clone()).await.unwrap();
    ada.bulk(bulk).await.unwrap();

    let after = ops.metrics().await;
    for (verdict, more) in [
        ("approve", 1.0),
        ("reject", 1.0),
        ("spam", 6.0),
        ("escalate", 1.0),
    ] {
        let series = format!("replydesk_decisions_total{{verdict=\"{verdict}\"}}");
        assert_eq!(after.more(&before, &series), more, "{verdict}");
    }
    for (within, more) in [("true", 6.0), ("false", 1.0)] {
        let series = format!("replydesk_reviews_total{{within_service_level=\"{within}\"}}");
        assert_eq!(after.more(&before, &series), more, "{within}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_told_by_lane_with_its_age_and_what_is_overdue() {
    let (desk, ops) = desk().await;
    let blog = desk.site("gazette", everything_waits()).await;
    desk.site("tribune", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(submit(&blog, n).await);
    }
    ada.decide(on(&ids[0], 1, Verdict::Escalate)).await.unwrap();
    overdue(&desk, 2);
    let items = |site: &str, lane: &str| {
        format!("replydesk_queue_items{{site=\"{site}\",lane=\"{lane}\"}}")
    };
    // They are read every ten seconds.
    ops.until(&items("gazette", "escalated"), |items| items == 1.0)
        .await;
    let metrics = ops.metrics().await;
    assert_eq!(metrics.get(&items("gazette", "review")), 4.0);
    assert_eq!(metrics.get(&items("gazette", "appeals")), 0.0);
    assert_eq!(metrics.get(&items("tribune", "review")), 0.0);
    let overdue = "replydesk_queue_overdue_items{site=\"gazette\"}";
    assert_eq!(metrics.get(overdue), 2.0);
    let age = "replydesk_queue_oldest_age_seconds{site=\"gazette\",lane=\"review\"}";
    assert!((0.0..60.0).contains(&metrics.get(age)));
    // And the model, which was read at the same time.
    assert_eq!(metrics.get("replydesk_trainer"), 1.0);
    assert!(metrics.get("replydesk_model_digest") > 0.0);
    desk.finish().await;
}
