//! The service as people run it: the real binary with its own Redis, in a directory and a process of its own.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use replydesk::proto::v1;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::harness::clients::Client;

/// A start that takes longer has failed.
const START: Duration = Duration::from_secs(30);

pub struct Service {
    child: Child,
    pub address: SocketAddr,
    directory: TempDir,
    settings: Vec<String>,
}

impl Service {
    /// On a free port, which it keeps over restarts.
    pub async fn start(settings: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let settings: Vec<_> = settings
            .iter()
            .map(|setting| (*setting).to_owned())
            .collect();
        let service = Self {
            child: spawn(&directory, address, &settings),
            address,
            directory,
            settings,
        };
        service.until_ready().await;
        service
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Until it answers a call that needs its Redis.
    pub async fn until_ready(&self) {
        let started = Instant::now();
        loop {
            let key = fs::read_to_string(self.data().join("secrets/admin.key"));
            if let Ok(key) = key {
                let mut sites = Client::new(self.address, Some(key.trim())).sites;
                if sites.list_sites(v1::ListSitesRequest {}).await.is_ok() {
                    return;
                }
            }
            assert!(
                started.elapsed() < START,
                "it does not start: {}",
                self.log()
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// The end of what it has said.
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().rev().take(30).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    pub fn admin(&self) -> Client {
        let key = fs::read_to_string(self.data().join("secrets/admin.key")).unwrap();
        Client::new(self.address, Some(key.trim()))
    }

    /// Somebody with a fresh key and a connection of their own.
    pub async fn someone(&self, site: &str, role: v1::Role, label: &str) -> Client {
        let request = v1::CreateKeyRequest {
            role: role.into(),
            sites: vec![site.to_owned()],
            label: label.to_owned(),
            expires_at: None,
        };
        let made = self.admin().sites.create_key(request).await.unwrap();
        Client::new(self.address, Some(&made.into_inner().access_key))
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The process of its Redis, if that answers.
    pub fn redis_pid(&self) -> Option<u32> {
        let info: String = redis::cmd("INFO")
            .arg("server")
            .query(&mut self.look()?)
            .ok()?;
        let line = info
            .lines()
            .find_map(|line| line.strip_prefix("process_id:"))?;
        line.trim().parse().ok()
    }

    /// A connection to its Redis.
    pub fn look(&self) -> Option<redis::Connection> {
        let url = format!("unix://{}", self.data().join("redis.sock").display());
        redis::Client::open(url).ok()?.get_connection().ok()
    }

    /// `kill -9`, and gone.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// `kill -9` of its Redis, in the same instant as the caller's last word.
    pub fn kill_redis(&self) {
        let pid = self.redis_pid().expect("its Redis answers");
        signal("KILL", pid);
    }

    pub async fn restart(&mut self) {
        self.child = spawn(&self.directory, self.address, &self.settings);
        self.until_ready().await;
    }

    /// SIGTERM; it must end well.
    pub async fn stop(mut self) {
        signal("TERM", self.pid());
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                started.elapsed() < START,
                "it does not stop: {}",
                self.log()
            );
            sleep(Duration::from_millis(20)).await;
        };
        assert!(status.success(), "{status}: {}", self.log());
        assert!(self.look().is_none(), "its Redis still answers");
    }

    /// Its resident memory in KiB.
    pub fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Service {
    /// A soak that fails leaves no process behind.
    fn drop(&mut self) {
        let redis = self.redis_pid();
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(pid) = redis {
            signal("KILL", pid);
        }
    }
}

fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &pid.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

fn spawn(directory: &TempDir, address: SocketAddr, settings: &[String]) -> Child {
    let log = File::options()
        .create(true)
        .append(true)
        .open(directory.path().join("log"))
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
    command
        .arg("serve")
        .arg("--listen")
        .arg(address.to_string());
    command.arg("--data-dir").arg(directory.path().join("data"));
    for setting in settings {
        command.arg("--set").arg(setting);
    }
    command
        .env_remove("REDIS_URL")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}
