//! Redis, the only store: connection, keys, packed records, and one typed twin for each script.

pub mod access_keys;
mod backoff;
pub mod confirmation;
pub mod connection;
pub mod decide;
pub mod durability;
pub mod embedded;
pub mod error;
pub mod events;
pub mod identity;
pub mod keys;
pub mod leases;
pub mod observe;
pub mod preflight;
pub mod read;
pub mod record;
pub mod replication;
pub mod reply;
pub mod review;
pub mod script;
pub mod sites;
pub mod submit;
pub mod version;
pub mod wakeups;
pub(crate) mod waves;
