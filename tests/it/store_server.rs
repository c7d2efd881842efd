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
    embedded: Option<Embedded>,
    pub directory: TempDir,
}

impl Drop for Server {
    /// A test that fails leaves no process behind.
    fn drop(&mut self) {
        if let Some(pid) = self.embedded.as_ref().and_then(Embedded::process_id) {
            signal("-KILL", pid);
        }
    }
}

impl Server {
    pub async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let settings = EmbeddedSettings::new(directory.path());
        Self {
            embedded: Some(Embedded::start(settings).await.unwrap()),
            directory,
        }
    }

    pub fn url(&self) -> &str {
        self.embedded.as_ref().unwrap().url()
    }

    /// Quick to time out, so that the tests are.
    pub fn settings(&self) -> StoreSettings {
        StoreSettings {
            timeout: Duration::from_millis(300),
            connect_timeout: Duration::from_millis(300),
            probe_every: Duration::from_millis(50),
            ..StoreSettings::new(self.url())
        }
    }

    pub async fn store(&self) -> Store {
        Store::open(self.settings()).await.unwrap()
    }

    /// The server's process, or `None` between its death and its restart.
    pub fn process(&self) -> Option<u32> {
        self.embedded.as_ref().unwrap().process_id()
    }

    pub async fn pid(&self) -> u32 {
        eventually("it runs", || async { self.process().is_some() }).await;
        self.process().unwrap()
    }

    pub async fn stop(mut self) {
        self.embedded.take().unwrap().stop().await.unwrap();
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
