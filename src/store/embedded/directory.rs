//! The data directory: for one service at a time, and for its user only.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::EmbeddedError;

/// The shortest `sun_path` of the systems that we run on is macOS's: 104 bytes with the closing zero.
const LONGEST_SOCKET_PATH: usize = 103;

/// A log larger than this is set aside at the next start: with one predecessor, logs stay bounded.
const LARGEST_LOG_BYTES: u64 = 16 * 1024 * 1024;

/// A data directory that this process holds. Another process can take it once this is dropped, or the process ended.
#[derive(Debug)]
pub(super) struct DataDirectory {
    path: PathBuf,
    _held: File,
}

impl DataDirectory {
    /// Makes the directory (0700) if need be, and takes its lock.
    pub(super) fn take(path: &Path) -> Result<Self, EmbeddedError> {
        let failed = |source| EmbeddedError::Directory {
            directory: path.to_owned(),
            source,
        };
        private_directory(path).map_err(failed)?;
        let path = path.canonicalize().map_err(failed)?;
        let mut lock = lock_file(&path.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only for the message.
                let _ = lock.take(20).read_to_string(&mut holder);
                let holder = holder.trim().to_owned();
                return Err(EmbeddedError::InUse {
                    directory: path,
                    holder,
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        lock.set_len(0).map_err(failed)?;
        lock.rewind().map_err(failed)?;
        writeln!(lock, "{}", std::process::id()).map_err(failed)?;
        Ok(Self { path, _held: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn log_path(&self) -> PathBuf {
        self.path.join("redis.log")
    }

    /// The server's own lock. It is handed to the server as its standard input and so is held for exactly as long as
    /// the server lives: it shows an orphan that nothing else shows, and its end.
    pub(super) fn server_lock(&self) -> io::Result<Option<File>> {
        let lock = lock_file(&self.path.join("redis.lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Where the server writes what it has to say, at the end of what is there.
    pub(super) fn open_log(&self) -> io::Result<File> {
        let path = self.log_path();
        if fs::metadata(&path).is_ok_and(|log| log.len() > LARGEST_LOG_BYTES) {
            fs::rename(&path, self.path.join("redis.log.1"))?;
        }
        let mut options = OpenOptions::new();
        options.create(true).append(true).mode(0o600).open(path)
    }

    /// The server's socket: in the directory, or where the path would be too long for a socket, in a directory of its
    /// own among the temporary ones, which is the same at each start.
    pub(super) fn socket_path(&self) -> Result<PathBuf, EmbeddedError> {
        let socket = socket_of(&self.path).ok_or_else(|| EmbeddedError::PathTooLong {
            directory: self.path.clone(),
        })?;
        let outside = socket.parent().filter(|parent| *parent != self.path);
        if let Some(outside) = outside {
            self.make_own(outside)
                .map_err(|source| EmbeddedError::Directory {
                    directory: outside.to_owned(),
                    source,
                })?;
        }
        Ok(socket)
    }

    /// Everyone can write among the temporary files: a directory that somebody else put there is not ours.
    fn make_own(&self, path: &Path) -> io::Result<()> {
        private_directory(path)?;
        let (found, ours) = (fs::symlink_metadata(path)?, fs::metadata(&self.path)?);
        if found.is_dir() && found.uid() == ours.uid() && found.mode() & 0o077 == 0 {
            return Ok(());
        }
        let message = "it belongs to another user or others can enter it: remove it";
        Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
    }
}

/// Where the server of a data directory, by its whole path, has its socket; `None` where every place is too long a path.
pub(super) fn socket_of(directory: &Path) -> Option<PathBuf> {
    let inside = directory.join("redis.sock");
    if inside.as_os_str().len() <= LONGEST_SOCKET_PATH {
        return Some(inside);
    }
    let digest = Sha256::digest(directory.as_os_str().as_encoded_bytes());
    let name = data_encoding::HEXLOWER.encode(&digest[..8]);
    let temporary = [std::env::temp_dir(), PathBuf::from("/tmp")];
    temporary
        .into_iter()
        .map(|parent| parent.join(format!("replydesk-{name}")).join("redis.sock"))
        .find(|path| path.as_os_str().len() <= LONGEST_SOCKET_PATH)
}

fn private_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn lock_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_and_told_who_the_first_is() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let first = DataDirectory::take(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o700);
        let refused = DataDirectory::take(&path).unwrap_err().to_string();
        let pid = std::process::id().to_string();
        assert!(refused.contains(&pid), "{refused}");
        drop(first);
        DataDirectory::take(&path).unwrap();
    }

    #[test]
    fn a_deep_directory_gets_a_short_socket_that_stays_the_same() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("d".repeat(120));
        let data = DataDirectory::take(&path).unwrap();
        let socket = data.socket_path().unwrap();
        assert!(socket.as_os_str().len() <= LONGEST_SOCKET_PATH);
        assert_eq!(socket, data.socket_path().unwrap());
        fs::remove_dir(socket.parent().unwrap()).unwrap();
    }
}
