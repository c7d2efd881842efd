//! Files that only their owner may read.

use std::{fs::OpenOptions, io, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

/// Writes a text and a line's end to a new file of mode 0600, and to the disk. Never replaces a file.
///
/// # Errors
/// The file is there already, or cannot be written; a half-written one is removed.
pub fn create_private(path: &Path, text: &str) -> io::Result<()> {
    create(path, text, 0o600)
}

/// The same for what everyone may read: mode 0644.
///
/// # Errors
/// As [`create_private`].
pub fn create_public(path: &Path, text: &str) -> io::Result<()> {
    create(path, text, 0o644)
}

fn create(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all());
    written.inspect_err(|_| {
        let _ = std::fs::remove_file(path);
    })
}
