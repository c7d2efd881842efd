//! Durability `replica`: confirmed only by the replicas, at nobody else's cost, and never across a fail-over.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use replydesk::store::{
    connection::{Store, StoreSettings},
    error::StoreError,
    replication::Replication,
};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::store_server::{cmd, eventually, signal};

const WAIT: Duration = Duration::from_millis(200);

/// A primary and its replica. Replication needs a port; the kernel chooses a free one.
struct Pair {
    primary: Child,
    replica: Child,
    url: String,
    _directory: TempDir,
}

impl Pair {
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port().to_string();
        drop(free);
        let socket = directory.path().join("replica.sock").display().to_string();
        let start = |arguments: &[&str]| {
            let mut command = Command::new("redis-server");
            command
                .args(arguments)
                .args(["--save", "", "--bind", "127.0.0.1"]);
            command.args(["--repl-diskless-sync-delay", "0", "--dir"]);
            command.arg(directory.path()).stdout(Stdio::null());
            command.spawn().unwrap()
        };
        let pair = Self {
            primary: start(&["--port", &port]),
            replica: start(&[
                "--port",
                "0",
                "--unixsocket",
                &socket,
                "--dbfilename",
                "replica.rdb",
                "--replicaof",
                "127.0.0.1",
                &port,
            ]),
            url: format!("redis://127.0.0.1:{port}"),
            _directory: directory,
        };
        eventually("the primary answers", || async {
            Store::connect(&pair.url).await.is_ok()
        })
        .await;
        let store = Store::connect(&pair.url).await.unwrap();
        // `state=online` comes before the replica has loaded, and nothing reaches it until its first acknowledgement,
        // up to a second later.
        eventually("the replica follows", || async {
            let _: u64 = store.query(&cmd("INCR n")).await.unwrap();
            let info: String = store.query(&cmd("INFO replication")).await.unwrap();
            info.contains("state=online,offset=") && !info.contains("offset=0,")
        })
        .await;
        pair
    }

    fn settings(&self) -> StoreSettings {
        StoreSettings {
            timeout: Duration::from_secs(1),
            ..StoreSettings::new(&self.url)
        }
    }

    async fn store(&self) -> (Store, Replication) {
        let store = Store::open(self.settings()).await.unwrap();
        let replication = Replication::new(self.settings(), 1, WAIT);
        (store, replication)
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for child in [&mut self.replica, &mut self.primary] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

async fn write(store: &Store, replication: &Replication) -> Result<(), StoreError> {
    let increment = cmd("INCR n");
    let written = replication.of(store.query::<u64>(&increment)).await;
    written.map(drop)
}

#[tokio::test]
async fn a_frozen_replica_fails_those_who_wait_and_stalls_nobody_else() {
    let pair = Pair::start().await;
    let (store, replication) = pair.store().await;
    write(&store, &replication).await.unwrap();

    signal("-STOP", pair.replica.id());
    let started = Instant::now();
    let mut writers = JoinSet::new();
    for _ in 0..200 {
        let (store, replication) = (store.clone(), replication.clone());
        writers.spawn(async move { write(&store, &replication).await });
    }
    let mut others = 0;
    while !writers.is_empty() {
        let _: u64 = store.query(&cmd("INCR other")).await.unwrap();
        others += 1;
        while let Some(written) = writers.try_join_next() {
            let unreplicated = StoreError::Unreplicated {
                received: 0,
                wanted: 1,
            };
            assert_eq!(written.unwrap(), Err(unreplicated));
        }
    }
    assert!(
        started.elapsed() < WAIT * 10,
        "{:?} for 200 at once",
        started.elapsed()
    );
    assert!(others > 10, "{others} other calls while they waited");

    signal("-CONT", pair.replica.id());
    eventually("confirmed again", || async {
        write(&store, &replication).await.is_ok()
    })
    .await;
    replication.shutdown().await;
    let closed = write(&store, &replication).await;
    assert!(matches!(closed, Err(StoreError::Away(_))), "{closed:?}");
}

#[tokio::test]
async fn a_write_of_an_earlier_connection_is_not_confirmed_by_a_later_one() {
    let pair = Pair::start().await;
    let (store, replication) = pair.store().await;
    let late = replication.of(async {
        let _: u64 = store.query(&cmd("INCR n")).await?;
        let before: u64 = store.query(&cmd("CLIENT ID")).await?;
        // What a fail-over looks like from here: the connections break, and another server may answer next.
        let kill = cmd("CLIENT KILL TYPE normal SKIPME no");
        let _ = store.query::<u64>(&kill).await;
        eventually("a new connection", || async {
            let now = store.query::<u64>(&cmd("CLIENT ID")).await;
            now.is_ok_and(|now| now != before)
        })
        .await;
        Ok(())
    });
    let late = late.await;
    assert!(
        matches!(late, Err(StoreError::Unreplicated { .. })),
        "{late:?}"
    );
    write(&store, &replication).await.unwrap();
}
