//! Redis, the only store: connection, keys, packed records, and one typed twin for each script.

pub mod access_keys;
pub mod connection;
pub mod error;
pub mod keys;
pub mod script;
pub mod sites;
