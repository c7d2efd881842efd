//! The service that the demo works on: one of its own, in this process and in a fresh directory, or one that runs.

use std::{
    fs,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    cli::client::reach::{Reach, Target},
    cli::failure::Failure,
    comment::ids::CommentId,
    config::{Config, sources::Sources},
    secrets,
};

use super::leftovers;

/// A clean stop takes a second or two; a service that needs longer hangs.
const STOP_DEADLINE: Duration = Duration::from_secs(30);

/// A service in this process, or a running one.
pub struct Service {
    /// Where it is, with an admin key.
    pub target: Target,
    own: Option<Own>,
}

/// What ends with the demo.
struct Own {
    directory: Directory,
    stop: CancellationToken,
    running: JoinSet<Result<(), Failure>>,
}

impl Service {
    /// Starts one in a fresh temporary directory.
    ///
    /// # Errors
    /// As the service says: no `redis-server` on this machine, for one.
    pub async fn start() -> Result<Self, Failure> {
        let directory = Directory::fresh()?;
        let own = directory.path().to_owned();
        let removed = tokio::task::spawn_blocking(move || leftovers::remove(&own));
        // Only a panic could come of it.
        let _ = removed.await;
        let stop = CancellationToken::new();
        let mut running = JoinSet::new();
        let target = start_in(directory.path(), &stop, &mut running).await?;
        Ok(Self {
            target,
            own: Some(Own {
                directory,
                stop,
                running,
            }),
        })
    }

    /// Takes one that runs.
    ///
    /// # Errors
    /// No usable key.
    pub fn running(reach: &Reach) -> Result<Self, Failure> {
        Ok(Self {
            target: reach.target()?,
            own: None,
        })
    }

    /// Where its data is, if it is our own.
    #[must_use]
    pub fn directory(&self) -> Option<&Path> {
        self.own.as_ref().map(|own| own.directory.path())
    }

    /// Ends when our own service ends before it was told to, with why.
    pub async fn ended_early(&mut self) -> Failure {
        let Some(own) = &mut self.own else {
            return std::future::pending().await;
        };
        match own.running.join_next().await {
            Some(Ok(Err(failure))) => failure,
            Some(Ok(Ok(()))) | None => Failure::new("the service stopped by itself"),
            Some(Err(error)) => Failure::new(format!("the service broke off: {error}")),
        }
    }

    /// Stops our own cleanly, its Redis too, and removes its directory.
    ///
    /// # Errors
    /// It did not end well or in time.
    pub async fn stop(self) -> Result<(), Failure> {
        let Some(mut own) = self.own else {
            return Ok(());
        };
        own.stop.cancel();
        let ended = tokio::time::timeout(STOP_DEADLINE, own.running.join_next()).await;
        match ended {
            Ok(Some(Ok(result))) => result,
            Ok(None) => Ok(()),
            Ok(Some(Err(error))) => Err(Failure::new(format!("the service broke off: {error}"))),
            Err(_) => Err(Failure::new(format!(
                "the service did not stop within {} s",
                STOP_DEADLINE.as_secs()
            ))),
        }
    }
}

/// The embedded default in `directory`, on a free port of loopback.
async fn start_in(
    directory: &Path,
    stop: &CancellationToken,
    running: &mut JoinSet<Result<(), Failure>>,
) -> Result<Target, Failure> {
    let flags = [
        ("server.listen", "127.0.0.1:0"),
        ("store.data_dir", &directory.display().to_string()),
    ];
    let flags = flags
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec();
    let sources = Sources {
        flags,
        ..Sources::default()
    };
    let config = Config::load(&sources).map_err(|error| Failure::new(error.to_string()))?;
    let app = App::build(config)
        .await
        .map_err(|error| Failure::new(error.to_string()))?;
    let address = format!("http://{}", app.local_addr());
    let stop = stop.clone();
    running.spawn(async move {
        app.run(stop)
            .await
            .map_err(|error| Failure::new(error.to_string()))
    });
    let key_file = directory.join(secrets::DIRECTORY).join(secrets::ADMIN_KEY);
    Target::new(address).with_key(&fs::read_to_string(key_file)?)
}

/// A directory of our own, removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn fresh() -> Result<Self, Failure> {
        let path =
            std::env::temp_dir().join(format!("{}{}", leftovers::PREFIX, CommentId::fresh()));
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|error| {
                Failure::new(format!(
                    "cannot make the directory {}: {error}; TMPDIR names another place",
                    path.display()
                ))
            })?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("replydesk: cannot remove {}: {error}", self.0.display());
        }
    }
}
