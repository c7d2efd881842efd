//! Replies that never arrive: a proxy between service and Redis cuts connections at random moments, after the command
//! went through.

use std::time::Duration;

use replydesk::proto::v1;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    SITE, assert_no_leases, checks, decide_the_rest,
    dice::Dice,
    join,
    ledger::Ledger,
    load::{People, moderator_label},
    report, rounds, start_following,
};
use crate::{
    harness::{Desk, comments::everything_waits},
    store_proxy::Proxy,
};

/// Of load in each round.
const ROUND: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_nothing_is_lost_or_done_twice_when_replies_are_lost() {
    let mut dice = Dice::of_this_run();
    let settings = [
        ("moderation.lease_ms", "3000"),
        ("moderation.poll_ms", "500"),
        ("moderation.skip_cooldown_s", "2"),
    ];
    let mut desk = Desk::with(0, &settings).await;
    let proxy = Proxy::before(&desk.redis.url());
    desk.settings
        .push(("store.redis_url".to_owned(), proxy.url.clone()));
    for _ in 0..2 {
        desk.add_replica().await;
    }
    let people = people(&desk).await;
    let (follower, seen, stop_following) = start_following(&people);
    let mut cuts = 0;
    for round in 1..=rounds() {
        let (began, stop) = (Instant::now(), CancellationToken::new());
        let mut work = people.set_to_work(&mut dice, true, &stop);
        while began.elapsed() < ROUND {
            cuts += u32::from(proxy.cut_the_next_answer());
            sleep(dice.millis(10, 150)).await;
        }
        stop.cancel();
        join(&mut work).await;
        let found = checks::everything(&people, &seen).await;
        println!(
            "round {round}: {cuts} replies lost so far; {} acknowledged, {} decisions, {} events, {} undecided",
            found.acknowledged, found.decisions, found.events, found.undecided,
        );
    }
    let found = decide_the_rest(&people, &seen, &mut dice).await;
    stop_following.cancel();
    follower.join_all().await;
    assert_no_leases(&mut desk.redis.look());
    report(&people, &found, &format!("replies lost: {cuts}"));
    drop(people);
    desk.finish().await;
}

async fn people(desk: &Desk) -> People {
    let mut people = People {
        follower: desk.site(SITE, everything_waits()).await,
        blogs: Vec::new(),
        moderators: Vec::new(),
        ledger: Ledger::default(),
    };
    for n in 0..4 {
        let blog = desk.someone(n % 2, SITE, v1::Role::Submitter, "blog").await;
        people.blogs.push(blog);
        let moderator = desk.moderator(n % 2, SITE, &moderator_label(n)).await;
        people.moderators.push(moderator);
    }
    people
}
