//! A `redis-server` of a test's own, as an operator would run it: durable, and gone with the test.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use replydesk::store::connection::Store;
use tempfile::TempDir;

/// Killed when dropped.
pub struct RedisServer {
    child: Child,
    pub directory: TempDir,
}

impl RedisServer {
    /// Ready to accept connections.
    pub fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            child: spawn(&directory),
            directory,
        }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("unix://{}", self.socket())
    }

    fn socket(&self) -> String {
        self.directory
            .path()
            .join("redis.sock")
            .display()
            .to_string()
    }

    /// Gone at once, as after a crash, and there again with what was on disk.
    pub fn crash_and_restart(&mut self) {
        self.crash();
        self.restart();
    }

    /// There again after a crash, with what was on disk.
    pub fn restart(&mut self) {
        self.child = spawn(&self.directory);
    }

    /// Gone at once.
    pub fn crash(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Frozen, as by a stalled disk; `"CONT"` thaws it.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// A connection past the service, for looking.
    pub fn look(&self) -> redis::Connection {
        redis::Client::open(self.url())
            .unwrap()
            .get_connection()
            .unwrap()
    }

    /// A store of its own on it.
    pub async fn store(&self) -> Store {
        Store::connect(&self.url()).await.unwrap()
    }

    /// One command.
    pub fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        redis::cmd(words[0])
            .arg(&words[1..])
            .query(&mut self.look())
            .unwrap()
    }

    /// How often a command has run, in scripts too, such as `hmget`.
    pub fn calls(&self, command: &str) -> u64 {
        let stats: String = self.ask(&["INFO", "commandstats"]);
        let start = format!("cmdstat_{command}:calls=");
        let line = stats.lines().find_map(|line| line.strip_prefix(&start));
        line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
    }

    /// Every key. For tests: `KEYS` blocks, which here hurts nobody.
    pub fn keys(&self) -> Vec<Vec<u8>> {
        self.ask(&["KEYS", "*"])
    }
}

fn spawn(directory: &TempDir) -> Child {
    let mut child = Command::new("redis-server")
        .args([
            "--port",
            "0",
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
        ])
        .args(["--rdbcompression", "no", "--enable-debug-command", "local"])
        .arg("--dir")
        .arg(directory.path())
        .arg("--unixsocket")
        .arg(directory.path().join("redis.sock"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("redis-server is installed");
    let log = BufReader::new(child.stdout.take().unwrap());
    let ready = log
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains("eady to accept connections"));
    assert!(ready, "redis-server ended before it was ready");
    child
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
