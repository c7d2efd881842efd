//! Submissions at a steady pace while something else goes on, and what that costs them.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::harness::{Desk, clients::Client, comments::nth};

/// Submissions under way at once.
const IN_FLIGHT: usize = 4;
/// Each of them comes so long after the one before it: 200 a second in all.
const EVERY: Duration = Duration::from_millis(20);
/// For how long they are measured without a bulk decision.
const ALONE: Duration = Duration::from_secs(10);
/// The most that a script may take, in microseconds.
const MOST_MICROS: u64 = 5_000;

/// Submissions at a steady pace, by several; how long each took. A machine of two cores that has nothing left would
/// measure its scheduler.
pub struct Meanwhile {
    took: Arc<Mutex<Vec<Duration>>>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    /// The p99 without anything else.
    alone: Duration,
}

impl Meanwhile {
    /// Begins, and measures them alone for a while.
    pub async fn start(desk: &Desk, blog: &Client, site: &'static str) -> Self {
        for (setting, value) in [
            ("slowlog-log-slower-than", "1000"),
            ("slowlog-max-len", "20000"),
        ] {
            let () = desk.redis.ask(&["CONFIG", "SET", setting, value]);
        }
        let mut meanwhile = Self::submit(blog, site);
        tokio::time::sleep(Duration::from_secs(2)).await;
        meanwhile.taken();
        let () = desk.redis.ask(&["SLOWLOG", "RESET"]);
        tokio::time::sleep(ALONE).await;
        let (count, p50, p99) = meanwhile.taken();
        meanwhile.alone = p99;
        // What the machine itself takes from scripts, which a busy one does.
        let (_, noise) = slow_scripts(desk, "");
        println!(
            "alone: {count} submissions, p50 {p50:?}, p99 {p99:?}; scripts over 1 ms {}, longest {} us",
            noise.len(),
            noise.last().copied().unwrap_or_default()
        );
        let () = desk.redis.ask(&["SLOWLOG", "RESET"]);
        meanwhile
    }

    /// Ends them; their p99 alone.
    pub async fn stop(self) -> Duration {
        self.stop.cancel();
        self.tasks.join_all().await;
        self.alone
    }

    fn submit(blog: &Client, site: &'static str) -> Self {
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
                    blog.submit(nth(site, n)).await.unwrap();
                    took.lock().unwrap().push(began.elapsed());
                }
            });
        }
        Self {
            took,
            stop,
            tasks,
            alone: Duration::ZERO,
        }
    }

    /// What was measured since the last time: how many, p50 and p99.
    pub fn taken(&self) -> (usize, Duration, Duration) {
        let mut took = std::mem::take(&mut *self.took.lock().unwrap());
        took.sort();
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
        (took.len(), at(0.5), at(0.99))
    }
}

/// The scripts that took longest, in microseconds: those with so many keys, and the others, which take 0.1 ms where the
/// machine does not stall.
pub fn slow_scripts(desk: &Desk, keys: &str) -> (Vec<u64>, Vec<u64>) {
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
pub type Measured = (Duration, (usize, Duration, Duration), (Vec<u64>, Vec<u64>));

/// No script of ours blocks Redis, and submissions are at most twice as slow as alone.
pub fn judge(what: &str, (took, (count, p50, p99), (slow, others)): Measured, alone: Duration) {
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
