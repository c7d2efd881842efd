//! The only place that spells keys. A site's keys carry the hash tag `{<site>}`, so that one script can touch them all
//! in a cluster; what belongs to no site carries `{replydesk}`. A site may be called `replydesk` too: it shares the slot,
//! so no key of a site may be spelt `{<site>}:sites`, `{<site>}:keys` or `{<site>}:key:…`.

use crate::comment::ids::{KeyId, SiteId, ThreadId};

/// A site's record. Hash: `v` policy version, decimal, from 1; `p` policy, JSON; `n` display name; `t` created,
/// milliseconds. No TTL. Written by `site_create.lua` and `site_update.lua`.
#[must_use]
pub fn site(site: &SiteId) -> Vec<u8> {
    format!("{{{site}}}:site").into_bytes()
}

/// A thread's settings. Hash: `v` version of the settings, decimal, absent for 0; `closed`, `1` while it takes no
/// comments. No TTL. Written by `thread_close.lua`.
#[must_use]
pub fn thread(site: &SiteId, thread: &ThreadId) -> Vec<u8> {
    format!("{{{site}}}:t:{}", thread.as_str()).into_bytes()
}

/// The names of all sites. Set; at most [`MAX_SITES`](crate::store::sites::MAX_SITES). A name may be there without a
/// record, for a moment or after a crash between the two. No TTL. Written by `site_register.lua`.
#[must_use]
pub fn sites() -> Vec<u8> {
    b"{replydesk}:sites".to_vec()
}

/// An access key's record. Hash: `h` SHA-256 of the secret, 32 bytes; `role` its word; `sites` names with commas
/// between, or `*`; `label`; `created`, `expires`, `revoked` in milliseconds, the last two absent for never. No TTL:
/// the audit log names keys for as long as it lives. Written by `key_create.lua` and `key_revoke.lua`.
#[must_use]
pub fn access_key(id: KeyId) -> Vec<u8> {
    format!("{{replydesk}}:key:{id}").into_bytes()
}

/// The ids of all access keys. Set of hexadecimal ids; at most
/// [`MAX_KEYS`](crate::store::access_keys::MAX_KEYS). No TTL. Written by `key_create.lua`.
#[must_use]
pub fn access_keys() -> Vec<u8> {
    b"{replydesk}:keys".to_vec()
}
