//! `[privacy]`: the pepper and the officer's public key.

use std::path::Path;

use crate::{
    config::{file, reader::Reader, values::parsed},
    privacy::{hashing::Pepper, keys::OfficerPublicKey},
};

/// The pepper and the officer's public key. Both are there where `store.redis_url` is; else what is absent is made at
/// the first start.
#[derive(Debug, Clone)]
pub struct PrivacyConfig {
    /// The key of all hashes.
    pub pepper: Option<Pepper>,
    /// To whom contact data is sealed.
    pub public_key: Option<OfficerPublicKey>,
}

impl PrivacyConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let pepper = either(reader, "privacy.pepper", "privacy.pepper_file");
        let public_key = either(reader, "privacy.public_key", "privacy.public_key_file");
        Some(Self {
            pepper: pepper?,
            public_key: public_key?,
        })
    }
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
