//! How to reach Redis, and how long to wait for it.

use std::{fmt, sync::Arc, time::Duration};

use redis::AsyncConnectionConfig;

use super::address::Address;
use crate::{metrics::redis::Redis, store::error::StoreError};

/// Where Redis is and how a [`Store`](super::Store) treats it. `Debug` shows no password.
#[derive(Clone)]
pub struct StoreSettings {
    /// `redis://`, `rediss://`, `unix://`, `redis+sentinel://` or `redis+cluster://`, with user name, password and database
    /// where needed.
    pub url: String,
    /// Certificates (PEM) that a `rediss://` server is checked against instead of the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// How long one call may take, waiting for its turn included.
    pub timeout: Duration,
    /// How long making a connection may take, TLS and log-in included.
    pub connect_timeout: Duration,
    /// How many commands may wait for their answer at once; more wait their turn within their deadline.
    pub max_in_flight: usize,
    /// How often the connection and the server's readiness to write are tried out.
    pub probe_every: Duration,
    /// The first pause between two attempts to connect; it doubles up to `backoff_most`.
    pub backoff_least: Duration,
    /// The longest pause between two attempts to connect.
    pub backoff_most: Duration,
    /// Where calls are counted.
    pub metrics: Arc<Redis>,
}

impl StoreSettings {
    /// A server by its address, with the defaults: 2 s a call, 1 s to connect, 1,024 commands in flight, a probe each
    /// second, pauses from 20 ms to 1 s.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ca_pem: None,
            timeout: Duration::from_secs(2),
            connect_timeout: Duration::from_secs(1),
            max_in_flight: 1024,
            probe_every: Duration::from_secs(1),
            backoff_least: Duration::from_millis(20),
            backoff_most: Duration::from_secs(1),
            metrics: Arc::default(),
        }
    }

    /// What the address says.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when it cannot be used, and why.
    pub(super) fn parse(&self) -> Result<Address, StoreError> {
        Address::parse(&self.url)
            .map_err(|why| StoreError::Refused(format!("the address of Redis {why}")))
    }

    /// The client's own time-out is off: it would not count the wait for a turn, so [`Store`](super::Store) sets its
    /// own around the whole call.
    pub(super) fn connection_config(&self) -> AsyncConnectionConfig {
        AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.connect_timeout))
            .set_response_timeout(None)
            .set_concurrency_limit(self.max_in_flight.max(1))
    }

    /// The address without user name and password, for logs and messages.
    #[must_use]
    pub fn address(&self) -> String {
        let Some((scheme, rest)) = self.url.split_once("://") else {
            return "[unreadable address]".to_owned();
        };
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        format!("{scheme}://{place}")
    }
}

impl fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreSettings")
            .field("address", &self.address())
            .field("own_certificates", &self.ca_pem.is_some())
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("max_in_flight", &self.max_in_flight)
            .field("probe_every", &self.probe_every)
            .finish_non_exhaustive()
    }
}

/// Whether an address can be used.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that begins with its name; shows no password.
pub fn check_address(url: &str) -> Result<(), String> {
    Address::parse(url).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_shows_no_password() {
        for (url, shown) in [
            ("redis://:se@cret@host:6379/1", "redis://host:6379/1"),
            ("rediss://ada:secret@host", "rediss://host"),
            (
                "unix:///run/redis.sock?pass=secret",
                "unix:///run/redis.sock",
            ),
            (
                "redis+sentinel://:secret@a:1,b:2/main?sentinel_password=secret",
                "redis+sentinel://a:1,b:2/main",
            ),
            ("secret", "[unreadable address]"),
        ] {
            let settings = StoreSettings::new(url);
            assert_eq!(settings.address(), shown);
            assert!(!format!("{settings:?}").contains("secret"), "{url}");
        }
    }
}
