//! What a call shows of who makes it: gathered in one place from headers and connection, judged in one other.

use std::{fmt, net::IpAddr, sync::Arc};

use zeroize::Zeroizing;

use crate::access::certificate::ClientCertificate;

/// What a call shows of who makes it. `Debug` shows no key.
#[derive(Clone, Default)]
pub struct Presented {
    authorization: Option<Zeroizing<String>>,
    certificate: Option<Arc<ClientCertificate>>,
    peer: Option<IpAddr>,
}

impl Presented {
    /// Nothing but an `authorization` header, or not even that.
    #[must_use]
    pub fn header(authorization: Option<&str>) -> Self {
        Self {
            authorization: authorization.map(|header| Zeroizing::new(header.to_owned())),
            ..Self::default()
        }
    }

    /// The same over a connection whose client showed this certificate.
    #[must_use]
    pub fn with_certificate(mut self, certificate: Option<Arc<ClientCertificate>>) -> Self {
        self.certificate = certificate;
        self
    }

    /// The same from this address. One of IPv4 in the clothes of IPv6 (`::ffff:192.0.2.1`) is taken for what it is.
    #[must_use]
    pub fn from_peer(mut self, peer: Option<IpAddr>) -> Self {
        self.peer = peer.map(|address| address.to_canonical());
        self
    }

    /// The `authorization` header. `None` where it is absent or no text.
    #[must_use]
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_ref().map(|header| header.as_str())
    }

    /// The certificate that the connection's client showed and proved to own.
    #[must_use]
    pub fn certificate(&self) -> Option<&ClientCertificate> {
        self.certificate.as_deref()
    }

    /// From where the connection comes; a proxy's address where one is between. `None` where that is unknown.
    #[must_use]
    pub fn peer(&self) -> Option<IpAddr> {
        self.peer
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented")
            .field(
                "authorization",
                &self.authorization.as_ref().map(|_| "[redacted]"),
            )
            .field("certificate", &self.certificate)
            .field("peer", &self.peer.map(|_| "[redacted]"))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_address_is_taken_for_what_it_is() {
        for (from, peer) in [
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("192.0.2.1", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
        ] {
            let presented = Presented::default().from_peer(Some(from.parse().unwrap()));
            assert_eq!(presented.peer(), Some(peer.parse().unwrap()));
        }
    }

    #[test]
    fn neither_key_nor_address_is_shown() {
        let presented = Presented::header(Some("Bearer rd_canary"))
            .from_peer(Some("192.0.2.1".parse().unwrap()));
        let shown = format!("{presented:?}");
        assert!(
            !shown.contains("canary") && !shown.contains("192.0.2.1"),
            "{shown}"
        );
    }
}
