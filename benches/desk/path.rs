//! The whole path of a submission against the ceiling.
//!
//! Both sides get the same made-up comments (see [`crate::readers`]), each from the first on, and leave the same in Redis:
//! the record, index and queue entries, the event, counts of site, thread and author, four rates, the six parts of the
//! sketch, the wave that a campaign's comment joins, and the words of a thread while it is new. "Bytes appended" and
//! "Redis commands" show how alike the work is. What the service alone does is: keys, parsing, folding, scoring, policy,
//! sealing, the checks in its script, and the trainer that reads the feed.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use replydesk::proto::v1;

use crate::{
    cpu, load,
    processes::{self, Process, Server},
    redis_work::Work,
    report::{Report, median},
};

/// Rounds of each side; they alternate.
const ROUNDS: usize = 5;

/// One side's figures over its rounds.
#[derive(Default)]
struct Side {
    per_second: Vec<f64>,
    latency_us: Vec<f64>,
    cpu_us: Vec<f64>,
    server_cpu_us: Vec<f64>,
    redis_cpu_us: Vec<f64>,
    commands: Vec<f64>,
    appended: Vec<f64>,
}

impl Side {
    fn add(&mut self, figures: &Figures) {
        let [all, servers, redis] = figures.cpu_us;
        self.per_second.push(figures.round.per_second);
        self.latency_us
            .push(figures.round.median_latency.as_secs_f64() * 1e6);
        self.cpu_us.push(all);
        self.server_cpu_us.push(servers);
        self.redis_cpu_us.push(redis);
        self.commands.push(figures.work.commands);
        self.appended.push(figures.work.appended);
    }

    /// In the order of the rows.
    fn figures(self) -> [Vec<f64>; 7] {
        [
            self.per_second,
            self.latency_us,
            self.cpu_us,
            self.server_cpu_us,
            self.redis_cpu_us,
            self.commands,
            self.appended,
        ]
    }
}

/// Every combination of 1, 16 and 128 in flight with both fsync policies.
pub async fn run(report: &mut Report, round: Duration, wanted: impl Fn(&str) -> bool) {
    for fsync in ["everysec", "always"] {
        for in_flight in [1, 16, 128] {
            let name = format!("path, {fsync}, {in_flight} in flight");
            if wanted(&name) {
                compare(report, fsync, in_flight, round).await;
            }
        }
    }
}

/// Everything is queued, and nothing is limited: threads and site take what comes, and authors and addresses, who write
/// once each, have the limits that sites have by default.
pub fn policy() -> v1::Policy {
    let most = Some(v1::Limit {
        per_minute: 1_000_000,
        burst: 1_000_000,
    });
    v1::Policy {
        mode: v1::ModerationMode::Pre.into(),
        limits: Some(v1::Limits {
            thread: most,
            site: most,
            ..Default::default()
        }),
        ..Default::default()
    }
}

async fn compare(report: &mut Report, fsync: &str, in_flight: usize, round: Duration) {
    let (bare_redis, bare_url) = processes::redis(fsync);
    let (desk_redis, desk_url) = processes::redis(fsync);
    let bare = processes::ceiling(&bare_url).await;
    let desk = processes::service(&desk_url, policy()).await;
    let servers = [
        Measured::new(&bare, &bare_redis, bare_url),
        Measured::new(&desk, &desk_redis, desk_url),
    ];
    let mut sides = [Side::default(), Side::default()];
    for server in &servers {
        let _warm = server.round(in_flight, Duration::from_millis(500)).await;
    }
    for n in 0..ROUNDS {
        // Who goes first changes too.
        for turn in [n % 2, 1 - n % 2] {
            let figures = servers[turn].round(in_flight, round).await;
            sides[turn].add(&figures);
        }
    }
    let name = |what: &str| format!("path, {fsync}, {in_flight} in flight: {what}");
    print(report, sides, name, fsync == "everysec", in_flight);
}

/// Both sides' medians of each figure, and their ratio.
fn print(
    report: &mut Report,
    [bare, desk]: [Side; 2],
    name: impl Fn(&str) -> String,
    judged: bool,
    in_flight: usize,
) {
    let bar = |at: usize, bar: &'static str| (judged && in_flight == at).then_some(bar);
    let rows = [
        ("submissions a second", "1/s", bar(16, ">= 0.75")),
        ("median latency", "us", bar(1, "<= 1.3")),
        ("CPU of all processes", "us", bar(16, "<= 1.5")),
        ("CPU of service and Redis", "us", None),
        ("CPU of Redis", "us", None),
        ("Redis commands", "calls", None),
        ("bytes appended", "bytes", None),
    ];
    let sides = desk.figures().into_iter().zip(bare.figures());
    for ((what, unit, bar), (desk, bare)) in rows.into_iter().zip(sides) {
        let (desk, bare) = (median(desk), median(bare));
        report.add(name(what), desk, unit, None);
        report.add(name(&format!("{what}, the ceiling's")), bare, unit, None);
        report.add(
            name(&format!("{what} / ceiling")),
            desk / bare,
            "ratio",
            bar,
        );
    }
}

/// One side: who is measured, and how far it has come.
struct Measured<'a> {
    server: &'a Server,
    redis: &'a Process,
    url: String,
    next: Arc<AtomicU64>,
}

/// A round's figures.
struct Figures {
    round: load::Round,
    /// CPU of load, server and Redis, of server and Redis, and of Redis alone, in microseconds a submission.
    cpu_us: [f64; 3],
    work: Work,
}

impl<'a> Measured<'a> {
    fn new(server: &'a Server, redis: &'a Process, url: String) -> Self {
        Self {
            server,
            redis,
            url,
            next: Arc::default(),
        }
    }

    async fn round(&self, in_flight: usize, time: Duration) -> Figures {
        let pids = [
            self.server.process.pid(),
            self.redis.pid(),
            std::process::id(),
        ];
        let (work, before) = (Work::so_far(&self.url), pids.map(cpu::seconds));
        let round = load::run(self.server, &self.next, in_flight, time).await;
        let after = pids.map(cpu::seconds);
        let each = |at: usize| (after[at] - before[at]) * 1e6 / round.done as f64;
        let (server, redis, load) = (each(0), each(1), each(2));
        Figures {
            round,
            cpu_us: [load + server + redis, server + redis, redis],
            work: Work::so_far(&self.url).each(work, round.done),
        }
    }
}
