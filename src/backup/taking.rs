//! Takes a backup: a snapshot, read through while it goes to a file.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio_util::sync::CancellationToken;

use crate::{
    backup::{
        BackupError, End, Head, Progress, SourceHead, blocking,
        checking::tally,
        format::FrameWriter,
        rdb::{Rdb, RdbError},
    },
    store::{
        connection::{Store, StoreSettings},
        error::StoreError,
        schema::{self, RELEASE, SchemaError},
        snapshot::{Facts, SnapshotError, SnapshotPlace, SnapshotStream},
    },
};

/// Where a backup goes.
pub enum Destination {
    /// A file that is not there yet; it appears whole, or not at all, with mode 0600.
    File(PathBuf),
    /// Whatever takes bytes. What it got is no backup unless [`Taking::run`] succeeds.
    Output(Box<dyn Write + Send>),
}

/// A backup to take.
pub struct Taking {
    /// The Redis that is backed up.
    pub settings: StoreSettings,
    /// Where it goes.
    pub destination: Destination,
    /// How far it is.
    pub progress: Arc<Progress>,
    /// Breaks it off, and removes what was written.
    pub cancelled: CancellationToken,
}

/// A backup that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Where and when.
    pub head: Head,
    /// Of which servers: one, or a cluster's primaries.
    pub sources: Vec<SourceHead>,
    /// How much.
    pub end: End,
    /// What names it, in hexadecimal digits.
    pub digest: String,
    /// Whether it is of a replica, which may be behind its primary.
    pub is_of_replica: bool,
}

/// One server's snapshot to come. A cluster has one for each primary.
struct Source {
    place: SnapshotPlace,
    settings: StoreSettings,
    head: SourceHead,
}

/// Marks an error as the file's, on its way through the reader of the snapshot.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unwritten(io::Error);

impl Taking {
    /// Takes it. What was acknowledged before the call is in it; the service goes on meanwhile. Redis forks, as for a
    /// replica: it needs memory for what changes until the snapshot is read.
    ///
    /// # Errors
    /// As [`BackupError`] says; no file is left then.
    pub async fn run(self) -> Result<Taken, BackupError> {
        let store = Store::open(self.settings.clone()).await?;
        let asked = match Facts::ask(&store).await {
            Ok(facts) => SnapshotPlace::all(&store).await.map(|all| (facts, all)),
            Err(error) => Err(error),
        };
        store.shutdown().await;
        let (facts, places) = asked?;
        let sources = places.into_iter().map(|place| {
            let database = place.database()?;
            let head = SourceHead {
                server: facts.server.clone(),
                database,
            };
            let settings = self.settings.clone();
            Ok(Source {
                place,
                settings,
                head,
            })
        });
        let sources = sources.collect::<Result<Vec<Source>, StoreError>>()?;
        let database = sources.first().map_or(0, |source| source.head.database);
        let head = head(&facts, database)?;
        let heads = sources.iter().map(|source| source.head.clone()).collect();
        let (told, progress, cancelled) = (head.clone(), self.progress, self.cancelled);
        let destination = self.destination;
        let written =
            blocking(move || write(destination, &head, &sources, &progress, &cancelled)).await;
        let (end, digest) = written?;
        Ok(Taken {
            head: told,
            sources: heads,
            end,
            digest,
            is_of_replica: facts.role != "master",
        })
    }
}

fn head(facts: &Facts, database: u64) -> Result<Head, BackupError> {
    if facts.is_restoring {
        return Err(SchemaError::Restoring.into());
    }
    let field = |name: &str| facts.identity.get(name).cloned();
    let (Some(pepper), Some(privacy_key)) = (field("pepper"), field("privacy_key")) else {
        return Err(BackupError::NothingThere(database));
    };
    let found = field("schema").unwrap_or_else(|| "1".to_owned());
    let schema_release = field("schema_release").unwrap_or_default();
    let schema = schema::check(&found, &schema_release)?;
    Ok(Head {
        schema,
        schema_release,
        taken_at_ms: facts.now_ms,
        replydesk: RELEASE.to_owned(),
        pepper,
        privacy_key,
    })
}

fn write(
    destination: Destination,
    head: &Head,
    sources: &[Source],
    progress: &Progress,
    cancelled: &CancellationToken,
) -> Result<(End, String), BackupError> {
    match destination {
        Destination::Output(output) => {
            let (_, end, digest) = frames(
                output,
                head,
                sources,
                progress,
                cancelled,
                BackupError::Output,
            )?;
            Ok((end, digest))
        }
        Destination::File(path) => {
            let failed = |error| BackupError::File {
                path: path.clone(),
                verb: "written",
                error,
            };
            let part = Part::create(&path).map_err(failed)?;
            let out = BufWriter::new(part.file.try_clone().map_err(failed)?);
            let (out, end, digest) = frames(out, head, sources, progress, cancelled, failed)?;
            drop(out);
            part.finish(&path).map_err(failed)?;
            Ok((end, digest))
        }
    }
}

fn frames<W: Write>(
    out: W,
    head: &Head,
    sources: &[Source],
    progress: &Progress,
    cancelled: &CancellationToken,
    failed: impl Fn(io::Error) -> BackupError,
) -> Result<(W, End, String), BackupError> {
    let mut frames = FrameWriter::begin(out, head).map_err(&failed)?;
    let mut sum = End::default();
    for source in sources {
        let stream = SnapshotStream::open(&source.place, &source.settings, cancelled.clone())?;
        frames.source(&source.head).map_err(&failed)?;
        let tee = Tee {
            stream,
            frames: &mut frames,
        };
        let read = Rdb::open(tee, false)
            .and_then(|mut rdb| tally(&mut rdb, source.head.database, &mut sum, progress));
        read.map_err(|error| told(error, &failed))?;
        frames.source_ends().map_err(&failed)?;
    }
    let (out, digest) = frames.finish(&sum).map_err(&failed)?;
    Ok((out, sum, digest))
}

/// Whose trouble it was.
fn told(error: RdbError, failed: impl Fn(io::Error) -> BackupError) -> BackupError {
    match error {
        RdbError::Io(error) => match error.downcast::<Unwritten>() {
            Ok(Unwritten(error)) => failed(error),
            Err(error) => SnapshotError::Io(error).into(),
        },
        RdbError::Cut(_)
        | RdbError::NotOne
        | RdbError::Version(_)
        | RdbError::Unknown { .. }
        | RdbError::Damaged { .. } => error.into(),
    }
}

/// Writes what is read.
struct Tee<'a, W> {
    stream: SnapshotStream,
    frames: &'a mut FrameWriter<W>,
}

impl<W: Write> Read for Tee<'_, W> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(out)?;
        let written = self.frames.data(&out[..count]);
        written.map_err(|error| io::Error::other(Unwritten(error)))?;
        Ok(count)
    }
}

/// A file under another name, until it is whole; removed if it never is.
struct Part {
    file: File,
    path: PathBuf,
    is_kept: bool,
}

impl Part {
    fn create(path: &Path) -> io::Result<Self> {
        refuse_what_is_there(path)?;
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut part = std::ffi::OsString::from(".");
        part.push(name);
        part.push(format!(
            ".{:016x}.part",
            getrandom::u64().map_err(io::Error::other)?
        ));
        let path = path.with_file_name(part);
        let mut options = OpenOptions::new();
        let file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        Ok(Self {
            file,
            path,
            is_kept: false,
        })
    }

    fn finish(mut self, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        refuse_what_is_there(path)?;
        fs::rename(&self.path, path)?;
        self.is_kept = true;
        let directory = path.parent().filter(|parent| *parent != Path::new(""));
        File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_kept {
            // What cannot be removed has a name that says what it is.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A backup never replaces another.
fn refuse_what_is_there(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        let what = "it is there already: choose another name";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
    }
    Ok(())
}
