//! A client's certificate, as far as access asks about it.

use std::time::SystemTime;

/// A certificate that a connection's client showed; its chain and the possession of its key were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// Its subject's alternative names of the kinds DNS and URI, as they are written there.
    pub names: Vec<String>,
    /// When it ends.
    pub expires_at: SystemTime,
}
