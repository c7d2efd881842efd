//! A wave of 50,000, decided and undone at once, while others hand in comments.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use replydesk::{
    comment::{
        ids::CommentId,
        limits::{Limit, Limits},
        observed::Fingerprints,
        state::Outcome,
        stored::{StoredComment, ThreadDetails},
    },
    proto::v1::{Verdict, bulk_decide_request::Selector},
    store::{
        connection::Store,
        submit::{NewComment, Stored},
    },
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::SITE;
use crate::harness::{
    Desk,
    bulk::{numbers, order, undo_numbers},
    clients::Client,
    comments::{everything_waits, nth},
    learnt::NOBODY_TRAINS,
};

/// What nobody bulk-decides: submissions of another site, on the same Redis.
const OTHER: &str = "herald";
/// Submissions under way at once.
const IN_FLIGHT: usize = 4;
/// Each of them comes so long after the one before it: 200 a second in all.
const EVERY: Duration = Duration::from_millis(20);
/// Who fills the wave at once.
const FILLERS: u32 = 8;
/// For how long they are measured without a bulk decision.
const ALONE: Duration = Duration::from_secs(10);
/// The most that a script may take, in microseconds.
const MOST_MICROS: u64 = 5_000;

fn members() -> u32 {
    std::env::var("SOAK_WAVE").map_or(50_000, |n| n.parse().unwrap())
}

/// Comments like one that came by the API, straight into the store: all in one wave.
async fn fill(store: &Store, like: &StoredComment) {
    let mut filling = JoinSet::new();
    for n in 0..FILLERS {
        let (store, like) = (store.clone(), like.clone());
        filling.spawn(async move {
            for n in (n..members()).step_by(FILLERS as usize) {
                put(&store, &like, n).await;
            }
        });
    }
    filling.join_all().await;
}

async fn put(store: &Store, like: &StoredComment, n: u32) {
    let limit = Limit::new(Limit::MAX, Limit::MAX).unwrap();
    let limits = Limits {
        author: limit,
        ip_address: limit,
        thread: limit,
        site: limit,
    };
    let prints = Fingerprints {
        author: like.content.author,
        sketch: vec![11, 12, 13, 14, 15, 16],
        ..Fingerprints::default()
    };
    let mut content = like.content.clone();
    content.thread = format!("article-{}", n % 20).parse().unwrap();
    let new = NewComment {
        site: &SITE.parse().unwrap(),
        id: CommentId::fresh(),
        digest: [7; 8],
        outcome: Outcome::Pending,
        content: &content,
        thread: &ThreadDetails::default(),
        contact: None,
        prints: &prints,
        thread_words: None,
        wave_decision: None,
        subject_marks: &[],
        limits: &limits,
        close_threads_after: None,
        judged_at: None,
        due_in: Some(Duration::from_secs(3_600)),
        only_check: false,
    };
    let stored = store.submit(&new).await.unwrap();
    assert!(matches!(stored, Stored::Admitted { .. }), "{stored:?}");
}

/// Submissions at a steady pace, by several; how long each took. A machine of two cores that has nothing left would
/// measure its scheduler.
struct Submitters {
    took: Arc<Mutex<Vec<Duration>>>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Submitters {
    fn start(blog: &Client) -> Self {
        let (took, stop) = (Arc::new(Mutex::new(Vec::new())), CancellationToken::new());
        let mut tasks = JoinSet::new();
        for n in 0..IN_FLIGHT {
            let (blog, took, stop) = (blog.clone(), took.clone(), stop.clone());
            tasks.spawn(async move {
                let mut turn = tokio::time::interval(EVERY);
                for n in (n..).step_by(IN_FLIGHT) {
                    if stop.is_cancelled() {
                        return;
                    }
                    turn.tick().await;
                    let began = Instant::now();
                    blog.submit(nth(OTHER, n)).await.unwrap();
                    took.lock().unwrap().push(began.elapsed());
                }
            });
        }
        Self { took, stop, tasks }
    }

    /// What was measured since the last time: how many, p50 and p99.
    fn taken(&self) -> (usize, Duration, Duration) {
        let mut took = std::mem::take(&mut *self.took.lock().unwrap());
        took.sort();
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
        (took.len(), at(0.5), at(0.99))
    }
}

/// Digests of what a bulk decision changes and its undoing sets back.
fn places(desk: &Desk) -> Vec<String> {
    let mut ask = redis::cmd("DEBUG");
    ask.arg("DIGEST-VALUE");
    for key in ["q:review", "i:1", "i:2", "i:3", "i:4"] {
        ask.arg(format!("{{{SITE}}}:{key}"));
    }
    ask.query(&mut desk.redis.look()).unwrap()
}

/// The scripts that took longest, in microseconds: those with so many keys, and the others, which take 0.1 ms where the
/// machine does not stall.
fn slow_scripts(desk: &Desk, keys: &str) -> (Vec<u64>, Vec<u64>) {
    type Entry = (u64, u64, u64, Vec<Vec<u8>>);
    let entries: Vec<redis::Value> = desk.redis.ask(&["SLOWLOG", "GET", "-1"]);
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for entry in entries {
        let redis::Value::Array(fields) = entry else {
            panic!("{entry:?}")
        };
        let four = redis::Value::Array(fields[..4].to_vec());
        let (_, _, took, words): Entry = redis::from_redis_value(four).unwrap();
        let is_script = words[0].to_ascii_uppercase().starts_with(b"EVAL");
        if is_script && words[2] == keys.as_bytes() {
            ours.push(took);
        } else if is_script {
            others.push(took);
        }
    }
    ours.sort_unstable();
    others.sort_unstable();
    (ours, others)
}

/// How long it took, submissions meanwhile, and its slow scripts.
type Measured = (Duration, (usize, Duration, Duration), (Vec<u64>, Vec<u64>));

/// No script of ours blocks Redis, and submissions are at most twice as slow as alone.
fn judge(what: &str, (took, (count, p50, p99), (slow, others)): Measured, alone: Duration) {
    let ratio = p99.as_secs_f64() / alone.as_secs_f64();
    let over = |micros| slow.iter().filter(|took| **took > micros).count();
    println!(
        "{what}: {:.1} s; {count} submissions, p50 {p50:?}, p99 {p99:?} ({ratio:.2} of alone); scripts over 1 ms {}, \
         2 ms {}, 5 ms {}, longest {} us; of submissions over 1 ms {}, longest {} us",
        took.as_secs_f32(),
        slow.len(),
        over(2_000),
        over(MOST_MICROS),
        slow.last().copied().unwrap_or_default(),
        others.len(),
        others.last().copied().unwrap_or_default()
    );
    assert_eq!(over(MOST_MICROS), 0, "a script that blocks");
    assert!(ratio <= 2.0, "submissions are held up");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_a_wave_of_fifty_thousand_is_decided_and_undone_without_holding_others_up() {
    let settings = [NOBODY_TRAINS, &[("store.timeout_ms", "10000")]].concat();
    let desk = Desk::with(1, &settings).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let other = desk.site(OTHER, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let first = nth(SITE, 0);
    blog.submit(first.clone()).await.unwrap();
    let store = Store::connect(&desk.redis.url()).await.unwrap();
    let (site, id) = (SITE.parse().unwrap(), first.comment_id.parse().unwrap());
    let like = store.comment(&site, id).await.unwrap().unwrap();
    let began = Instant::now();
    fill(&store, &like).await;
    println!(
        "{} comments in {:.1} s",
        members(),
        began.elapsed().as_secs_f32()
    );
    let before = places(&desk);
    let last = ada.stats(SITE).await;
    assert_eq!(last.waiting, u64::from(members()) + 1);

    let _: () = desk
        .redis
        .ask(&["CONFIG", "SET", "slowlog-log-slower-than", "1000"]);
    let _: () = desk
        .redis
        .ask(&["CONFIG", "SET", "slowlog-max-len", "20000"]);
    let submitters = Submitters::start(&other);
    tokio::time::sleep(Duration::from_secs(2)).await;
    submitters.taken();
    let _: () = desk.redis.ask(&["SLOWLOG", "RESET"]);
    tokio::time::sleep(ALONE).await;
    let alone = submitters.taken();
    // What the machine itself takes from scripts, which a busy one does.
    let (_, noise) = slow_scripts(&desk, "");
    let _: () = desk.redis.ask(&["SLOWLOG", "RESET"]);

    // The wave is named by its first: the second comment of the site.
    let request = order(SITE, Selector::WaveId("2".to_owned()), Verdict::Spam);
    let began = Instant::now();
    let result = ada.bulk(request.clone()).await.unwrap();
    let deciding = (
        began.elapsed(),
        submitters.taken(),
        slow_scripts(&desk, "13"),
    );
    assert_eq!(numbers(result.counts), [members(), 0, 0, 0, 0]);
    let stats = ada.stats(SITE).await;
    assert_eq!((stats.waiting, stats.spam), (1, u64::from(members())));

    let _: () = desk.redis.ask(&["SLOWLOG", "RESET"]);
    let began = Instant::now();
    let undone = ada.undo_bulk(SITE, &request.operation_id).await.unwrap();
    let undoing = (
        began.elapsed(),
        submitters.taken(),
        slow_scripts(&desk, "14"),
    );
    assert_eq!(undo_numbers(undone.counts), [members(), 0, 0, 0]);
    assert_eq!(places(&desk), before, "queue and indexes are as before");
    assert_eq!(ada.stats(SITE).await.pending, last.pending);

    submitters.stop.cancel();
    submitters.tasks.join_all().await;
    println!(
        "alone: {} submissions, p50 {:?}, p99 {:?}; scripts over 1 ms {}, longest {} us",
        alone.0,
        alone.1,
        alone.2,
        noise.len(),
        noise.last().copied().unwrap_or_default()
    );
    for (what, measured) in [("decide", deciding), ("undo", undoing)] {
        judge(what, measured, alone.2);
    }
    desk.finish().await;
}
