//! Redis, the only store: connection, keys, packed records, and one typed twin for each script.

pub mod connection;
pub mod error;
pub mod script;
