//! The embedded default: a private `redis-server` on the data directory, started, watched and stopped by the service.

mod directory;
mod server;
mod supervisor;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::store::{durability::Durability, version::Version};
use directory::DataDirectory;
use server::Launcher;
use supervisor::{Ending, Supervisor};

/// Where and how the private server runs.
#[derive(Debug, Clone)]
pub struct EmbeddedSettings {
    /// The data directory; made with mode 0700 if it is not there.
    pub directory: PathBuf,
    /// `Disk` syncs the file before each reply, the others each second.
    pub durability: Durability,
    /// The server program; `None` looks for `redis-server`, then `valkey-server`, in the search path.
    pub program: Option<PathBuf>,
    /// The most memory that the data may take, in bytes; `None` sets no bound.
    pub max_memory_bytes: Option<u64>,
    /// How long a starting server may stay silent. Reading a large file is not silence.
    pub start_timeout: Duration,
    /// How long a server may take to end before it is killed.
    pub stop_timeout: Duration,
}

impl EmbeddedSettings {
    /// A directory with the defaults: every write on disk before its reply, no bound on memory, 10 s to start and to stop.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            durability: Durability::Disk,
            program: None,
            max_memory_bytes: None,
            start_timeout: Duration::from_secs(10),
            stop_timeout: Duration::from_secs(10),
        }
    }
}

/// Why the private server does not run.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No server program on this machine.
    #[error(
        "redis-server is not installed. Install it with `{}`, or set REDIS_URL to a Redis that is already there",
        INSTALL
    )]
    NotInstalled,
    /// The program cannot be run.
    #[error("{} cannot be run: {source}", program.display())]
    Program {
        /// Which.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The program is too old.
    #[error("{} says \"{said}\", but {oldest} or newer is needed. Install it with `{}`", program.display(), INSTALL)]
    TooOld {
        /// Which.
        program: PathBuf,
        /// What it says of itself.
        said: String,
        /// What is needed.
        oldest: Version,
    },
    /// Another service has the directory.
    #[error(
        "another replydesk (process {holder}) works on {}. Stop it, or choose another data directory",
        directory.display()
    )]
    InUse {
        /// Which.
        directory: PathBuf,
        /// Its process id, as it wrote it.
        holder: String,
    },
    /// The directory or a file in it cannot be used.
    #[error("{} cannot be used: {source}", directory.display())]
    Directory {
        /// Which.
        directory: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No place for a socket.
    #[error(
        "{} is too long a path for a socket, and so is the one for temporary files. Choose a shorter data directory",
        directory.display()
    )]
    PathTooLong {
        /// Which.
        directory: PathBuf,
    },
    /// A killed service's server neither answers nor ends.
    #[error(
        "a redis-server that a killed service left on {} does not end. Find it with `ps ax | grep redis-server`, end it, and start again",
        directory.display()
    )]
    Orphan {
        /// Which.
        directory: PathBuf,
    },
    /// The server did not come up.
    #[error("redis-server did not start: {reason}. Its last words, in {}:\n{last_words}", log.display())]
    NotStarted {
        /// What was seen.
        reason: String,
        /// The end of its log.
        last_words: String,
        /// Its log.
        log: PathBuf,
    },
    /// The server had to be killed. Acknowledged writes are in its file all the same.
    #[error("redis-server did not stop within {seconds} s and was killed")]
    Killed {
        /// How long it was given.
        seconds: u64,
    },
}

/// What a [`Store`](crate::store::connection::Store) connects to, where a service runs a private server on this data
/// directory; `None` where none seems to run.
#[must_use]
pub fn running(directory: &Path) -> Option<String> {
    let directory = directory.canonicalize().ok()?;
    let socket = directory::socket_of(&directory)?;
    // A killed server leaves its socket behind: connecting to it tells.
    socket.exists().then(|| server::url_of(&socket))
}

/// The server program that a private server would be started with.
///
/// # Errors
/// None is installed, or it is too old.
pub async fn program(settings: &EmbeddedSettings) -> Result<PathBuf, EmbeddedError> {
    server::find(settings).await
}

/// The command that installs a server here.
const INSTALL: &str = if cfg!(target_os = "macos") {
    "brew install redis"
} else {
    "apt-get install redis-server"
};

/// The private server. It is restarted when it dies; dropped, it is stopped in the background: call [`Embedded::stop`].
pub struct Embedded {
    url: String,
    tasks: TaskTracker,
    stopping: CancellationToken,
    ending: Ending,
    _ends_when_dropped: DropGuard,
}

impl Embedded {
    /// Takes the directory, replaces an orphan, starts the server and waits until it answers.
    ///
    /// # Errors
    /// As [`EmbeddedError`] says. A failed start leaves no process and no lock.
    pub async fn start(settings: EmbeddedSettings) -> Result<Self, EmbeddedError> {
        let program = server::find(&settings).await?;
        let directory = DataDirectory::take(&settings.directory)?;
        let launcher = Launcher {
            program,
            socket: directory.socket_path()?,
            directory,
            settings,
        };
        let url = launcher.url();
        let server = launcher.launch().await?;
        let stopping = CancellationToken::new();
        let (supervisor, ending) = Supervisor::new(launcher, &server, stopping.clone());
        let tasks = TaskTracker::new();
        tasks.spawn(supervisor.watch(server));
        tasks.close();
        Ok(Self {
            url,
            tasks,
            ending,
            _ends_when_dropped: stopping.clone().drop_guard(),
            stopping,
        })
    }

    /// What a [`Store`](crate::store::connection::Store) connects to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server's process id, while it runs: for tests and for the curious.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.ending.process_id()
    }

    /// Stops the server cleanly, or kills it after the settings' time, and gives the directory back.
    ///
    /// # Errors
    /// [`EmbeddedError::Killed`] when it had to be killed.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        self.stopping.cancel();
        self.tasks.wait().await;
        self.ending.outcome()
    }
}
