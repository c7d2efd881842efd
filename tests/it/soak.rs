//! Long fault tests, run by `make soak`: under load something is killed or cut, again and again, and nothing that was
//! acknowledged is lost, and nothing happens twice.

mod audited;
mod bulk;
mod checks;
pub mod dice;
mod erasure;
mod fail_over;
mod follower;
mod frozen;
mod learning;
mod ledger;
mod load;
mod lost_replies;
mod meanwhile;
mod roll_out;
mod service;
mod silent_clients;
mod vanishing;

use std::{collections::BTreeMap, time::Duration};

use replydesk::proto::v1;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::harness::comments::everything_waits;
use checks::Found;
use dice::Dice;
use follower::Seen;
use load::People;
use service::Service;

pub const SITE: &str = "gazette";
/// How long the last items may take to be decided: leases of the dead run out first.
const DRAIN: Duration = Duration::from_secs(60);

fn rounds() -> u64 {
    std::env::var("SOAK_ROUNDS").map_or(10, |rounds| rounds.parse().unwrap())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Victim {
    Service,
    Redis,
    Both,
}

impl Victim {
    fn draw(dice: &mut Dice) -> Self {
        [Self::Service, Self::Redis, Self::Both][usize::try_from(dice.number(3)).unwrap()]
    }

    async fn die(self, service: &mut Service) {
        match self {
            Self::Redis => {
                service.kill_redis();
                service.until_ready().await;
            }
            Self::Service => {
                service.kill();
                service.restart().await;
            }
            Self::Both => {
                service.kill_redis();
                service.kill();
                service.restart().await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_nothing_is_lost_when_service_or_redis_is_killed() {
    let mut dice = Dice::of_this_run();
    let mut service = Service::start(&[
        "moderation.lease_ms=3000",
        "moderation.poll_ms=500",
        "moderation.skip_cooldown_s=2",
    ])
    .await;
    let people = people(&service).await;
    let (follower, seen, stop_following) = start_following(&people);
    let mut kills: BTreeMap<Victim, u32> = BTreeMap::new();
    for round in 1..=rounds() {
        let (began, stop) = (Instant::now(), CancellationToken::new());
        let mut work = people.set_to_work(&mut dice, true, &stop);
        sleep(dice.millis(1_000, 6_000)).await;
        let victim = Victim::draw(&mut dice);
        let killed = Instant::now();
        victim.die(&mut service).await;
        let back = killed.elapsed();
        *kills.entry(victim).or_default() += 1;
        sleep(dice.millis(1_000, 4_000)).await;
        stop.cancel();
        join(&mut work).await;
        let found = checks::everything(&people, &seen).await;
        println!(
            "round {round}: killed {victim:?}, back in {} ms; {} acknowledged ({} stored without), {} decisions, \
             {} events, {} undecided; {:.1} s",
            back.as_millis(),
            found.acknowledged,
            found.stored_unacknowledged,
            found.decisions,
            found.events,
            found.undecided,
            began.elapsed().as_secs_f32(),
        );
    }
    let found = decide_the_rest(&people, &seen, &mut dice).await;
    stop_following.cancel();
    follower.join_all().await;
    assert_no_leases(&mut service.look().unwrap());
    service.stop().await;
    report(&people, &found, &format!("kill -9: {kills:?}"));
}

async fn people(service: &Service) -> People {
    let site = v1::Site {
        site: SITE.to_owned(),
        policy: Some(everything_waits()),
        ..Default::default()
    };
    let request = v1::CreateSiteRequest { site: Some(site) };
    service.admin().sites.create_site(request).await.unwrap();
    let mut people = People {
        blogs: Vec::new(),
        moderators: Vec::new(),
        follower: service.someone(SITE, v1::Role::Submitter, "follower").await,
        ledger: ledger::Ledger::default(),
    };
    for n in 0..6 {
        let label = format!("blog-{n}");
        people
            .blogs
            .push(service.someone(SITE, v1::Role::Submitter, &label).await);
    }
    for n in 0..3 {
        let label = load::moderator_label(n);
        people
            .moderators
            .push(service.someone(SITE, v1::Role::Moderator, &label).await);
    }
    people
}

fn start_following(people: &People) -> (JoinSet<()>, Seen, CancellationToken) {
    let (seen, stop) = (Seen::default(), CancellationToken::new());
    let mut tasks = JoinSet::new();
    tasks.spawn(follower::follow(
        people.follower.clone(),
        people.ledger.clone(),
        seen.clone(),
        stop.clone(),
    ));
    (tasks, seen, stop)
}

/// Everybody finishes; whoever failed fails the soak.
async fn join(work: &mut JoinSet<()>) {
    while let Some(done) = work.join_next().await {
        done.unwrap();
    }
}

/// Nothing is stuck: without new comments the moderators come to the end, each item is decided once.
async fn decide_the_rest(people: &People, seen: &Seen, dice: &mut Dice) -> Found {
    let (started, stop) = (Instant::now(), CancellationToken::new());
    let mut work = people.set_to_work(dice, false, &stop);
    loop {
        let stats = people.moderators[0].stats(SITE).await;
        if stats.waiting + stats.leased == 0 {
            break;
        }
        assert!(started.elapsed() < DRAIN, "stuck: {stats:?}");
        sleep(Duration::from_millis(100)).await;
    }
    stop.cancel();
    join(&mut work).await;
    let found = checks::everything(people, seen).await;
    assert_eq!(found.undecided, 0);
    assert_eq!(
        found.events,
        2 * found.comments,
        "each comment was submitted once and decided once"
    );
    found
}

fn assert_no_leases(look: &mut redis::Connection) {
    for book in ["l", "lh", "lt", "q:review"] {
        let there: bool = redis::cmd("EXISTS")
            .arg(format!("{{{SITE}}}:{book}"))
            .query(look)
            .unwrap();
        assert!(!there, "left behind: {book}");
    }
}

fn report(people: &People, found: &Found, faults: &str) {
    let book = people.ledger.open();
    println!(
        "comments acknowledged {}, of them missing 0, twice 0 (stored without acknowledgement: {}); decisions \
         acknowledged {} of {}, lost 0; events {}, each change once; stuck 0; acknowledged as replays {}",
        found.acknowledged,
        found.stored_unacknowledged,
        found.decisions,
        found.comments,
        found.events,
        book.replays,
    );
    println!(
        "{faults}; repeated by clients {:?}; streams ended {:?}",
        book.repeated, book.streams_ended
    );
}
