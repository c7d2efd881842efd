//! Every state change appears once in the site's feed, in order; a client that resumes misses nothing and sees nothing
//! twice, or is told so.

use std::time::Duration;

use replydesk::{
    comment::state::Timestamp,
    proto::v1::{self, CommentState, Verdict, event::Cause},
    store::connection::Store,
};
use tokio::task::JoinSet;
use tonic::{Code, Status};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth, submit},
    refusals::{metadata, told, violations},
    until::soon,
};

const BOUND: Duration = Duration::from_secs(10);
const FEED: &str = "{gazette}:e";

async fn decide(moderator: &Client, comment: &str, version: u32, verdict: Verdict) {
    let request = v1::DecideCommentRequest {
        site: "gazette".to_owned(),
        comment_id: comment.to_owned(),
        version,
        verdict: verdict.into(),
        reason_code: reason(verdict).to_owned(),
        ..Default::default()
    };
    moderator.decide(request).await.unwrap();
}

fn reason(verdict: Verdict) -> &'static str {
    if verdict == Verdict::Approve {
        ""
    } else {
        "off-topic"
    }
}

/// A desk with so many events on the feed, and a blog.
async fn with_events(count: usize) -> (Desk, Client, Vec<String>) {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    for n in 0..count {
        submit(&blog, n).await;
    }
    let events = blog.all_events("gazette").await;
    let cursors = events.into_iter().map(|event| event.cursor).collect();
    (desk, blog, cursors)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_state_change_appears_once_and_in_order() {
    let (desk, blog, _) = with_events(0).await;
    let ada = desk.moderator(1, "gazette", "ada").await;
    let mut watch = ada.watch("gazette", "").await.unwrap();
    let mut expected = Vec::new();
    for n in 0..12 {
        let comment = submit(&blog, n).await;
        expected.push((comment.clone(), CommentState::Pending, 1));
        let (verdict, state) = [
            (Verdict::Approve, CommentState::Approved),
            (Verdict::Reject, CommentState::Rejected),
            (Verdict::Spam, CommentState::Spam),
        ][n % 3];
        decide(&ada, &comment, 1, verdict).await;
        expected.push((comment.clone(), state, 2));
        if n % 4 == 0 {
            decide(&ada, &comment, 2, Verdict::Spam).await;
            expected.push((comment, CommentState::Spam, 3));
        }
    }
    let mut seen = Vec::new();
    for _ in 0..expected.len() {
        seen.push(soon("an event", BOUND, watch.event()).await);
    }
    let listed = blog.all_events("gazette").await;
    assert_eq!(seen, listed, "both ways of reading show the same");
    let changes: Vec<_> = seen
        .iter()
        .map(|event| (event.comment_id.clone(), event.state(), event.version))
        .collect();
    assert_eq!(changes, expected);
    for (event, sequence) in seen.iter().zip(1_u64..) {
        assert!(event.cursor.starts_with(&format!("{sequence}-")), "dense");
        assert!(event.thread_id.starts_with("article-"));
        match event.cause.as_ref().unwrap() {
            Cause::Submitted(cause) => assert_eq!(cause.outcome(), v1::Outcome::Pending),
            Cause::Decided(cause) => assert_eq!(cause.reason_code, reason(cause.verdict())),
            other @ (Cause::Undone(_)
            | Cause::Retracted(_)
            | Cause::Revised(_)
            | Cause::Redacted(_)
            | Cause::Erased(_)) => panic!("nobody did that: {other:?}"),
        }
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_resumes_from_its_cursor_misses_nothing_and_sees_nothing_twice() {
    let (desk, blog, _) = with_events(0).await;
    let key = desk
        .key(&["gazette"], v1::Role::Submitter, "follower")
        .await;
    let followers = [desk.client(0, &key), desk.client(1, &key)];
    let mut writing = JoinSet::new();
    writing.spawn({
        let blog = blog.clone();
        async move {
            for n in 0..300 {
                submit(&blog, n).await;
            }
        }
    });
    // Leaves after ever more events, and comes back at the other replica, while the feed grows.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for turn in 0.. {
        let follower: &Client = &followers[turn % 2];
        let mut watch = follower.watch("gazette", &cursor).await.unwrap();
        for _ in 0..=(turn % 9).min(300 - seen.len() - 1) {
            let event = soon("an event", BOUND, watch.event()).await;
            cursor.clone_from(&event.cursor);
            seen.push(event);
        }
        if seen.len() == 300 {
            break;
        }
    }
    writing.join_all().await;
    assert_eq!(seen, blog.all_events("gazette").await);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_feed_is_no_error_and_begins_with_the_first_event() {
    let (desk, blog, _) = with_events(0).await;
    for cursor in ["", "0-0"] {
        let page = blog.events("gazette", cursor).await.unwrap();
        assert!(page.events.is_empty() && !page.more);
        assert_eq!(page.next_cursor, cursor);
    }
    let mut watch = blog.watch("gazette", "").await.unwrap();
    let comment = submit(&blog, 0).await;
    assert_eq!(
        soon("an event", BOUND, watch.event()).await.comment_id,
        comment
    );
    let page = blog.events("gazette", "").await.unwrap();
    let after = blog.events("gazette", &page.next_cursor).await.unwrap();
    assert!(after.events.is_empty());
    assert_eq!(after.next_cursor, page.next_cursor);
    desk.finish().await;
}

/// Both ways of reading must refuse the cursor and name the head; returns it.
async fn refused(blog: &Client, cursor: &str) -> String {
    let listed = blog.events("gazette", cursor).await.unwrap_err();
    let watched: Status = match blog.watch("gazette", cursor).await {
        Ok(mut watch) => soon("the end", BOUND, watch.next()).await.unwrap_err(),
        Err(status) => status,
    };
    for status in [&listed, &watched] {
        assert_eq!(
            told(status),
            (Code::OutOfRange, "CURSOR_OUT_OF_RANGE".to_owned()),
            "{cursor}"
        );
    }
    assert_eq!(
        metadata(&listed, "head_cursor"),
        metadata(&watched, "head_cursor")
    );
    metadata(&listed, "head_cursor")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_the_feed_never_gave_out_is_out_of_range() {
    let (desk, blog, cursors) = with_events(5).await;
    desk.site("herald", everything_waits()).await;
    let herald = desk
        .someone(0, "herald", v1::Role::Submitter, "other")
        .await;
    herald.submit(nth("herald", 0)).await.unwrap();
    let foreign = herald.all_events("herald").await.remove(0).cursor;
    let (sequence, bits) = cursors[2].split_once('-').unwrap();
    let other_bits = bits.parse::<u16>().unwrap() ^ 1;
    for cursor in [
        "99-7".to_owned(),
        format!("{sequence}-{other_bits}"),
        // By chance, 1 in 65,536, it is one of this feed too.
        foreign,
    ] {
        assert_eq!(refused(&blog, &cursor).await, cursors[4]);
    }
    // From the head on, all is well.
    let comment = submit(&blog, 5).await;
    let page = blog.events("gazette", &cursors[4]).await.unwrap();
    assert_eq!(page.events[0].comment_id, comment);
    for cursor in ["17", "a-b", "1-70000", "-1-1", "01-1"] {
        let refused = blog.events("gazette", cursor).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, "cursor", "{cursor}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_was_trimmed_away_is_out_of_range() {
    let (desk, blog, cursors) = with_events(10).await;
    let _: u64 = desk.redis.ask(&["XTRIM", FEED, "MAXLEN", "4"]);
    for gone in ["0-0", &cursors[0], &cursors[5]] {
        assert_eq!(refused(&blog, gone).await, cursors[9]);
    }
    let page = blog.events("gazette", &cursors[6]).await.unwrap();
    assert_eq!(page.events.len(), 3);
    // Without a cursor: from the oldest that is kept.
    let page = blog.events("gazette", "").await.unwrap();
    assert_eq!(page.events[0].cursor, cursors[6]);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_or_lost_event_is_never_passed_over_in_silence() {
    let (desk, blog, cursors) = with_events(6).await;
    // Lost in the middle: whoever has not come past it is told so.
    let _: u64 = desk.redis.ask(&["XDEL", FEED, &cursors[3]]);
    for before in [&cursors[0], &cursors[2], &cursors[3]] {
        assert_eq!(refused(&blog, before).await, cursors[5]);
    }
    assert_eq!(
        blog.events("gazette", &cursors[4])
            .await
            .unwrap()
            .events
            .len(),
        1
    );
    // As after a fail-over that lost the tail: another event takes the last one's sequence.
    let entries: Vec<(String, Vec<Vec<u8>>)> =
        desk.redis.ask(&["XRANGE", FEED, &cursors[5], &cursors[5]]);
    let _: u64 = desk.redis.ask(&["XDEL", FEED, &cursors[5]]);
    let () = desk.redis.ask(&["XSETID", FEED, &cursors[4]]);
    let bits: u16 = cursors[5].split_once('-').unwrap().1.parse().unwrap();
    let replaced = format!("6-{}", bits ^ 1);
    let mut add = redis::cmd("XADD");
    add.arg(FEED).arg(&replaced);
    for part in &entries[0].1 {
        add.arg(part);
    }
    let _: String = add.query(&mut desk.redis.look()).unwrap();
    assert_eq!(refused(&blog, &cursors[5]).await, replaced);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trimming_by_age_always_keeps_the_newest() {
    let (desk, blog, cursors) = with_events(5).await;
    let store = Store::connect(&desk.redis.url()).await.unwrap();
    let site = "gazette".parse().unwrap();
    let trimmed = store.trim_events(&site, Timestamp(i64::MAX), 500).await;
    assert_eq!(trimmed.unwrap(), 4);
    // A quiet site's cursor never dies.
    let page = blog.events("gazette", &cursors[4]).await.unwrap();
    assert!(page.events.is_empty());
    desk.finish().await;
}
