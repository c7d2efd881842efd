//! `[access]`: the first admin key.

use std::str::FromStr;

use data_encoding::HEXLOWER_PERMISSIVE;

use crate::{
    comment::ids::KeyId,
    config::{reader::Reader, values::parsed},
};

/// The first admin key, known by its hash only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdminKeyHash {
    /// Which key.
    pub id: KeyId,
    /// SHA-256, as `replydesk key generate` prints it.
    pub sha256: [u8; 32],
}

impl FromStr for AdminKeyHash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text.starts_with("rd_") {
            return Err(
                "is a key, not its hash: treat it as leaked, make another by `replydesk key generate`, \
                 and set the hash that it prints",
            );
        }
        let wrong = "must be <16 hexadecimal digits>:<64 hexadecimal digits>, as `replydesk key generate` prints it";
        let (id, hash) = text.split_once(':').ok_or(wrong)?;
        let mut sha256 = [0; 32];
        if hash.len() != 64 {
            return Err(wrong);
        }
        HEXLOWER_PERMISSIVE
            .decode_mut(hash.as_bytes(), &mut sha256)
            .map_err(|_| wrong)?;
        let id = id.to_ascii_lowercase().parse().map_err(|_| wrong)?;
        Ok(Self { id, sha256 })
    }
}

/// Who may administer before any key is stored.
#[derive(Debug, Clone)]
pub struct AccessConfig {
    /// There where `store.redis_url` is; else made at the first start.
    pub admin_key_hash: Option<AdminKeyHash>,
}

impl AccessConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            admin_key_hash: reader.optional("access.admin_key_hash", parsed)?,
        })
    }
}
