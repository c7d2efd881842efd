//! One `redis-server` process: found, started, asked, stopped.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use redis::{AsyncConnectionConfig, Client};
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

use super::{EmbeddedError, EmbeddedSettings, directory::DataDirectory};
use crate::store::{
    durability::Durability,
    error::StoreError,
    version::{OLDEST, Version},
};

/// Between two looks at a server that starts or ends.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// For one answer of a server on this machine.
const ANSWER: Duration = Duration::from_secs(1);

/// What starts a server on a data directory, again and again.
pub(super) struct Launcher {
    pub(super) program: PathBuf,
    pub(super) directory: DataDirectory,
    pub(super) socket: PathBuf,
    pub(super) settings: EmbeddedSettings,
}

/// A running server. Dropped without [`Server::keep`], it is killed: a start that failed or was given up leaves none.
pub(super) struct Server(Option<Child>);

impl Server {
    pub(super) fn process_id(&self) -> Option<u32> {
        self.0.as_ref().and_then(Child::id)
    }

    /// The process, whose end is the owner's task from now on.
    pub(super) fn keep(mut self) -> Option<Child> {
        self.0.take()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // It may have ended by itself.
            let _ = child.start_kill();
        }
    }
}

/// Finds a server program that is new enough.
pub(super) async fn find(settings: &EmbeddedSettings) -> Result<PathBuf, EmbeddedError> {
    let usual = ["redis-server".into(), "valkey-server".into()];
    let wanted = settings.program.as_ref().map(std::slice::from_ref);
    for program in wanted.unwrap_or(&usual) {
        let output = match Command::new(program).arg("--version").output().await {
            Ok(output) => output,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(source) => {
                return Err(EmbeddedError::Program {
                    program: program.clone(),
                    source,
                });
            }
        };
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let version = Version::from_program(&said);
        if version.as_ref().is_some_and(Version::is_new_enough) {
            return Ok(program.clone());
        }
        return Err(EmbeddedError::TooOld {
            program: program.clone(),
            said,
            oldest: OLDEST,
        });
    }
    Err(EmbeddedError::NotInstalled)
}

impl Launcher {
    pub(super) fn log_path(&self) -> PathBuf {
        self.directory.log_path()
    }

    pub(super) fn url(&self) -> String {
        url_of(&self.socket)
    }

    /// Starts a server and waits until it has read its file and answers.
    pub(super) async fn launch(&self) -> Result<Server, EmbeddedError> {
        let lock = self.evict_orphan().await?;
        match fs::remove_file(&self.socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(self.io(error)),
            Ok(()) | Err(_) => {}
        }
        let log = self.directory.open_log().map_err(|error| self.io(error))?;
        let log_again = log.try_clone().map_err(|error| self.io(error))?;
        let child = Command::new(&self.program)
            .args(self.arguments())
            .current_dir(self.directory.path())
            .stdin(Stdio::from(lock))
            .stdout(log)
            .stderr(log_again)
            // Ctrl-C reaches the service alone, which stops the server last.
            .process_group(0)
            .kill_on_drop(false)
            .spawn()
            .map_err(|source| EmbeddedError::Program {
                program: self.program.clone(),
                source,
            })?;
        let mut server = Server(Some(child));
        self.until_ready(&mut server).await?;
        Ok(server)
    }

    fn arguments(&self) -> Vec<String> {
        let fsync = match self.settings.durability {
            Durability::Disk => "always",
            Durability::Replica { .. } | Durability::Relaxed => "everysec",
        };
        let memory = self.settings.max_memory_bytes.unwrap_or(0).to_string();
        let socket = self.socket.to_string_lossy();
        [
            ("--port", "0"),
            ("--unixsocket", &socket),
            ("--unixsocketperm", "700"),
            ("--dir", &self.directory.path().to_string_lossy()),
            ("--daemonize", "no"),
            ("--appendonly", "yes"),
            ("--appendfsync", fsync),
            ("--aof-use-rdb-preamble", "yes"),
            ("--save", ""),
            ("--maxmemory", &memory),
            ("--maxmemory-policy", "noeviction"),
        ]
        .iter()
        .flat_map(|(name, value)| [(*name).to_owned(), (*value).to_owned()])
        .collect()
    }

    /// The server's lock, once nobody else serves this directory.
    async fn evict_orphan(&self) -> Result<fs::File, EmbeddedError> {
        let started = Instant::now();
        let mut asked = false;
        // An orphan that answers without holding the lock was started by hand, or its lock was deleted.
        if self.socket.exists() && self.ping().await.is_ok() {
            tracing::warn!(data_dir = %self.directory.path().display(),
                "embedded_redis.orphan_replaced");
            self.request_shutdown().await;
            asked = true;
        }
        loop {
            let lock = self.directory.server_lock();
            let gone = !asked || !self.socket.exists() || self.ping().await.is_err();
            if let (Some(lock), true) = (lock.map_err(|error| self.io(error))?, gone) {
                return Ok(lock);
            }
            if started.elapsed() > self.settings.stop_timeout {
                return Err(EmbeddedError::Orphan {
                    directory: self.directory.path().to_owned(),
                });
            }
            if !asked {
                self.request_shutdown().await;
                asked = true;
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    async fn until_ready(&self, server: &mut Server) -> Result<(), EmbeddedError> {
        let mut deadline = Instant::now() + self.settings.start_timeout;
        loop {
            match self.ping().await {
                Ok(()) => return Ok(()),
                // It reads its file, however long that takes: its end would show in the next look.
                Err(StoreError::ReadOnly(_)) => {
                    deadline = Instant::now() + self.settings.start_timeout;
                }
                Err(_) if Instant::now() > deadline => {
                    let waited = self.settings.start_timeout.as_secs();
                    return Err(self.not_started(format!("no answer within {waited} s")));
                }
                Err(_) => {}
            }
            let ended = server.0.as_mut().map(Child::try_wait);
            if let Some(Ok(Some(status))) = ended {
                return Err(self.not_started(format!("it ended with {status}")));
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Asks it to end, waits, and kills it if it does not.
    pub(super) async fn stop(&self, mut child: Child) -> Result<ExitStatus, EmbeddedError> {
        let ended = async {
            self.request_shutdown().await;
            child.wait().await
        };
        match timeout(self.settings.stop_timeout, ended).await {
            Ok(Ok(status)) => Ok(status),
            Ok(Err(error)) => Err(self.io(error)),
            Err(_) => {
                child.kill().await.map_err(|error| self.io(error))?;
                Err(EmbeddedError::Killed {
                    seconds: self.settings.stop_timeout.as_secs(),
                })
            }
        }
    }

    /// The server flushes its file before it closes the connection; it sends no reply.
    async fn request_shutdown(&self) {
        let asked = self.ask("SHUTDOWN", self.settings.stop_timeout).await;
        if let Err(StoreError::Refused(reason)) = asked {
            tracing::warn!(reason, "embedded_redis.shutdown_refused");
        }
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.ask("PING", ANSWER).await
    }

    async fn ask(&self, command: &str, wait: Duration) -> Result<(), StoreError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(ANSWER))
            .set_response_timeout(Some(wait));
        let client = Client::open(self.url())?;
        let mut connection = client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        Ok(redis::cmd(command).query_async(&mut connection).await?)
    }

    fn not_started(&self, reason: String) -> EmbeddedError {
        let log = self.directory.log_path();
        EmbeddedError::NotStarted {
            reason,
            last_words: last_lines(&log, 5),
            log,
        }
    }

    fn io(&self, source: io::Error) -> EmbeddedError {
        EmbeddedError::Directory {
            directory: self.directory.path().to_owned(),
            source,
        }
    }
}

/// The address of a socket by its whole path.
pub(super) fn url_of(socket: &Path) -> String {
    let path = url::Url::from_file_path(socket);
    // The path is absolute, which is all that the conversion asks for.
    let path = path.map_or_else(|()| String::new(), |url| url.path().to_owned());
    format!("unix://{path}")
}

fn last_lines(path: &Path, count: usize) -> String {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text[text.len().saturating_sub(4096)..]);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
