//! A `redis-server` of a test's own, as an operator would run it: durable, and gone with the test.
//!
//! With `TEST_REDIS=cluster` in the environment each is a cluster of one node, which refuses whatever a cluster
//! would refuse: keys of several slots in one call.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use replydesk::store::connection::Store;
use tempfile::TempDir;

/// Killed when dropped.
pub struct RedisServer {
    /// `None` where it is somebody else's.
    child: Option<Child>,
    /// How the service is to reach it.
    url: String,
    pub directory: TempDir,
}

impl RedisServer {
    /// Ready to accept connections.
    pub fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let child = Some(spawn(&directory));
        let mut server = Self {
            child,
            url: String::new(),
            directory,
        };
        server.url = server.local();
        if is_cluster() {
            let () = server.ask(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
            // It believes so after a second or two.
            while !server
                .ask::<String>(&["CLUSTER", "INFO"])
                .contains("cluster_state:ok")
            {
                std::thread::sleep(Duration::from_millis(20));
            }
            let port = server.ask::<Vec<String>>(&["CONFIG", "GET", "port"]);
            server.url = format!("redis+cluster://127.0.0.1:{}", port[1]);
        }
        server
    }

    /// One or several that somebody else has started. They are reached through the service only.
    pub fn elsewhere(url: &str) -> Self {
        Self {
            child: None,
            url: url.to_owned(),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// How the service is to reach it.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Past cluster and Sentinels: the server itself.
    pub fn local(&self) -> String {
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
        self.child = Some(spawn(&self.directory));
    }

    /// Gone at once.
    pub fn crash(&mut self) {
        let child = self.child.as_mut().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Frozen, as by a stalled disk; `"CONT"` thaws it.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([
                &format!("-{name}"),
                &self.child.as_ref().unwrap().id().to_string(),
            ])
            .status();
        assert!(sent.unwrap().success());
    }

    /// A connection past the service, for looking.
    pub fn look(&self) -> redis::Connection {
        redis::Client::open(self.local())
            .unwrap()
            .get_connection()
            .unwrap()
    }

    /// A store of its own on it.
    pub async fn store(&self) -> Store {
        Store::connect(&self.url).await.unwrap()
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

    /// Every key; none of a Redis elsewhere. For tests: `KEYS` blocks, which here hurts nobody.
    pub fn keys(&self) -> Vec<Vec<u8>> {
        if self.child.is_none() {
            return Vec::new();
        }
        self.ask(&["KEYS", "*"])
    }
}

fn spawn(directory: &TempDir) -> Child {
    let mut command = Command::new("redis-server");
    if is_cluster() {
        let [port, bus] = free_ports().map(|port| port.to_string());
        command.args(["--port", &port, "--cluster-port", &bus]);
        command.args(["--cluster-enabled", "yes", "--bind", "127.0.0.1"]);
    } else {
        command.args(["--port", "0"]);
    }
    let mut child = command
        .args([
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

fn is_cluster() -> bool {
    std::env::var("TEST_REDIS").is_ok_and(|kind| kind == "cluster")
}

/// Ports that nobody has at the moment, below those that the system hands out by itself: it may hand out one of its own
/// again before the server has it.
pub fn free_ports<const N: usize>() -> [u16; N] {
    const FROM: u16 = 12_000;
    const TO: u16 = 32_000;
    let mut bits = [0; 2];
    getrandom::fill(&mut bits).unwrap();
    let start = u16::from_le_bytes(bits);
    let mut ports = (0..TO - FROM)
        .map(|n| FROM + (start % (TO - FROM) + n) % (TO - FROM))
        .filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    [(); N].map(|()| ports.next().expect("a free port"))
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
