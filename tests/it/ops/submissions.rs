//! Submissions by what became of them.

use replydesk::proto::v1;
use tonic::Code;

use super::desk;
use crate::harness::{
    comments::{automatic, comment, everything_waits, no_limits, nth},
    ops::Metrics,
};

fn outcome(word: &str) -> String {
    format!("replydesk_submissions_total{{outcome=\"{word}\"}}")
}

fn limit(word: &str) -> String {
    format!("replydesk_limits_hit_total{{limit=\"{word}\"}}")
}

/// What grew, by how much, and that nothing else of the family did.
fn assert_grew(before: &Metrics, after: &Metrics, expected: &[(&str, f64)]) {
    for word in [
        "approved", "pending", "spam", "rejected", "replayed", "refused", "invalid", "checked",
        "failed",
    ] {
        let wanted = expected.iter().find(|(name, _)| *name == word);
        let wanted = wanted.map_or(0.0, |(_, more)| *more);
        assert_eq!(after.more(before, &outcome(word)), wanted, "{word}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_submission_is_counted_once_by_what_became_of_it() {
    let (desk, ops) = desk().await;
    let waiting = desk.site("gazette", everything_waits()).await;
    let automatic_policy = v1::Policy {
        approve_at: Some(0.98),
        spam_at: Some(1.0),
        ..automatic()
    };
    let shown = desk.site("tribune", automatic_policy).await;
    let before = ops.metrics().await;

    let first = nth("gazette", 1);
    waiting.submit(first.clone()).await.unwrap();
    waiting.submit(first.clone()).await.unwrap();
    let mut again = comment("gazette", "article-1", "Reader 1", &first.body);
    again.thread = first.thread.clone();
    let refused = waiting.submit(again).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
    let mut invalid = nth("gazette", 2);
    invalid.body = String::new();
    waiting.submit(invalid).await.unwrap_err();
    let mut check = nth("gazette", 3);
    check.validate_only = true;
    waiting.submit(check).await.unwrap();
    shown.submit(nth("tribune", 4)).await.unwrap();
    // Whose key is not good for the site is refused at the gate, and no submission.
    waiting.submit(nth("tribune", 5)).await.unwrap_err();

    let after = ops.metrics().await;
    assert_grew(
        &before,
        &after,
        &[
            ("pending", 1.0),
            ("approved", 1.0),
            ("replayed", 1.0),
            ("refused", 1.0),
            ("invalid", 1.0),
            ("checked", 1.0),
        ],
    );
    assert_eq!(after.more(&before, "replydesk_score_count"), 2.0);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_refuses_is_counted_by_its_name() {
    let (desk, ops) = super::desk_with(&[("throttle.per_key_per_second", "1")]).await;
    let one = Some(v1::Limit {
        per_minute: 1,
        burst: 1,
    });
    let limits = v1::Limits {
        author: one,
        ..no_limits()
    };
    let policy = v1::Policy {
        limits: Some(limits),
        ..everything_waits()
    };
    let blog = desk.site("gazette", policy).await;
    let other = desk
        .someone(0, "gazette", v1::Role::Submitter, "other")
        .await;
    let third = desk
        .someone(0, "gazette", v1::Role::Submitter, "third")
        .await;
    let before = ops.metrics().await;
    let by_jo = |n| {
        let mut request = nth("gazette", n);
        request.author.as_mut().unwrap().email = "jo@readers.example".to_owned();
        request
    };
    blog.submit(by_jo(0)).await.unwrap();
    other.submit(by_jo(1)).await.unwrap_err();
    // The second call of a key within a second.
    third.submit(nth("gazette", 2)).await.unwrap();
    let mut throttled = 0.0;
    for n in 3..40 {
        if third.submit(nth("gazette", n)).await.is_err() {
            throttled += 1.0;
        }
    }
    let after = ops.metrics().await;
    assert!(throttled > 0.0);
    assert_eq!(after.more(&before, &limit("author")), 1.0);
    assert_eq!(after.more(&before, &limit("replica")), throttled);
    assert_eq!(after.more(&before, &limit("site")), 0.0);
    assert_eq!(after.more(&before, &outcome("refused")), 1.0 + throttled);
    desk.finish().await;
}
