//! What is wrong with one thing stays with that thing, and no longer than it must.

use std::time::Duration;

use replydesk::{
    comment::{ids::SiteId, lane::Lane},
    proto::v1::{self, Verdict},
    store::keys,
};
use tokio::io::AsyncReadExt;

use crate::harness::{
    Desk,
    comments::{comment, everything_waits, no_limits, nth},
    until::until,
};

fn site() -> SiteId {
    "gazette".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_cannot_be_read_does_not_keep_the_others_from_moderators() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(nth("gazette", n).comment_id);
        let request = v1::SubmitCommentRequest {
            comment_id: ids[n].clone(),
            ..nth("gazette", n)
        };
        blog.submit(request).await.unwrap();
    }
    // As a record of a later release would look, or a damaged one.
    let key = keys::comment(&site(), &ids[0].parse().unwrap());
    let mut look = desk.redis.look();
    let _: usize = redis::cmd("SETRANGE")
        .arg(&key)
        .arg(0)
        .arg(&[9u8][..])
        .query(&mut look)
        .unwrap();

    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut work = ada.work("gazette", 5).await.unwrap();
    let mut items = Vec::new();
    for _ in 0..4 {
        items.push(work.item().await);
    }
    let mut seen: Vec<_> = items
        .iter()
        .map(|item| item.comment.clone().unwrap().comment_id)
        .collect();
    for item in &items {
        work.decide(item, Verdict::Approve).await;
        work.answer().await;
    }
    seen.sort();
    ids[1..].sort();
    assert_eq!(seen, ids[1..]);
    let list = v1::ListCommentsRequest {
        site: "gazette".to_owned(),
        ..Default::default()
    };
    let page = blog
        .comments
        .clone()
        .list_comments(list)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(page.comments.len(), 4);
    assert_eq!(ada.stats("gazette").await.approved, 4);
    drop(work);
    let _: usize = redis::cmd("SETRANGE")
        .arg(&key)
        .arg(0)
        .arg(&[1u8][..])
        .query(&mut look)
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_cannot_be_read_gives_its_item_back() {
    let desk = Desk::with(1, &[("moderation.lease_ms", "300")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let id = nth("gazette", 0).comment_id;
    blog.submit(v1::SubmitCommentRequest {
        comment_id: id.clone(),
        ..nth("gazette", 0)
    })
    .await
    .unwrap();
    let mut look = desk.redis.look();
    let name: replydesk::comment::ids::CommentId = id.parse().unwrap();
    let _: u64 = redis::cmd("ZREM")
        .arg(keys::lane(&site(), Lane::Review))
        .arg(name.as_bytes())
        .query(&mut look)
        .unwrap();
    let _: u64 = redis::cmd("ZADD")
        .arg(keys::leases(&site()))
        .arg(1)
        .arg(name.as_bytes())
        .query(&mut look)
        .unwrap();
    let _: u64 = redis::cmd("HSET")
        .arg(keys::lease_holders(&site()))
        .arg(name.as_bytes())
        .arg("odd")
        .query(&mut look)
        .unwrap();
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    assert_eq!(work.item().await.comment.unwrap().comment_id, id);
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_from_before_the_clock_jumped_back_lasts_no_longer_than_its_burst() {
    let desk = Desk::start().await;
    let limit = Some(v1::Limit {
        per_minute: 600,
        burst: 2,
    });
    let limits = v1::Limits {
        site: limit,
        ..no_limits()
    };
    let blog = desk
        .site(
            "gazette",
            v1::Policy {
                limits: Some(limits),
                ..everything_waits()
            },
        )
        .await;
    // An hour ahead, as Redis's clock was before it was put right.
    let mut look = desk.redis.look();
    let (seconds, _): (u64, u64) = redis::cmd("TIME").query(&mut look).unwrap();
    let ahead = (seconds + 3_600) * 1_000_000;
    let _: () = redis::cmd("HSET")
        .arg(keys::counters(&site()))
        .arg("r")
        .arg(ahead)
        .query(&mut look)
        .unwrap();
    let refused = blog.submit(nth("gazette", 0)).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
    // The burst is 200 ms: it is free again long before an hour is over.
    until(
        "the limit lets comments in again",
        Duration::from_secs(10),
        async || blog.submit(nth("gazette", 1)).await.ok(),
    )
    .await;
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_had_nothing_to_do_is_given_time_for_the_first_item() {
    let desk = Desk::with(1, &[("moderation.lease_ms", "600")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    // Idle for longer than a lease: nothing is held, so nothing has to be said.
    let idle = tokio::time::timeout(Duration::from_millis(1_000), work.next()).await;
    assert!(idle.is_err(), "{idle:?}");
    let request = comment("gazette", "bridge", "Jo", "The bridge needs a railing.");
    blog.submit(request).await.unwrap();
    let item = work.item().await;
    let still = tokio::time::timeout(Duration::from_millis(350), work.next()).await;
    assert!(still.is_err(), "sent away at once: {still:?}");
    work.decide(&item, Verdict::Approve).await;
    work.answer().await;
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_says_nothing_makes_room_for_others() {
    let desk = Desk::with(1, &[("server.max_connections", "2")]).await;
    let address = desk.replicas[0].address;
    let mut silent = Vec::new();
    for _ in 0..2 {
        silent.push(tokio::net::TcpStream::connect(address).await.unwrap());
    }
    for peer in &mut silent {
        let mut bytes = Vec::new();
        let closed =
            tokio::time::timeout(Duration::from_secs(10), peer.read_to_end(&mut bytes)).await;
        assert!(closed.is_ok(), "a peer that sends no preface is let go");
    }
    desk.site("gazette", everything_waits()).await;
    desk.finish().await;
}
