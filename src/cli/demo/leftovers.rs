//! What a killed demo left among the temporary files: its directory, and perhaps its Redis.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Write},
    os::unix::{fs::MetadataExt, net::UnixStream},
    path::Path,
    thread,
    time::{Duration, Instant, SystemTime},
};

/// How the demo's directories are called.
pub const PREFIX: &str = "replydesk-demo-";

/// A directory younger than this may belong to a demo that has not locked it yet.
const YOUNG: Duration = Duration::from_secs(60);

/// How long a left Redis may take to end. It has nothing to save.
const END: Duration = Duration::from_secs(3);

/// Removes what killed demos of this user left beside `own`, the directory of a demo that starts. As well as it can be
/// done: what does not go stays, and nobody needs to know.
pub fn remove(own: &Path) {
    let (Some(parent), Ok(ours)) = (own.parent(), fs::metadata(own)) else {
        return;
    };
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_demos = entry.file_name().to_string_lossy().starts_with(PREFIX);
        // Not followed if it is a link: anybody can put one there.
        let is_ours = entry
            .metadata()
            .is_ok_and(|found| found.is_dir() && found.uid() == ours.uid());
        if is_demos && is_ours && path != own {
            let _ = remove_one(&path);
        }
    }
}

fn remove_one(directory: &Path) -> io::Result<()> {
    let lock = match File::open(directory.join("lock")) {
        Ok(lock) => Some(lock),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    match &lock {
        Some(lock) if !is_free(lock)? => return Ok(()),
        None if is_young(directory)? => return Ok(()),
        Some(_) | None => {}
    }
    // Our lock is held until the directory is gone.
    if end_redis(directory)? {
        fs::remove_dir_all(directory)?;
    }
    Ok(())
}

fn is_young(directory: &Path) -> io::Result<bool> {
    let made = fs::metadata(directory)?.modified()?;
    let age = SystemTime::now().duration_since(made);
    Ok(age.is_ok_and(|age| age < YOUNG))
}

/// Takes the lock, if nobody has it.
fn is_free(lock: &File) -> io::Result<bool> {
    match lock.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether no Redis works in the directory (any more). It holds its lock for as long as it lives.
fn end_redis(directory: &Path) -> io::Result<bool> {
    let Ok(lock) = File::open(directory.join("redis.lock")) else {
        return Ok(true);
    };
    if is_free(&lock)? {
        return Ok(true);
    }
    let mut redis = UnixStream::connect(directory.join("redis.sock"))?;
    redis.set_write_timeout(Some(END))?;
    redis.set_read_timeout(Some(END))?;
    redis.write_all(b"SHUTDOWN NOSAVE\r\n")?;
    // It answers by closing the connection.
    let _ = redis.read(&mut [0; 64]);
    let asked = Instant::now();
    while asked.elapsed() < END {
        if is_free(&lock)? {
            return Ok(true);
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_living_demo_holds_is_removed() {
        let temporary = tempfile::tempdir().expect("a directory");
        let demo = |name: &str, lock: bool| {
            let path = temporary.path().join(name);
            fs::create_dir(&path).expect("a directory");
            let lock = lock.then(|| File::create(path.join("lock")).expect("a lock"));
            (path, lock)
        };
        let (own, _) = demo("replydesk-demo-own", false);
        let (killed, _) = demo("replydesk-demo-killed", true);
        let (lives, lock) = demo("replydesk-demo-lives", true);
        let (starts, _) = demo("replydesk-demo-starts", false);
        let (other, _) = demo("other", true);
        let link = temporary.path().join("replydesk-demo-link");
        std::os::unix::fs::symlink(&other, link).expect("a link");
        let lock = lock.expect("its lock");
        lock.lock().expect("nobody else has it");
        remove(&own);
        assert!(!killed.exists());
        for kept in [&own, &lives, &starts, &other] {
            assert!(kept.exists(), "{}", kept.display());
        }
        drop(lock);
        remove(&own);
        assert!(!lives.exists());
    }
}
