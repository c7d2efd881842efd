//! What strangers on the ops port can't do.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::desk;
use crate::harness::{
    health::Probe,
    until::{soon, until},
};

const BOUND: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_keep_nobody_out_for_long() {
    let (desk, ops) = desk().await;
    let mut silent = Vec::new();
    for n in 0..64 {
        let mut stream = TcpStream::connect(ops.0).await.unwrap();
        // Some begin as HTTP/2 does, some as HTTP/1.1, some not at all.
        let beginning: &[u8] = match n % 3 {
            0 => b"",
            1 => b"PRI * HT",
            _ => b"GET /livez HTTP/1.1\r\nx-slow: ",
        };
        stream.write_all(beginning).await.unwrap();
        silent.push(stream);
    }
    until("a probe gets through", BOUND, async || {
        let request = "GET /livez HTTP/1.1\r\nhost: ops\r\nconnection: close\r\n\r\n";
        let answer = ops.say(request).await?;
        (answer.status == 200).then_some(())
    })
    .await;
    for stream in &mut silent {
        let mut rest = Vec::new();
        let ended = soon("it is closed", BOUND, stream.read_to_end(&mut rest)).await;
        drop(ended);
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_port_does_not_know_it_refuses() {
    let (desk, ops) = desk().await;
    for (request, status) in [
        (
            "GET / HTTP/1.1\r\nhost: ops\r\nconnection: close\r\n\r\n",
            404,
        ),
        (
            "GET /metrics/../etc HTTP/1.1\r\nhost: ops\r\nconnection: close\r\n\r\n",
            404,
        ),
        (
            "POST /metrics HTTP/1.1\r\nhost: ops\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            405,
        ),
        // No call of the service comes in by here.
        (
            "POST /replydesk.v1.SiteService/ListSites HTTP/1.1\r\nhost: ops\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            404,
        ),
        // The log is the test's own.
        (
            "GET /log-level HTTP/1.1\r\nhost: ops\r\nconnection: close\r\n\r\n",
            409,
        ),
    ] {
        let answer = ops.say(request).await.unwrap();
        assert_eq!(answer.status, status, "{request}");
    }
    let large = format!(
        "GET /livez HTTP/1.1\r\nhost: ops\r\nx-large: {}\r\n\r\n",
        "x".repeat(100_000)
    );
    let refused = ops.say(&large).await;
    assert!(refused.is_none_or(|answer| answer.status == 431));
    assert_eq!(ops.get("/livez").await.status, 200);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_level_is_changed_while_the_service_runs() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let settings = [super::PORT, ("log.level", "warn,replydesk=info")];
    let mut service = crate::harness::process::Process::embedded(&data, &settings).await;
    let ops = service.ops();
    let level = ops.get("/log-level").await;
    assert_eq!(
        (level.status, level.body.as_str()),
        (200, "warn,replydesk=info\n")
    );
    for wrong in ["loud", "replydesk=loud", "", &"x".repeat(2_000)] {
        assert_eq!(ops.put("/log-level", wrong).await.status, 400, "{wrong}");
    }
    assert_eq!(ops.get("/log-level").await.body, level.body);
    let changed = ops.put("/log-level", "trace\n").await;
    assert_eq!((changed.status, changed.body.as_str()), (200, "trace\n"));
    until("the log is louder", BOUND, async || {
        // Every call is heard of at this level.
        Probe::new(service.address).status().await;
        let log = service.log();
        String::from_utf8_lossy(&log)
            .contains("TRACE")
            .then_some(())
    })
    .await;
}
