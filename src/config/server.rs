//! `[server]`: where and how the service listens.

use std::{net::SocketAddr, time::Duration};

use crate::config::{
    reader::Reader,
    values::{milliseconds, number, seconds, switch},
};

/// Where and how the service listens.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether plain text beyond loopback was asked for; then a warning is due at each start.
    pub allow_plaintext: bool,
    /// The largest message taken, in bytes.
    pub max_message_bytes: usize,
    /// Connections at once.
    pub max_connections: usize,
    /// Connections at once from one address; of IPv6, from one /64.
    pub max_connections_per_peer: usize,
    /// Calls at once on a connection.
    pub max_concurrent_streams: u32,
    /// The longest that a call which is no stream may take.
    pub request_timeout: Duration,
    /// The longest that a shutdown waits for calls in flight.
    pub drain_timeout: Duration,
    /// The age at which a stream ends itself, before jitter.
    pub stream_max_age: Duration,
    /// The age from which a connection takes no new calls, before jitter.
    pub connection_max_age: Duration,
    /// Between pings on a quiet connection.
    pub keepalive: Duration,
    /// The longest that a connection stays open without a call.
    pub idle_timeout: Duration,
    /// The longest that a reply waits for a client that does not read it.
    pub unread_timeout: Duration,
}

impl ServerConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let listen = reader.take("server.listen", address);
        let allow_plaintext = reader.take("server.allow_plaintext", switch);
        let beyond_loopback = listen.filter(|listen| !listen.ip().is_loopback());
        let is_plain = !reader.is_set("tls.certificate_file");
        if let (Some(_), Some(false), true) = (beyond_loopback, allow_plaintext, is_plain) {
            reader.refuse(
                "server.listen",
                "is reachable from elsewhere, and keys and e-mail addresses would travel in plain text: \
                 listen on 127.0.0.1, set up TLS (tls.certificate_file), or set server.allow_plaintext = true where the network is trusted",
            );
        }
        // Below 64 KiB a comment of the allowed length would not fit.
        let max_message_bytes =
            reader.take("server.max_message_bytes", number(65_536..=16_777_216));
        let max_connections = reader.take("server.max_connections", number(1..=65_536));
        let per_peer = reader.take("server.max_connections_per_peer", number(1..=65_536));
        let streams = reader.take("server.max_concurrent_streams", number(1..=65_536));
        let request_timeout = reader.take("server.request_timeout_ms", milliseconds(100..=60_000));
        let drain_timeout = reader.take("server.drain_timeout_ms", milliseconds(0..=300_000));
        let stream_max_age = reader.take("server.stream_max_age_s", seconds(10..=86_400));
        let connection_max_age = reader.take("server.connection_max_age_s", seconds(1..=86_400));
        let keepalive = reader.take("server.keepalive_s", seconds(1..=3_600));
        let idle_timeout = reader.take("server.idle_timeout_s", seconds(1..=86_400));
        let unread_timeout = reader.take("server.unread_timeout_s", seconds(1..=3_600));
        Some(Self {
            listen: listen?,
            allow_plaintext: allow_plaintext?,
            max_message_bytes: max_message_bytes?,
            max_connections: max_connections?,
            max_connections_per_peer: per_peer?,
            max_concurrent_streams: streams?,
            request_timeout: request_timeout?,
            drain_timeout: drain_timeout?,
            stream_max_age: stream_max_age?,
            connection_max_age: connection_max_age?,
            keepalive: keepalive?,
            idle_timeout: idle_timeout?,
            unread_timeout: unread_timeout?,
        })
    }
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let text = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    text.parse().map_err(|_| {
        "must be an IP address and a port such as 127.0.0.1:50051 or [::1]:50051".to_owned()
    })
}
