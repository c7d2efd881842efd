//! What the store's tests need: a private embedded server, signals, and waiting for a condition with a bound.

use std::{
    future::Future,
    process::Command,
    time::{Duration, Instant},
};

use replydesk::store::{
    connection::{Store, StoreSettings},
    embedded::{Embedded, EmbeddedSettings},
};
use tempfile::TempDir;

/// No condition of these tests takes longer, on a busy machine either.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server of its own in a directory of its own.
pub struct Server {
    pub embedded: Embedded,
    _directory: TempDir,
}

impl Server {
    pub async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let settings = EmbeddedSettings::new(directory.path());
        Self {
            embedded: Embedded::start(settings).await.unwrap(),
            _directory: directory,
        }
    }

    /// Quick to time out, so that the tests are.
    pub fn settings(&self) -> StoreSettings {
        StoreSettings {
            timeout: Duration::from_millis(300),
            connect_timeout: Duration::from_millis(300),
            probe_every: Duration::from_millis(50),
            ..StoreSettings::new(self.embedded.url())
        }
    }

    pub async fn store(&self) -> Store {
        Store::open(self.settings()).await.unwrap()
    }

    pub fn pid(&self) -> u32 {
        self.embedded.process_id().unwrap()
    }

    pub async fn stop(self) {
        self.embedded.stop().await.unwrap();
    }
}

pub fn cmd(words: &str) -> redis::Cmd {
    let mut words = words.split_whitespace();
    let mut cmd = redis::cmd(words.next().unwrap());
    cmd.arg(words.collect::<Vec<_>>());
    cmd
}

pub fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(sent.unwrap().success());
}

/// Looks again and again until it holds, and fails after a bound.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < PATIENCE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
