//! The store's connection: what is sent is sent once, no call outlives its deadline, and it comes back by itself.

use std::time::{Duration, Instant};

use replydesk::store::{
    connection::{Health, Store, StoreSettings},
    error::StoreError,
    script::{Script, ScriptCall},
};
use tokio::{io::AsyncWriteExt, net::TcpListener, task::JoinSet};

use crate::store_proxy::Proxy;
use crate::store_server::{Server, cmd, eventually, signal};

static COUNT: Script = Script::new("count", "return redis.call('INCR', KEYS[1])");

#[tokio::test]
async fn a_killed_redis_comes_back_with_every_acknowledged_write() {
    let server = Server::start().await;
    let store = server.store().await;
    for round in 0..3 {
        let () = store
            .query(&cmd(&format!("SET round {round}")))
            .await
            .unwrap();
        let killed = server.pid().await;
        signal("-KILL", killed);
        eventually("the old server is seen to be gone", || async {
            !store.is_up() || server.process().is_some_and(|pid| pid != killed)
        })
        .await;
        eventually("a call succeeds", || async {
            store.query::<String>(&cmd("GET round")).await == Ok(round.to_string())
        })
        .await;
    }
    eventually("health is up", || async { store.is_up() }).await;
    store.shutdown().await;
    assert!(matches!(
        store.query::<()>(&cmd("PING")).await,
        Err(StoreError::Away(_))
    ));
    server.stop().await;
}

#[tokio::test]
async fn a_lost_answer_is_never_answered_by_sending_again() {
    let server = Server::start().await;
    let direct = server.store().await;
    let proxy = Proxy::before(server.url());
    let store = Store::open(StoreSettings {
        url: proxy.url.clone(),
        // A probe would take the cut that is meant for the call.
        probe_every: Duration::from_secs(3600),
        ..server.settings()
    })
    .await
    .unwrap();
    let call = ScriptCall::new().key("script");
    let _: u64 = store
        .call(&COUNT, &ScriptCall::new().key("warm"))
        .await
        .unwrap();
    let mut pipe = redis::pipe();
    pipe.cmd("INCR").arg("pipe").cmd("INCR").arg("pipe");

    for key in ["query", "script", "pipe"] {
        eventually("connected", || async {
            store.query::<()>(&cmd("PING")).await.is_ok()
        })
        .await;
        proxy.cut_the_next_answer();
        let lost = match key {
            "query" => store.query::<u64>(&cmd("INCR query")).await.map(drop),
            "script" => store.call::<u64>(&COUNT, &call).await.map(drop),
            _ => store.pipeline::<Vec<u64>>(&pipe).await.map(drop),
        };
        assert!(matches!(lost, Err(StoreError::Away(_))), "{key}: {lost:?}");
    }
    eventually("connected again", || async {
        store.query::<()>(&cmd("PING")).await.is_ok()
    })
    .await;
    for (key, times) in [("query", 1), ("script", 1), ("pipe", 2)] {
        let counted: u64 = direct.query(&cmd(&format!("GET {key}"))).await.unwrap();
        assert_eq!(counted, times, "{key}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_frozen_redis_times_out_within_the_deadline_then_fails_fast_then_recovers() {
    let server = Server::start().await;
    let store = server.store().await;
    let deadline = server.settings().timeout;
    // For two thousand callers on a busy machine.
    let slack = Duration::from_secs(2);
    signal("-STOP", server.pid().await);

    let mut callers = JoinSet::new();
    for _ in 0..2000 {
        let store = store.clone();
        callers.spawn(async move {
            let started = Instant::now();
            let ended = store.query::<u64>(&cmd("INCR frozen")).await;
            (ended, started.elapsed())
        });
    }
    while let Some(caller) = callers.join_next().await {
        let (ended, took) = caller.unwrap();
        assert!(
            matches!(ended, Err(StoreError::TimedOut | StoreError::Away(_))),
            "{ended:?}"
        );
        assert!(took < deadline + slack, "{took:?}");
    }
    eventually("it is known to be away", || async {
        matches!(*store.health().borrow(), Health::Away { .. })
    })
    .await;
    // At once: not after a deadline, which would be `TimedOut`.
    let refused = store.query::<u64>(&cmd("INCR frozen")).await;
    assert!(matches!(refused, Err(StoreError::Away(_))), "{refused:?}");

    signal("-CONT", server.pid().await);
    let mut health = store.health();
    let up = health.wait_for(Health::is_up);
    tokio::time::timeout(Duration::from_secs(10), up)
        .await
        .unwrap()
        .unwrap();
    let _: u64 = store.query(&cmd("INCR thawed")).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_full_redis_is_told_from_a_broken_one_and_recovers() {
    let server = Server::start().await;
    let store = server.store().await;
    let () = store.query(&cmd("CONFIG SET maxmemory 1")).await.unwrap();
    let mut pipe = redis::pipe();
    pipe.cmd("PING").cmd("SET").arg("a").arg("b");

    let query = store.query::<()>(&cmd("SET a b")).await;
    assert!(matches!(query, Err(StoreError::Full(_))), "{query:?}");
    let pipeline = store.pipeline::<()>(&pipe).await;
    assert!(matches!(pipeline, Err(StoreError::Full(_))), "{pipeline:?}");
    let script = store.call::<u64>(&COUNT, &ScriptCall::new().key("n")).await;
    assert!(matches!(script, Err(StoreError::Full(_))), "{script:?}");
    assert!(matches!(store.probe().await, Err(StoreError::Full(_))));
    assert!(matches!(*store.health().borrow(), Health::Full { .. }));
    // What frees space still goes through, and does not look like recovery.
    let _: u64 = store.query(&cmd("DEL a")).await.unwrap();
    assert!(!store.is_up());

    let () = store.query(&cmd("CONFIG SET maxmemory 0")).await.unwrap();
    eventually("health is up", || async { store.is_up() }).await;
    server.stop().await;
}

#[tokio::test]
async fn a_demoted_primary_is_read_only_until_it_is_promoted() {
    let server = Server::start().await;
    let store = server.store().await;
    let () = store.query(&cmd("REPLICAOF 127.0.0.1 1")).await.unwrap();
    let refused = store.query::<()>(&cmd("SET a b")).await;
    assert!(
        matches!(refused, Err(StoreError::ReadOnly(_))),
        "{refused:?}"
    );
    eventually("health says so", || async {
        matches!(*store.health().borrow(), Health::ReadOnly { .. })
    })
    .await;
    let late = server.store().await;
    assert!(!late.is_up(), "a store that opens on a replica knows it");

    let () = late.query(&cmd("REPLICAOF NO ONE")).await.unwrap();
    for store in [&store, &late] {
        eventually("health is up", || async { store.is_up() }).await;
        let () = store.query(&cmd("SET a b")).await.unwrap();
    }
    server.stop().await;
}

#[tokio::test]
async fn a_script_that_redis_forgot_runs_once() {
    let server = Server::start().await;
    let store = server.store().await;
    for times in 1..=3_u64 {
        let () = store.query(&cmd("SCRIPT FLUSH")).await.unwrap();
        let counted: u64 = store
            .call(&COUNT, &ScriptCall::new().key("n"))
            .await
            .unwrap();
        assert_eq!(counted, times);
    }
    server.stop().await;
}

#[tokio::test]
async fn refusals_quote_no_arguments() {
    let server = Server::start().await;
    let store = server.store().await;
    let refused = store
        .query::<()>(&cmd("NOSUCH reader@example.org"))
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
    assert!(
        !format!("{refused} {refused:?}").contains("reader"),
        "{refused:?}"
    );
    server.stop().await;
}

#[tokio::test]
async fn nobody_there_and_no_tls_there_are_errors_that_say_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut plain = JoinSet::new();
    plain.spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let _ = client.write_all(b"-ERR this is no TLS\r\n").await;
        }
    });
    for url in [
        format!("rediss://127.0.0.1:{port}"),
        "unix:///nowhere/redis.sock".to_owned(),
    ] {
        let away = Store::connect(&url).await.map(drop).unwrap_err();
        assert!(matches!(away, StoreError::Away(_)), "{url}: {away:?}");
    }
}
