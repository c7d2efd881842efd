//! `[access]`: the first admin key.

use crate::{
    access::root::RootKey,
    config::{reader::Reader, values::parsed},
};

/// Who may administer before any key is stored.
#[derive(Debug, Clone)]
pub struct AccessConfig {
    /// There where `store.redis_url` is; else made at the first start.
    pub admin_key_hash: Option<RootKey>,
}

impl AccessConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            admin_key_hash: reader.optional("access.admin_key_hash", parsed)?,
        })
    }
}
