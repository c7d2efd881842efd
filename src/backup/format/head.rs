//! What a backup says of itself, as JSON. Unknown fields are passed over, so that later releases may add some.

use serde::{Deserialize, Serialize};

/// In front: where and when. Fingerprints of secrets, never secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The schema of the data.
    pub schema: u32,
    /// Which release made the data's schema so; empty where nobody said.
    #[serde(default)]
    pub schema_release: String,
    /// Redis's time before the snapshot, in milliseconds since 1970: it holds whatever was acknowledged before.
    pub taken_at_ms: i64,
    /// The release that wrote the backup.
    pub replydesk: String,
    /// The pepper's fingerprint.
    pub pepper: String,
    /// The privacy key's fingerprint.
    pub privacy_key: String,
}

/// Before each snapshot: one for a single Redis, one for each primary of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceHead {
    /// Which server, such as `redis 7.0.15`.
    pub server: String,
    /// The database that ReplyDesk uses there; others are passed over.
    pub database: u64,
}

/// Behind: how much it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// How many sources.
    pub sources: u64,
    /// How many bytes of snapshots.
    pub bytes: u64,
    /// How many keys of ReplyDesk's databases, those included that have expired since.
    pub keys: u64,
    /// How many keys of other databases.
    pub other_keys: u64,
    /// The largest value, in bytes: a restore sends it at once.
    pub largest_value_bytes: u64,
    /// The newest version of Redis's snapshot format among the sources.
    pub rdb_version: u32,
    /// What Redis said that it took in memory, in bytes; the largest source's.
    #[serde(default)]
    pub used_memory_bytes: u64,
}
