//! Redis, the only store: connection, keys, packed records, and one typed twin for each script.

mod backoff;
pub mod connection;
pub mod durability;
pub mod embedded;
pub mod error;
pub mod identity;
pub mod preflight;
pub mod replication;
pub mod script;
pub mod version;
pub mod wakeups;
