//! The whole path of a submission against the ceiling.

use std::time::Duration;

use replydesk::proto::v1;

use crate::{
    cpu, load,
    processes::{self, Process, Server},
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
}

/// Every combination of 1, 16 and 128 in flight with both fsync policies.
pub async fn run(report: &mut Report, round: Duration) {
    for fsync in ["everysec", "always"] {
        for in_flight in [1, 16, 128] {
            compare(report, fsync, in_flight, round).await;
        }
    }
}

/// Everything is queued, and nothing is limited.
pub fn policy() -> v1::Policy {
    let most = Some(v1::Limit {
        per_minute: 1_000_000,
        burst: 1_000_000,
    });
    v1::Policy {
        mode: v1::ModerationMode::Pre.into(),
        limits: Some(v1::Limits {
            author: most,
            ip_address: most,
            thread: most,
            site: most,
        }),
        ..Default::default()
    }
}

async fn compare(report: &mut Report, fsync: &str, in_flight: usize, round: Duration) {
    let (bare_redis, bare_url) = processes::redis(fsync);
    let (desk_redis, desk_url) = processes::redis(fsync);
    let bare = processes::ceiling(&bare_url).await;
    let desk = processes::service(&desk_url, policy()).await;
    let mut sides = [Side::default(), Side::default()];
    for (server, redis) in [(&bare, &bare_redis), (&desk, &desk_redis)] {
        let _warm = measure(server, redis, in_flight, Duration::from_millis(500)).await;
    }
    for n in 0..ROUNDS {
        // Who goes first changes too.
        for turn in [n % 2, 1 - n % 2] {
            let (server, redis) = [(&bare, &bare_redis), (&desk, &desk_redis)][turn];
            let (figures, all, servers) = measure(server, redis, in_flight, round).await;
            let side = &mut sides[turn];
            side.per_second.push(figures.per_second);
            side.latency_us
                .push(figures.median_latency.as_secs_f64() * 1e6);
            side.cpu_us.push(all);
            side.server_cpu_us.push(servers);
        }
    }
    let [bare, desk] = sides;
    let ratio = |a: Vec<f64>, b: Vec<f64>| median(a) / median(b);
    let name = |what: &str| format!("path, {fsync}, {in_flight} in flight: {what}");
    let judged = fsync == "everysec";
    let bar = |wanted: bool, bar: &'static str| (judged && wanted).then_some(bar);
    report.add(
        name("submissions a second"),
        median(desk.per_second.clone()),
        "1/s",
        None,
    );
    report.add(
        name("the ceiling's"),
        median(bare.per_second.clone()),
        "1/s",
        None,
    );
    report.add(
        name("throughput / ceiling"),
        ratio(desk.per_second, bare.per_second),
        "ratio",
        bar(in_flight == 16, ">= 0.75"),
    );
    report.add(
        name("CPU of all processes / ceiling"),
        ratio(desk.cpu_us, bare.cpu_us),
        "ratio",
        bar(in_flight == 16, "<= 1.5"),
    );
    report.add(
        name("CPU of service and Redis"),
        median(desk.server_cpu_us.clone()),
        "us",
        None,
    );
    report.add(
        name("CPU of service and Redis / ceiling"),
        ratio(desk.server_cpu_us, bare.server_cpu_us),
        "ratio",
        None,
    );
    report.add(
        name("median latency"),
        median(desk.latency_us.clone()),
        "us",
        None,
    );
    report.add(
        name("median latency / ceiling"),
        ratio(desk.latency_us, bare.latency_us),
        "ratio",
        bar(in_flight == 1, "<= 1.3"),
    );
}

/// A round, with the CPU of all processes and of the servers alone, in microseconds a submission.
async fn measure(
    server: &Server,
    redis: &Process,
    in_flight: usize,
    time: Duration,
) -> (load::Round, f64, f64) {
    let pids = [server.process.pid(), redis.pid(), std::process::id()];
    let before = pids.map(cpu::seconds);
    let round = load::run(server.address, &server.key, in_flight, time).await;
    let after = pids.map(cpu::seconds);
    let used: Vec<f64> = before
        .iter()
        .zip(after)
        .map(|(before, after)| after - before)
        .collect();
    let each = |seconds: f64| seconds * 1e6 / round.done as f64;
    (round, each(used.iter().sum()), each(used[0] + used[1]))
}
