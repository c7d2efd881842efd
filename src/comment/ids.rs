//! Names: of sites, threads, comments, readers and access keys. Each parses once and is right from then on.

use std::{fmt, str::FromStr, sync::Arc};

use uuid::Uuid;

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a site's name.
    #[error("must be 1 to 40 of a-z, 0-9 and -, and start with a letter")]
    Site,
    /// Not a thread's name.
    #[error("must be 1 to 200 bytes without control characters")]
    Thread,
    /// Not a comment's name.
    #[error("must be a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057 (version 7 advised)")]
    Comment,
    /// Not an account's name.
    #[error("must be 1 to 200 bytes without control characters")]
    Account,
    /// Not a bulk operation's name.
    #[error("must be a UUID that you make for each bulk decision (version 7 advised)")]
    Operation,
    /// Not a wave's id.
    #[error("must be a wave's number, as it stands in a comment's wave_id")]
    Wave,
    /// Not an access key's id.
    #[error("must be 16 hexadecimal digits")]
    Key,
}

/// A site's name: 1 to 40 of a-z, 0-9 and -, starting with a letter. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteId(Arc<str>);

impl SiteId {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SiteId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let starts_right = text.starts_with(|c: char| c.is_ascii_lowercase());
        let spelt_right = text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if starts_right && spelt_right && text.len() <= 40 {
            Ok(Self(text.into()))
        } else {
            Err(IdError::Site)
        }
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The blog's name of an article: 1 to 200 bytes, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ThreadId(Box<str>);

/// The blog's name of a logged-in reader: 1 to 200 bytes, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountId(Box<str>);

fn is_opaque_name(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= 200 && !text.chars().any(char::is_control)
}

impl ThreadId {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ThreadId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        is_opaque_name(text)
            .then(|| Self(text.into()))
            .ok_or(IdError::Thread)
    }
}

impl AccountId {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        is_opaque_name(text)
            .then(|| Self(text.into()))
            .ok_or(IdError::Account)
    }
}

/// A comment's name in the blog and here: a UUID that the blog made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommentId(Uuid);

impl CommentId {
    /// A fresh one, version 7: for clients such as the demo.
    #[must_use]
    pub fn fresh() -> Self {
        Self(Uuid::now_v7())
    }

    /// The 16 bytes that name it in Redis.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// From the 16 bytes that name it in Redis.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

impl FromStr for CommentId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match Uuid::try_parse(text) {
            Ok(uuid) if !uuid.is_nil() => Ok(Self(uuid)),
            Ok(_) | Err(_) => Err(IdError::Comment),
        }
    }
}

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommentId({self})")
    }
}

/// The name of a bulk operation: a UUID that the caller made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OperationId(Uuid);

impl OperationId {
    /// A fresh one, version 7: for clients such as the command line.
    #[must_use]
    pub fn fresh() -> Self {
        Self(Uuid::now_v7())
    }

    /// The 16 bytes that name it in Redis.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// From the 16 bytes that name it in Redis.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

impl FromStr for OperationId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match Uuid::try_parse(text) {
            Ok(uuid) if !uuid.is_nil() => Ok(Self(uuid)),
            Ok(_) | Err(_) => Err(IdError::Operation),
        }
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// A wave of near-identical comments of one site: the place in the order of arrival of the comment that began it, at
/// least 1 and below 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WaveId(u64);

impl WaveId {
    /// From the place; `None` for 0 and for what no place can be.
    #[must_use]
    pub fn new(place: u64) -> Option<Self> {
        (1..1 << 53).contains(&place).then_some(Self(place))
    }

    /// The place.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl FromStr for WaveId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let place = text.parse().ok().filter(|_| !text.starts_with('+'));
        place.and_then(Self::new).ok_or(IdError::Wave)
    }
}

impl fmt::Display for WaveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The public part of an access key: 64 bits, written as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// The 8 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    /// From the 8 bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }
}

impl FromStr for KeyId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let mut bytes = [0; 8];
        let decoded = (text.len() == 16)
            .then(|| data_encoding::HEXLOWER.decode_mut(text.as_bytes(), &mut bytes));
        match decoded {
            Some(Ok(8)) => Ok(Self(bytes)),
            Some(_) | None => Err(IdError::Key),
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// A keyed hash (HMAC-SHA-256 with the pepper, per site, cut to 128 bits) that stands for an author, an IP address or
/// a text. Equal inputs on one site have equal hashes; nothing else can be learnt from one without the pepper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyedHash([u8; 16]);

impl KeyedHash {
    /// The 16 bytes that name it in Redis.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From the 16 bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// The first 64 bits of the keyed hash of an IP address: enough to know it again, and little enough to stand in each
/// comment. It lives no longer than the contact data that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IpHash([u8; 8]);

impl IpHash {
    /// Of the whole hash.
    #[must_use]
    pub fn of(hash: &KeyedHash) -> Self {
        let mut first = [0; 8];
        first.copy_from_slice(&hash.0[..8]);
        Self(first)
    }

    /// The 8 bytes that name it in Redis.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    /// From the 8 bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }
}
