//! Roll-outs under load: one replica after the other is replaced, while blogs submit, moderators hold items and streams are
//! open. Nobody's call fails for good, and no lease is stuck.
//!
//! With `ROLL_OUT_FROM` in the environment every other roll-out goes back to that build, so that both work on one
//! Redis side by side.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{
    SITE, assert_no_leases, checks, decide_the_rest,
    dice::Dice,
    join,
    ledger::Ledger,
    load::{self, People},
    report, start_following,
};
use crate::harness::{Desk, comments::everything_waits, process::Process};

const ROLL_OUTS: usize = 10;
const REPLICAS: usize = 2;
/// Longest that a replica may take to drain: its own bound, and a little for the process to end.
const DRAINED: Duration = Duration::from_secs(12);
/// How long an address stays in use after it was taken out, as with Kubernetes' endpoints.
const LAG: Duration = Duration::from_millis(200);

/// What a Kubernetes service is to its clients: one address, behind which new connections go to the replicas in turn.
struct Balancer {
    address: SocketAddr,
    targets: Arc<Mutex<Vec<SocketAddr>>>,
    _tasks: JoinSet<()>,
}

impl Balancer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let targets: Arc<Mutex<Vec<SocketAddr>>> = Arc::default();
        let (known, next) = (targets.clone(), AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                let n = next.fetch_add(1, Ordering::Relaxed);
                let target = {
                    let targets = known.lock().unwrap();
                    targets[n % targets.len()]
                };
                connections.spawn(async move {
                    if let Ok(mut server) = TcpStream::connect(target).await {
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                    }
                });
            }
        });
        Self {
            address,
            targets,
            _tasks: tasks,
        }
    }

    fn add(&self, target: SocketAddr) {
        self.targets.lock().unwrap().push(target);
    }

    fn remove(&self, target: SocketAddr) {
        self.targets
            .lock()
            .unwrap()
            .retain(|known| *known != target);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak` and `make check-upgrade`"]
async fn soak_roll_outs_fail_no_call_and_leave_no_lease() {
    let mut dice = Dice::of_this_run();
    let new = PathBuf::from(env!("CARGO_BIN_EXE_replydesk"));
    let old = std::env::var_os("ROLL_OUT_FROM").map(PathBuf::from);
    let builds = [old.clone().unwrap_or_else(|| new.clone()), new];
    let settings = [
        ("moderation.poll_ms", "500"),
        ("moderation.skip_cooldown_s", "2"),
    ];
    let mut desk = Desk::with(1, &settings).await;
    let balancer = Balancer::start().await;
    let people = people(&desk, balancer.address).await;
    desk.replicas[0].stop().await;
    let mut replicas: Vec<Process> = Vec::new();
    for _ in 0..REPLICAS {
        let replica = desk.process_of(&builds[0]).await;
        balancer.add(replica.address);
        replicas.push(replica);
    }
    let (follower, seen, stop_following) = start_following(&people);
    let mut slowest = Duration::ZERO;
    for round in 1..=ROLL_OUTS {
        let stop = CancellationToken::new();
        let mut work = people.set_to_work(&mut dice, true, &stop);
        sleep(dice.millis(500, 1_500)).await;
        for replica in &mut replicas {
            let next = desk.process_of(&builds[round % 2]).await;
            balancer.add(next.address);
            let mut last = std::mem::replace(replica, next);
            balancer.remove(last.address);
            sleep(LAG).await;
            let told = Instant::now();
            last.signal("TERM");
            assert!(last.ended(DRAINED).await.success(), "a clean end");
            slowest = slowest.max(told.elapsed());
        }
        sleep(dice.millis(500, 1_500)).await;
        stop.cancel();
        join(&mut work).await;
        let found = checks::everything(&people, &seen).await;
        println!(
            "roll-out {round}: {} acknowledged, {} decisions, {} events",
            found.acknowledged, found.decisions, found.events
        );
    }
    let found = decide_the_rest(&people, &seen, &mut dice).await;
    stop_following.cancel();
    follower.join_all().await;
    assert_no_leases(&mut desk.redis.look());
    let between = if old.is_some() {
        "two builds"
    } else {
        "one build"
    };
    report(
        &people,
        &found,
        &format!(
            "{ROLL_OUTS} roll-outs of {between}, slowest drain {} ms",
            slowest.as_millis()
        ),
    );
}

/// All of them through the balancer, each on a connection of its own.
async fn people(desk: &Desk, through: SocketAddr) -> People {
    let blog = desk.site(SITE, everything_waits()).await;
    let mut people = People {
        blogs: (0..6).map(|_| blog.through(through)).collect(),
        moderators: Vec::new(),
        follower: blog.through(through),
        ledger: Ledger::default(),
    };
    for n in 0..3 {
        let moderator = desk.moderator(0, SITE, &load::moderator_label(n)).await;
        people.moderators.push(moderator.through(through));
    }
    people
}
