//! What one replica stores reaches another's idle streams at once, and late at the worst.

use std::time::Duration;

use replydesk::store::wakeups::CHANNEL;

use crate::harness::{
    Desk,
    comments::{everything_waits, nth},
    redis_server::RedisServer,
    until::{soon, until},
};

/// Far less than the slowest poll there is (60 s), far more than a busy machine needs.
const AT_ONCE: Duration = Duration::from_secs(5);

fn subscribers(redis: &RedisServer) -> u64 {
    let (_, count): (String, u64) = redis.ask(&["PUBSUB", "NUMSUB", CHANNEL]);
    count
}

async fn until_subscribed(redis: &RedisServer, replicas: u64) {
    until("all replicas subscribe", AT_ONCE, async || {
        (subscribers(redis) == replicas).then_some(())
    })
    .await;
}

/// From now on every wake-up is lost: whoever listens is cut off and may not come back.
fn lose_wakeups(redis: &RedisServer) {
    let () = redis.ask(&["ACL", "SETUSER", "default", "-subscribe"]);
    let _: u64 = redis.ask(&["CLIENT", "KILL", "TYPE", "pubsub"]);
    assert_eq!(subscribers(redis), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_reaches_an_idle_stream_at_once() {
    let desk = Desk::with(2, &[("moderation.poll_ms", "60000")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(1, "gazette", "ada").await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    let mut watch = ada.watch("gazette", "").await.unwrap();
    until_subscribed(&desk.redis, 2).await;
    for n in 0..20 {
        blog.submit(nth("gazette", n)).await.unwrap();
        let item = soon("an item", AT_ONCE, work.item()).await;
        soon("an event", AT_ONCE, watch.event()).await;
        work.decide(&item, replydesk::proto::v1::Verdict::Approve)
            .await;
        work.answer().await;
        soon("an event", AT_ONCE, watch.event()).await;
    }
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_idle_streams_gets_its_share() {
    let desk = Desk::with(2, &[("moderation.poll_ms", "60000")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let mut streams = Vec::new();
    for n in 0..6 {
        let moderator = desk.moderator(n % 2, "gazette", &format!("m{n}")).await;
        streams.push(moderator.work("gazette", 1).await.unwrap());
    }
    until_subscribed(&desk.redis, 2).await;
    for n in 0..6 {
        blog.submit(nth("gazette", n)).await.unwrap();
    }
    for work in &mut streams {
        soon("an item for each", AT_ONCE, work.item()).await;
    }
    drop(streams);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_slow_poll_delivers_when_the_wakeup_is_lost() {
    let desk = Desk::with(1, &[("moderation.poll_ms", "200")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    let mut watch = ada.watch("gazette", "").await.unwrap();
    until_subscribed(&desk.redis, 1).await;
    lose_wakeups(&desk.redis);
    blog.submit(nth("gazette", 0)).await.unwrap();
    soon("an item by the poll", AT_ONCE, work.item()).await;
    soon("an event by the poll", AT_ONCE, watch.event()).await;
    assert_eq!(subscribers(&desk.redis), 0, "nobody was woken");
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_listens_again_looks_at_what_it_missed() {
    let desk = Desk::with(1, &[("moderation.poll_ms", "60000")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    let mut watch = ada.watch("gazette", "").await.unwrap();
    until_subscribed(&desk.redis, 1).await;
    lose_wakeups(&desk.redis);
    blog.submit(nth("gazette", 0)).await.unwrap();
    let () = desk.redis.ask(&["ACL", "SETUSER", "default", "+subscribe"]);
    soon("the item that was missed", AT_ONCE, work.item()).await;
    soon("the event that was missed", AT_ONCE, watch.event()).await;
    drop(work);
    desk.finish().await;
}
