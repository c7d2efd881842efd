//! The real binary as a process of its own, with its own Redis or a given one.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Duration,
};

use super::{clients::Client, ops::OpsPort, until::until};

/// Stopped when dropped.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Process {
    /// On a data directory, with its embedded Redis; ready when it returns.
    pub async fn embedded(data: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = serve(settings);
        command.arg("--data-dir").arg(data);
        Self::spawn(command).await
    }

    /// Any command that serves.
    pub async fn spawn(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let kept = log.clone();
        let reader = std::thread::spawn(move || {
            let mut lines = BufReader::new(stderr);
            let mut line = Vec::new();
            while lines
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                kept.lock().unwrap().append(&mut line);
            }
        });
        let address = until(
            "the service is ready",
            Duration::from_secs(30),
            async || {
                if let Some(status) = child.try_wait().unwrap() {
                    let log = String::from_utf8_lossy(&log.lock().unwrap()).into_owned();
                    panic!("the service ended with {status}: {log}");
                }
                address(&log.lock().unwrap(), "server.ready")
            },
        )
        .await;
        Self {
            child,
            address,
            log,
            reader: Some(reader),
        }
    }

    /// Its ops port, where `ops.listen` was set.
    pub fn ops(&self) -> OpsPort {
        let log = self.log.lock().unwrap().clone();
        OpsPort(address(&log, "ops.ready").expect("it was said before the service was ready"))
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Somebody with this key.
    pub fn client(&self, key: &str) -> Client {
        Client::new(self.address, Some(key))
    }

    /// A signal by name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Gone at once, as after a crash; what it has said.
    pub async fn kill(mut self) -> Vec<u8> {
        self.signal("KILL");
        self.ended(Duration::from_secs(10)).await;
        self.log()
    }

    /// How it ended, if it does within a bound.
    pub async fn ended(&mut self, within: Duration) -> ExitStatus {
        until("the process ends", within, async || {
            self.child.try_wait().unwrap()
        })
        .await
    }

    /// Everything that it has said; complete only after its end.
    pub fn log(&mut self) -> Vec<u8> {
        if self.child.try_wait().unwrap().is_some()
            && let Some(reader) = self.reader.take()
        {
            reader.join().unwrap();
        }
        self.log.lock().unwrap().clone()
    }
}

/// `replydesk serve` on a free port, with nothing of this process's own configuration.
pub fn serve(settings: &[(&str, &str)]) -> Command {
    serve_by(Path::new(env!("CARGO_BIN_EXE_replydesk")), settings)
}

/// The same of another build.
pub fn serve_by(binary: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary);
    command.arg("serve").args(["--listen", "127.0.0.1:0"]);
    for (key, value) in settings {
        command.arg("--set").arg(format!("{key}={value}"));
    }
    command.env_remove("REDIS_URL").stdout(Stdio::null());
    command
}

/// The admin key that the embedded default made.
pub fn admin_key(data: &Path) -> String {
    let file = data.join("secrets/admin.key");
    std::fs::read_to_string(file).unwrap().trim().to_owned()
}

/// The process id of the private `redis-server` on a data directory.
pub fn redis_pid(data: &Path) -> u32 {
    let mut connection = redis::Client::open(socket(data))
        .unwrap()
        .get_connection()
        .unwrap();
    let info: redis::InfoDict = redis::cmd("INFO")
        .arg("server")
        .query(&mut connection)
        .unwrap();
    info.get("process_id").unwrap()
}

/// Where the private `redis-server` of a data directory answers.
pub fn socket(data: &Path) -> String {
    format!("unix://{}", data.join("redis.sock").display())
}

/// Whether a process of this id is there and no zombie.
pub fn is_running(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or("").starts_with(" Z"))
}

/// The address in `EVENT address=…`, or `"address":"…"` where the log is JSON.
fn address(log: &[u8], event: &str) -> Option<SocketAddr> {
    let log = String::from_utf8_lossy(log);
    let line = log.lines().find(|line| line.contains(event))?;
    let (_, behind) = line
        .split_once("address=")
        .or_else(|| line.split_once("\"address\":\""))?;
    let address = behind.split(|c: char| c.is_whitespace() || c == '"').next();
    address?.parse().ok()
}

impl Drop for Process {
    /// Asked to stop first, so that its Redis does not live on; killed if it takes too long.
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        for _ in 0..500 {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
