//! Of access keys.

use crate::comment::ids::KeyId;

/// Hash: an access key.
#[must_use]
pub fn access_key(id: KeyId) -> Vec<u8> {
    format!("{{replydesk}}:key:{id}").into_bytes()
}

/// What [`access_key`] keys start with, for scripts that learn ids on their way.
#[must_use]
pub fn access_key_prefix() -> Vec<u8> {
    b"{replydesk}:key:".to_vec()
}

/// Set: the ids of all access keys.
#[must_use]
pub fn access_keys() -> Vec<u8> {
    b"{replydesk}:keys".to_vec()
}
