//! Redis, the only store: connection, keys, packed records, and one typed twin for each script.

mod backoff;
pub mod connection;
pub mod decide;
pub mod error;
pub mod events;
pub mod keys;
pub mod leases;
pub mod observe;
pub mod read;
pub mod record;
pub mod reply;
pub mod script;
pub mod submit;
pub mod durability;
pub mod embedded;
pub mod identity;
pub mod preflight;
pub mod version;
pub mod wakeups;
