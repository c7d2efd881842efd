//! The page as Prometheus reads it.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use super::desk;
use crate::harness::comments::{everything_waits, submit};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_what_prometheus_reads() {
    let (desk, ops) = desk().await;
    let blog = desk.site("gazette", everything_waits()).await;
    submit(&blog, 0).await;
    ops.until("replydesk_model_lessons", |_| true).await;
    let answer = ops.get("/metrics").await;
    let kind = "content-type: text/plain; version=0.0.4; charset=utf-8";
    assert!(answer.head.contains(kind), "{}", answer.head);
    let metrics = ops.metrics().await;
    let version = env!("CARGO_PKG_VERSION");
    let build = format!("replydesk_build_info{{version=\"{version}\"}}");
    assert_eq!(metrics.get(&build), 1.0);
    assert!(metrics.get("process_resident_memory_bytes") > 1e6);
    assert!(metrics.get("process_open_fds") > 3.0);
    assert!(metrics.get("process_start_time_seconds") > 1.7e9);
    assert!(metrics.get("replydesk_seal_lease_seconds") > 0.0);
    assert!(metrics.get("replydesk_connections") >= 1.0);
    let scripts = metrics.values("replydesk_redis_script_duration_seconds_count", "script");
    assert!(scripts.contains(&"submit".to_owned()), "{scripts:?}");
    for script in scripts {
        let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/scripts");
        let source = format!("{sources}/{script}.lua");
        assert!(std::path::Path::new(&source).exists(), "{source}");
    }
    assert!(
        answer.body.len() < 256 * 1024,
        "{} bytes",
        answer.body.len()
    );
    assert_promtool_likes(&answer.body);
    desk.finish().await;
}

/// Where there is one: it knows conventions too.
fn assert_promtool_likes(page: &str) {
    let promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut promtool) = promtool else {
        return;
    };
    let mut stdin = promtool.stdin.take().unwrap();
    stdin.write_all(page.as_bytes()).unwrap();
    drop(stdin);
    let checked = promtool.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{said}");
}
