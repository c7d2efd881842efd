//! `[privacy]`: the pepper and the officer's public key, and what each replaced.

use std::{path::Path, time::Duration};

use crate::{
    config::{
        file,
        reader::Reader,
        values::{number, parsed, seconds},
    },
    privacy::{
        hashing::{OtherPepper, Pepper},
        keys::{KeyError, OfficerPublicKey, is_private_key},
    },
};

/// The pepper and the officer's public key. Both are there where `store.redis_url` is; else what is absent is made at
/// the first start.
#[derive(Debug, Clone)]
pub struct PrivacyConfig {
    /// The key of all hashes.
    pub pepper: Option<Pepper>,
    /// During a rotation, the pepper before it or the next: who comes to replicas with that is the same author.
    pub other_pepper: Option<OtherPepper>,
    /// To whom contact data is sealed.
    pub public_key: Option<OfficerPublicKey>,
    /// To whom it was sealed before: a Redis that was claimed for that key is taken over.
    pub previous_public_key: Option<OfficerPublicKey>,
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
        let next_pepper = either(reader, "privacy.next_pepper", "privacy.next_pepper_file");
        let public_key = either(reader, "privacy.public_key", "privacy.public_key_file");
        let previous_public_key = either(
            reader,
            "privacy.previous_public_key",
            "privacy.previous_public_key_file",
        );
        let reveals_per_day = reader.take("privacy.reveals_per_day", number(0..=10_000));
        let retention_every = reader.take("privacy.retention_s", seconds(1..=86_400));
        let pepper = pepper?;
        let other_pepper = other_pepper(reader, previous_pepper?, next_pepper?)?;
        let other_name = match &other_pepper {
            Some(OtherPepper::Next(_)) => "privacy.next_pepper",
            Some(OtherPepper::Previous(_)) | None => "privacy.previous_pepper",
        };
        let (public_key, previous_public_key) = (public_key?, previous_public_key?);
        let changes = (
            refuse_no_change(
                reader,
                ("privacy.pepper", other_name),
                pepper.as_ref().map(Pepper::fingerprint),
                other_pepper
                    .as_ref()
                    .map(|other| other.pepper().fingerprint()),
            ),
            refuse_no_change(
                reader,
                ("privacy.public_key", "privacy.previous_public_key"),
                public_key.as_ref().map(OfficerPublicKey::fingerprint),
                previous_public_key
                    .as_ref()
                    .map(OfficerPublicKey::fingerprint),
            ),
        );
        let ((), ()) = (changes.0?, changes.1?);
        Some(Self {
            pepper,
            other_pepper,
            public_key,
            previous_public_key,
            reveals_per_day: reveals_per_day?,
            retention_every: retention_every?,
        })
    }
}

/// A rotation knows two peppers, not three.
fn other_pepper(
    reader: &mut Reader<'_>,
    previous: Option<Pepper>,
    next: Option<Pepper>,
) -> Option<Option<OtherPepper>> {
    match (previous, next) {
        (Some(_), Some(_)) => {
            let what = "and privacy.previous_pepper are both set, and a replica knows one pepper besides its own: to lead a change back, set that pepper as next_pepper alone; to go on to a third, end the overlap first";
            reader.refuse("privacy.next_pepper", what);
            None
        }
        (Some(previous), None) => Some(Some(OtherPepper::Previous(previous))),
        (None, Some(next)) => Some(Some(OtherPepper::Next(next))),
        (None, None) => Some(None),
    }
}

/// A previous secret without another in its place would do nothing, and be taken for a rotation. Both by fingerprint.
fn refuse_no_change(
    reader: &mut Reader<'_>,
    (key, previous_key): (&str, &'static str),
    current: Option<String>,
    previous: Option<String>,
) -> Option<()> {
    let previous = match previous {
        None => return Some(()),
        Some(previous) => previous,
    };
    let message = match current {
        None => format!(
            "needs {key} beside it, which is not set: set both (or the files that hold them)"
        ),
        Some(current) if current == previous => format!(
            "is the same as {key}: one of the two must be another (`replydesk privacy keygen` makes one), or unset this; \
             each may stand in a file that a setting ending in _file names"
        ),
        Some(_) => return Some(()),
    };
    reader.refuse(previous_key, message);
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
    let read = if is_private_key(&text) {
        Err(KeyError::Private.to_string())
    } else {
        parsed(&text)
    };
    read.map_err(|error| format!("names a file whose content {error}"))
}
