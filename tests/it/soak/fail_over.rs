//! Redis fails over under load, by Sentinel and in a cluster: what was acknowledged with durability `replica` is there,
//! once, and it is soon taken again.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    SITE, checks, decide_the_rest,
    dice::Dice,
    join,
    ledger::Ledger,
    load::{self, People},
    report, start_following,
};
use crate::harness::{
    Desk,
    comments::{everything_waits, nth},
    redis_group::{Cluster, Group, Watched},
    redis_server::RedisServer,
};

/// How many primaries are killed.
const ROUNDS: usize = 5;
/// Longest until comments are taken again. Redis itself waits a second before it gives up a primary.
const RECOVERY: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_sentinel_fails_over_and_nothing_is_lost() {
    rounds(Watched::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_a_cluster_fails_over_and_nothing_is_lost() {
    rounds(Cluster::start().await).await;
}

async fn rounds(mut group: impl Group) {
    let mut dice = Dice::of_this_run();
    let settings = [
        ("store.durability", "replica"),
        ("store.timeout_ms", "1000"),
        ("moderation.lease_ms", "3000"),
        ("moderation.poll_ms", "500"),
        ("moderation.skip_cooldown_s", "2"),
    ];
    let desk = Desk::on(RedisServer::elsewhere(&group.url()), 2, &settings).await;
    let people = people(&desk).await;
    let (follower, seen, stop_following) = start_following(&people);
    let mut recoveries = Vec::new();
    for round in 1..=ROUNDS {
        let stop = CancellationToken::new();
        let mut work = people.set_to_work(&mut dice, true, &stop);
        sleep(dice.millis(1_000, 3_000)).await;
        let killed = Instant::now();
        group.lose_primary_of(SITE).await;
        let replaced = killed.elapsed();
        // What was lost comes back as a replica, without which nothing is acknowledged.
        let (back, ()) = tokio::join!(recovered(&people, killed), group.whole());
        recoveries.push(back);
        sleep(dice.millis(500, 2_000)).await;
        stop.cancel();
        join(&mut work).await;
        let found = checks::everything(&people, &seen).await;
        println!(
            "round {round}: primary killed, replaced after {} ms, comments taken again after {} ms; {} acknowledged ({} stored \
             without), {} decisions, {} events",
            replaced.as_millis(),
            back.as_millis(),
            found.acknowledged,
            found.stored_unacknowledged,
            found.decisions,
            found.events,
        );
    }
    let found = decide_the_rest(&people, &seen, &mut dice).await;
    stop_following.cancel();
    follower.join_all().await;
    desk.finish().await;
    recoveries.sort();
    let seconds: Vec<String> = recoveries
        .iter()
        .map(|back| format!("{:.1}", back.as_secs_f32()))
        .collect();
    report(
        &people,
        &found,
        &format!(
            "primary killed {ROUNDS} times, recovery in s: {}",
            seconds.join(" ")
        ),
    );
}

/// How long after the kill a new comment is taken.
async fn recovered(people: &People, killed: Instant) -> Duration {
    let comment = nth(SITE, people.ledger.next_number());
    people.ledger.open().sent.insert(comment.comment_id.clone());
    loop {
        match people.blogs[0].submit(comment.clone()).await {
            Ok(_) => break,
            Err(status) => people.ledger.repeated(&status),
        }
        assert!(killed.elapsed() < RECOVERY, "comments are not taken again");
        sleep(Duration::from_millis(20)).await;
    }
    let mut book = people.ledger.open();
    book.acknowledged.insert(comment.comment_id);
    killed.elapsed()
}

async fn people(desk: &Desk) -> People {
    let blog = desk.site(SITE, everything_waits()).await;
    let mut people = People {
        blogs: Vec::new(),
        moderators: Vec::new(),
        follower: blog.through(desk.replicas[1].address),
        ledger: Ledger::default(),
    };
    for n in 0..6 {
        people
            .blogs
            .push(blog.through(desk.replicas[n % 2].address));
    }
    for n in 0..3 {
        let label = load::moderator_label(n);
        people
            .moderators
            .push(desk.moderator(n % 2, SITE, &label).await);
    }
    people
}
