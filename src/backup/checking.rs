//! Reads a backup through, and writes nothing: frames, digests, and the snapshots in them.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use crate::{
    backup::{
        BackupError, End, Head, Progress, SourceHead,
        format::{FormatError, FrameReader, Part},
        rdb::{Rdb, RdbError},
    },
    store::schema,
};

/// A backup that is whole, and that this release can restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Where and when it was made.
    pub head: Head,
    /// Of which servers.
    pub sources: Vec<SourceHead>,
    /// How much it is.
    pub end: End,
    /// What names it, in hexadecimal digits.
    pub digest: String,
}

/// Reads a backup through. Blocks; memory is some hundred KiB, however large it is.
///
/// # Errors
/// What is wrong with it, as [`BackupError`] says.
pub fn check(path: &Path, progress: &Progress) -> Result<Checked, BackupError> {
    let mut reader = open(path)?;
    let head = reader.head().clone();
    schema::check(&head.schema.to_string(), &head.schema_release)?;
    let (mut sources, mut found) = (Vec::new(), End::default());
    loop {
        match reader.next_part()? {
            Part::Source(source) => {
                let mut rdb = Rdb::open(&mut reader, false).map_err(of_file)?;
                tally(&mut rdb, source.database, &mut found, progress).map_err(of_file)?;
                sources.push(source);
            }
            Part::End(end) if end == found => {
                return Ok(Checked {
                    head,
                    sources,
                    end,
                    digest: reader.digest(),
                });
            }
            Part::End(_) => {
                let (at, what) = (reader.position(), "its counts are not what is in it");
                return Err(FormatError::Wrong { at, what }.into());
            }
        }
    }
}

/// A backup, from its front on.
pub(super) fn open(path: &Path) -> Result<FrameReader<BufReader<File>>, BackupError> {
    let file = File::open(path).map_err(|error| BackupError::File {
        path: path.to_owned(),
        verb: "read",
        error,
    })?;
    Ok(FrameReader::open(BufReader::new(file))?)
}

/// What comes through the snapshot's reader may be the file's own trouble.
pub(super) fn of_file(error: RdbError) -> BackupError {
    match error {
        RdbError::Io(error) => match error.downcast::<FormatError>() {
            Ok(error) => error.into(),
            Err(error) => FormatError::Io(error).into(),
        },
        RdbError::Cut(_)
        | RdbError::NotOne
        | RdbError::Version(_)
        | RdbError::Unknown { .. }
        | RdbError::Damaged { .. } => error.into(),
    }
}

/// Reads a snapshot to its end, and counts.
pub(super) fn tally<R: Read>(
    rdb: &mut Rdb<R>,
    database: u64,
    sum: &mut End,
    progress: &Progress,
) -> Result<(), RdbError> {
    let before = sum.bytes;
    while let Some(entry) = rdb.next_entry()? {
        if entry.database == database {
            sum.keys += 1;
            sum.largest_value_bytes = sum.largest_value_bytes.max(entry.value_bytes);
        } else {
            sum.other_keys += 1;
        }
        progress.is(before + rdb.position(), sum.keys);
    }
    sum.sources += 1;
    sum.bytes += rdb.position();
    sum.rdb_version = sum.rdb_version.max(rdb.version());
    sum.used_memory_bytes = sum.used_memory_bytes.max(rdb.used_memory().unwrap_or(0));
    Ok(())
}
