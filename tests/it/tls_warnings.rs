//! What an operator reads in the log of a replica whose connections are not what they should be.

use std::{
    process::{Command, Stdio},
    time::{Duration, SystemTime},
};

use crate::harness::{
    certificates::{Authority, Files},
    process::Process,
};

/// Lines that name an event.
fn lines(log: &[u8], event: &str) -> Vec<String> {
    let log = String::from_utf8_lossy(log);
    let lines = log.lines().filter(|line| line.contains(event));
    lines.map(str::to_owned).collect()
}

/// A replica that listens on this address; what it says until it is ready.
async fn serving(listen: &str, settings: &[(&str, String)]) -> Vec<u8> {
    let data = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
    command.args(["serve", "--listen", listen]);
    command.arg("--data-dir").arg(data.path());
    for (key, value) in settings {
        command.arg("--set").arg(format!("{key}={value}"));
    }
    command.env_remove("REDIS_URL").stdout(Stdio::null());
    Process::spawn(command).await.log()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_listens_beyond_loopback_in_plain_text_is_warned_at_each_start() {
    let allowed = [("server.allow_plaintext", "true".to_owned())];
    for (listen, warned) in [("0.0.0.0:0", 1), ("[::]:0", 1), ("127.0.0.1:0", 0)] {
        let log = serving(listen, &allowed).await;
        let warnings = lines(&log, "server.plaintext");
        assert_eq!(warnings.len(), warned, "{listen}: {warnings:?}");
        let told = |line: &String| line.contains("WARN") && line.contains("tls.certificate_file");
        assert!(warnings.iter().all(told), "{warnings:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_closer_a_certificates_end_the_louder_it_is_told() {
    const DAY: Duration = Duration::from_secs(86_400);
    let authority = Authority::new("ours");
    let now = SystemTime::now();
    for (end, level, told) in [
        (now + DAY * 90, "INFO", "days_left=89"),
        (now + DAY * 5, "WARN", "days_left=4"),
        (
            now - Duration::from_secs(60),
            "ERROR",
            "no restart is needed",
        ),
    ] {
        let files = Files::of(&authority.server_until(end));
        let path = |name: &str| files.path(name).display().to_string();
        let settings = [
            ("tls.certificate_file", path("server.pem")),
            ("tls.private_key_file", path("server.key")),
        ];
        let log = serving("127.0.0.1:0", &settings).await;
        let found = lines(&log, "tls.certificate");
        let is_told = |line: &String| line.contains(level) && line.contains(told);
        assert!(found.len() == 1 && is_told(&found[0]), "{level} {found:?}");
    }
}
