//! `[ops]`: the port for those who run the service.

use std::net::SocketAddr;

use crate::config::{reader::Reader, server::address};

/// The port for those who run the service: metrics, health, the log's level.
#[derive(Debug, Clone)]
pub struct OpsConfig {
    /// `None`: there is no such port. Port 0 takes a free one.
    pub listen: Option<SocketAddr>,
}

impl OpsConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let listen = reader.optional("ops.listen", address)?;
        Some(Self { listen })
    }
}
