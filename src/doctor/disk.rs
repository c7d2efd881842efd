//! Room for the embedded Redis's files.

use std::path::Path;

use super::{Check, mebibytes};
use crate::config::Config;

const NAME: &str = "disk";

/// Below this, the next rewrite of the append-only file may not fit.
const WARN_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Below this, writes will soon fail.
const FAIL_BYTES: u64 = 256 * 1024 * 1024;

/// Looks at the data directory's file system; a Redis elsewhere has its own.
pub(super) fn look(config: &Config) -> Option<Check> {
    if config.store.redis_url.is_some() {
        return None;
    }
    let directory = &config.store.data_dir;
    // Before the first start, where it will be made.
    let there = directory.ancestors().find(|path| path.exists());
    let there = there.unwrap_or(Path::new("."));
    Some(match rustix::fs::statvfs(there) {
        Ok(found) => room(directory, found.f_bavail.saturating_mul(found.f_frsize)),
        Err(error) => Check::failure(
            NAME,
            format!("{} cannot be looked at: {error}", there.display()),
            "name a data directory that the service's user may write",
        ),
    })
}

pub(super) fn room(directory: &Path, free: u64) -> Check {
    let found = format!("{} free for {}", mebibytes(free), directory.display());
    let mend = "make room, or move the data directory: Redis writes a second file whenever it rewrites its own";
    match free {
        free if free < FAIL_BYTES => Check::failure(NAME, found, mend),
        free if free < WARN_BYTES => Check::warning(NAME, found, mend),
        _ => Check::ok(NAME, found),
    }
}
