//! This replica itself.

use super::{
    catalogue::{BUILD_INFO, CONNECTIONS, CONNECTIONS_REFUSED, READY, SEAL_LEASE, TLS_EXPIRES},
    exposition::Page,
    instruments::{Counter, Level},
};

/// What is only known when the page is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Now {
    /// It says that it is ready.
    pub ready: bool,
    /// Redis answers and takes writes.
    pub redis_up: bool,
    /// Connections to Redis that replaced an earlier one.
    pub redis_reconnects: u64,
    /// For how long it may store what it seals, in seconds.
    pub seal_lease: f64,
    /// For how long its certificate is good, in seconds; `None` without TLS.
    pub certificate: Option<f64>,
}

impl Now {
    pub(super) fn write(&self, page: &mut Page) {
        page.family(&READY).count(&[], self.ready.into());
        page.family(&SEAL_LEASE).number(&[], self.seal_lease);
        let mut samples = page.family(&TLS_EXPIRES);
        if let Some(seconds) = self.certificate {
            samples.number(&[], seconds);
        }
        let version = env!("CARGO_PKG_VERSION");
        page.family(&BUILD_INFO).count(&[version], 1);
    }
}

/// Connections of clients.
#[derive(Debug, Default)]
pub struct Connections {
    /// Those that are open.
    pub open: Level,
    /// Those that were closed at once.
    pub refused: Counter,
}

impl Connections {
    pub(super) fn write(&self, page: &mut Page) {
        page.family(&CONNECTIONS).count(&[], self.open.get());
        page.family(&CONNECTIONS_REFUSED)
            .count(&[], self.refused.get());
    }
}
