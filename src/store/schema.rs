//! The number of the form in which data rests in Redis. It is raised only where an earlier release would misread what a
//! later one writes; a release reads every number up to its own.

/// What this release writes. Data that says nothing is 1.
pub const SCHEMA: u32 = 1;

/// Which release this is; beside a schema, the one that made it so.
pub const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// Why data is not touched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// A later release wrote it.
    #[error(
        "the data in this Redis has schema {found}, and this release ({RELEASE}) knows up to {SCHEMA}: {}",
        how_to_read(.release)
    )]
    Newer {
        /// As it is stored.
        found: String,
        /// Which release made it so; empty where nobody says.
        release: String,
    },
    /// Half of a backup is no data to work with.
    #[error(
        "a restore into this Redis was begun and has not finished. Let it finish; if it was broken off, run `replydesk restore FILE --erase-target`"
    )]
    Restoring,
}

fn how_to_read(release: &str) -> String {
    match release {
        "" => "use the release that wrote it, or a newer one".to_owned(),
        release => format!("use ReplyDesk {release} or newer"),
    }
}

/// Why a release must keep its hands off, by what is stored.
#[must_use]
pub fn refused(found: &str, release: &str, is_restoring: bool) -> Option<SchemaError> {
    if is_restoring {
        return Some(SchemaError::Restoring);
    }
    check(found, release).err()
}

/// The number of a schema that this release reads. What is no number is none that it knows.
///
/// # Errors
/// [`SchemaError::Newer`].
pub fn check(found: &str, release: &str) -> Result<u32, SchemaError> {
    match found.parse::<u32>() {
        Ok(number) if number <= SCHEMA => Ok(number),
        Ok(_) | Err(_) => Err(SchemaError::Newer {
            found: found.to_owned(),
            release: release.to_owned(),
        }),
    }
}
