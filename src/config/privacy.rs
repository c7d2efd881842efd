//! `[privacy]`: the pepper and the officer's public key.

use std::{path::Path, time::Duration};

use crate::{
    config::{
        file,
        reader::Reader,
        values::{number, parsed, seconds},
    },
    privacy::{hashing::Pepper, keys::OfficerPublicKey},
};

/// The pepper and the officer's public key. Both are there where `store.redis_url` is; else what is absent is made at
/// the first start.
#[derive(Debug, Clone)]
pub struct PrivacyConfig {
    /// The key of all hashes.
    pub pepper: Option<Pepper>,
    /// The pepper before it: who wrote then is still known as the same author.
    pub previous_pepper: Option<Pepper>,
    /// To whom contact data is sealed.
    pub public_key: Option<OfficerPublicKey>,
    /// How many comments' contact data may be revealed a day and site.
    pub reveals_per_day: u32,
    /// Between two looks at what is kept for too long.
    pub retention_every: Duration,
}

impl PrivacyConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let pepper = either(reader, "privacy.pepper", "privacy.pepper_file");
        let previous_pepper = either(
            reader,
            "privacy.previous_pepper",
            "privacy.previous_pepper_file",
        );
        let public_key = either(reader, "privacy.public_key", "privacy.public_key_file");
        let reveals_per_day = reader.take("privacy.reveals_per_day", number(0..=10_000));
        let retention_every = reader.take("privacy.retention_s", seconds(1..=86_400));
        let (pepper, previous_pepper) = (pepper?, previous_pepper?);
        if let Some(previous) = &previous_pepper {
            refuse_no_change(reader, pepper.as_ref(), previous)?;
        }
        Some(Self {
            pepper,
            previous_pepper,
            public_key: public_key?,
            reveals_per_day: reveals_per_day?,
            retention_every: retention_every?,
        })
    }
}

/// A previous pepper without another in its place would do nothing, and be taken for a rotation.
fn refuse_no_change(
    reader: &mut Reader<'_>,
    pepper: Option<&Pepper>,
    previous: &Pepper,
) -> Option<()> {
    let key = "privacy.previous_pepper";
    match pepper {
        None => reader.refuse(
            key,
            "is the one before privacy.pepper, which is not set: set both (or the files that hold them)",
        ),
        Some(pepper) if pepper.fingerprint() == previous.fingerprint() => reader.refuse(
            key,
            "is the same as privacy.pepper: put a new one there (`replydesk privacy keygen`), or unset this",
        ),
        Some(_) => return Some(()),
    }
    None
}

/// A value that stands in the configuration or in a file of its own, not in both.
fn either<T>(reader: &mut Reader<'_>, value: &'static str, file: &'static str) -> Option<Option<T>>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    if reader.is_set(value) && reader.is_set(file) {
        reader.refuse(file, format!("and {value} are both set: unset one of them"));
        return None;
    }
    let given = reader.optional(value, parsed);
    let filed = reader.optional(file, from_file);
    match (given?, filed?) {
        (Some(value), _) | (None, Some(value)) => Some(Some(value)),
        (None, None) => Some(None),
    }
}

pub(super) fn from_file<T>(path: &str) -> Result<T, String>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let text = file::read_text(Path::new(path))
        .map_err(|error| format!("names a file that cannot be read ({error})"))?;
    parsed(&text).map_err(|error| format!("names a file whose content {error}"))
}
