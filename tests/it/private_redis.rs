//! A `redis-server` of a test's own: a unix socket in a directory of its own, gone with the test.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use replydesk::store::connection::Store;
use tempfile::TempDir;

/// Killed when dropped.
pub struct PrivateRedis {
    server: Child,
    directory: TempDir,
}

impl PrivateRedis {
    /// Ready to accept connections.
    pub fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut server = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(directory.path())
            .arg("--unixsocket")
            .arg(directory.path().join("redis.sock"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("redis-server is installed");
        let log = BufReader::new(server.stdout.take().unwrap());
        let ready = log
            .lines()
            .map_while(Result::ok)
            .any(|line| line.contains("eady to accept connections"));
        assert!(ready, "redis-server ended before it was ready");
        Self { server, directory }
    }

    /// A connection.
    pub async fn store(&self) -> Store {
        let socket = self.directory.path().join("redis.sock");
        let url = format!("unix://{}", socket.display());
        Store::connect(&url).await.unwrap()
    }

    /// Gone at once, as after a crash.
    pub fn kill(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

impl Drop for PrivateRedis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
