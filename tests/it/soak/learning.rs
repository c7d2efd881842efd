//! Learning for long: 50,000 random decisions, and a new replica after a million lessons.

use std::time::{Duration, Instant};

use replydesk::spam::{
    content::Content,
    lesson::{Label, Lesson, SiteTag, Subject},
    signals::Signals,
    vector::Vector,
};
use tonic_health::pb::health_check_response::ServingStatus;

use super::dice::Dice;
use crate::{
    harness::{Desk, comments::everything_waits, health::Probe, until::until},
    learning::{Faults, agree},
};

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).map_or(default, |n| n.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_replicas_agree_under_fifty_thousand_decisions() {
    agree(Faults {
        decisions: number("SOAK_DECISIONS", 50_000),
        kills: 5,
        cuts: 20,
        restarts: 5,
        settings: &[
            ("learning.lease_ms", "1000"),
            ("learning.snapshot_lessons", "2000"),
            ("learning.snapshot_s", "10"),
        ],
    })
    .await;
}

const SITES: [&str; 6] = ["gazette", "herald", "post", "times", "echo", "mail"];
/// Distinct texts of a site: together they fill the model's tables.
const TEXTS: usize = 3_000;
/// Lessons that wait at once.
const WAITING: usize = 5_000;

/// Made-up comments of words that nobody says.
fn lessons(site: &str, dice: &mut Dice) -> Vec<Vec<u8>> {
    let word = |dice: &mut Dice| -> String {
        let letters = 3 + dice.number(7);
        (0..letters)
            .map(|_| char::from(b'a' + dice.number(26) as u8))
            .collect()
    };
    let words: Vec<String> = (0..20_000).map(|_| word(dice)).collect();
    let text = |dice: &mut Dice| -> String {
        let words = (0..50).map(|_| words[dice.number(20_000) as usize].as_str());
        words.collect::<Vec<_>>().join(" ")
    };
    let tag = SiteTag::of(&site.parse().unwrap());
    let lesson = |_| {
        let content = Content::of_text(&text(dice), "");
        Lesson {
            site: tag,
            subject: Subject::named(tag, &dice.next().to_le_bytes()),
            label: if dice.chance(30) {
                Label::Spam
            } else {
                Label::Ham
            },
            taken_back: false,
            shared: true,
            vector: Vector::of(&content, Signals::default()),
        }
        .to_bytes()
    };
    (0..TEXTS).map(lesson).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_a_new_replica_is_ready_soon_after_a_million_lessons() {
    // Without optimisation a lesson takes thirty times as long.
    let (default, bound) = if cfg!(debug_assertions) {
        (50_000, Duration::from_secs(10))
    } else {
        (1_000_000, Duration::from_secs(2))
    };
    let wanted = number("SOAK_LESSONS", default);
    let mut dice = Dice::of_this_run();
    let mut desk = Desk::with(1, &[]).await;
    let mut sources = Vec::new();
    for site in SITES {
        desk.site(site, everything_waits()).await;
        sources.push((site, lessons(site, &mut dice), 0));
    }
    let (began, mut look) = (Instant::now(), desk.redis.look());
    let mut total = 0;
    while total < wanted {
        for (site, lessons, sent) in &mut sources {
            let waiting: usize = desk.redis.ask(&["XLEN", &format!("{{{site}}}:il")]);
            let more = WAITING
                .saturating_sub(waiting)
                .min(1_000)
                .min(wanted - total);
            let mut pipe = redis::pipe();
            for n in *sent..*sent + more {
                pipe.cmd("XADD")
                    .arg(format!("{{{site}}}:il"))
                    .arg(format!("{}-7", n + 1));
                pipe.arg("l").arg(&lessons[n % TEXTS]).ignore();
            }
            *sent += more;
            total += more;
            pipe.cmd("HSET")
                .arg(format!("{{{site}}}:n"))
                .arg("il")
                .arg(*sent)
                .ignore();
            pipe.exec(&mut look).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let first = desk.replicas[0].address;
    let (wanted, hour) = (wanted as u64, Duration::from_secs(3_600));
    until("everything is learnt", hour, async || {
        tokio::time::sleep(Duration::from_millis(200)).await;
        (desk.model(first).await.lessons == wanted).then_some(())
    })
    .await;
    let took = began.elapsed();

    let began = Instant::now();
    let second = desk.add_replica().await;
    let address = desk.replicas[second].address;
    Probe::new(address).until(ServingStatus::Serving).await;
    let ready = began.elapsed();
    let stand = [desk.model(first).await, desk.model(address).await];
    let snapshot: usize = desk.redis.ask(&["STRLEN", "{replydesk}:model:snapshot"]);
    let log: usize = desk.redis.ask(&["XLEN", "{replydesk}:model:log"]);
    println!(
        "{wanted} lessons learnt in {:.0} s; a new replica is ready in {} ms, from a snapshot of {snapshot} bytes and a \
         log of {log} entries",
        took.as_secs_f32(),
        ready.as_millis()
    );
    assert_eq!(stand[1].lessons, wanted);
    assert_eq!(stand[0].digest, stand[1].digest);
    assert_eq!(stand[1].behind, 0);
    assert!(ready < bound, "{ready:?}");
    desk.finish().await;
}
