//! Redis with a stand-in: the service finds the new primary by itself, by Sentinels and in a cluster, and what was
//! acknowledged is there. The long version, under load, is in `soak/fail_over.rs`.

use std::time::{Duration, Instant};

use replydesk::proto::v1;
use tokio::time::sleep;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    redis_group::{Cluster, Group, Watched},
    redis_server::RedisServer,
};

const SITE: &str = "gazette";
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_sentinels_replace() {
    fails_over(Watched::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_of_a_cluster_that_its_replica_replaces() {
    fails_over(Cluster::start().await).await;
}

async fn fails_over(mut group: impl Group) {
    let settings = [
        ("store.durability", "replica"),
        ("store.timeout_ms", "1000"),
    ];
    let redis = RedisServer::elsewhere(&group.url());
    let desk = Desk::on(redis, 2, &settings).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let elsewhere = blog.through(desk.replicas[1].address);
    let moderator = desk.moderator(1, SITE, "ada").await;
    for n in 0..5 {
        blog.submit(nth(SITE, n)).await.unwrap();
    }
    let mut work = moderator.work(SITE, 1).await.unwrap();
    let item = work.item().await;
    work.decide(&item, v1::Verdict::Approve).await;
    work.answer().await;

    let killed = Instant::now();
    group.lose_primary_of(SITE).await;
    // What was lost comes back as a replica, without which nothing is acknowledged.
    group.whole().await;
    for n in 5..10 {
        let through = if n % 2 == 0 { &blog } else { &elsewhere };
        taken(through, &nth(SITE, n), killed).await;
    }

    let events = blog.all_events(SITE).await;
    let submitted = events.iter().filter(|event| event.version == 1);
    assert_eq!(submitted.count(), 10, "each comment once");
    assert_eq!(events.len(), 11, "and the decision once");
    let stats = moderator.stats(SITE).await;
    assert_eq!(stats.waiting + stats.leased, 9);
    desk.finish().await;
}

/// As a blog does: again and again, with the comment's own id.
async fn taken(blog: &Client, comment: &v1::SubmitCommentRequest, since: Instant) {
    while let Err(status) = blog.submit(comment.clone()).await {
        assert!(since.elapsed() < PATIENCE, "not taken: {status:?}");
        sleep(Duration::from_millis(50)).await;
    }
}
