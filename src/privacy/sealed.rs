//! The format of a sealed contact. Final: what is written once is read for ever.
//!
//! Sealed form, version 1, 49 bytes more than the contact itself:
//!
//! | bytes | what |
//! |---|---|
//! | 0 | version, 1 |
//! | 1-8 | data key id |
//! | 9-32 | nonce, random |
//! | 33- | the contact (see `plaintext.rs`), encrypted by XChaCha20-Poly1305, and its 16 bytes of tag |
//!
//! Associated data: `replydesk contact`, bytes 0-8, one byte with the length of the site's name, the name, the 16 bytes
//! of the comment's id. So a sealed contact opens only as what it is, on its site, with its comment. The wrapped data
//! key is described in `data_key.rs`. What the length of a sealed contact tells: about how long the address is.

use crate::comment::ids::{CommentId, SiteId};

pub(super) const VERSION: u8 = 1;
/// Where the nonce starts.
pub(super) const HEAD: usize = 9;
/// Where the encrypted contact starts.
pub(super) const BODY: usize = 33;
/// How long the tag at the end is.
pub(super) const TAG: usize = 16;

/// The data key that a contact is sealed with, as it says itself. `None` for what is no sealed contact.
#[must_use]
pub fn data_key_id(sealed: &[u8]) -> Option<[u8; 8]> {
    sealed.get(1..HEAD)?.try_into().ok()
}

/// The buffer and how much of it counts.
pub(super) fn associated_data(
    data_key_id: &[u8; 8],
    site: &SiteId,
    id: &CommentId,
) -> ([u8; 96], usize) {
    const PURPOSE: &[u8; 17] = b"replydesk contact";
    let name = site.as_str().as_bytes();
    let mut data = [0; 96];
    let mut length = 0;
    // A site's name has at most 40 bytes: at most 83 in all.
    let name_length = [u8::try_from(name.len()).unwrap_or(u8::MAX)];
    for part in [
        PURPOSE.as_slice(),
        &[VERSION],
        data_key_id,
        &name_length,
        name,
        id.as_bytes(),
    ] {
        data[length..length + part.len()].copy_from_slice(part);
        length += part.len();
    }
    (data, length)
}
