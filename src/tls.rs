//! TLS of the server: certificates from files, taken anew when the files change, and what clients' certificates say.

pub mod certificate;
pub mod error;
pub mod live;
pub mod watch;

mod files;
pub(crate) mod material;
