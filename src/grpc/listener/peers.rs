//! How many connections each peer has.

use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Semaphore;

/// Handshakes at once with one peer; its others wait within their deadline. A handshake takes two round trips.
const HANDSHAKES: usize = 16;

/// Where a peer is: an address of IPv4, or a /64 of IPv6, which is what one subscriber or machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address; one of IPv4 in the clothes of IPv6 is taken for what it is.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(address) => write!(f, "{address}/64"),
        }
    }
}

/// Who is connected, and how often. Never larger than the number of connections.
pub(super) struct Peers {
    most: usize,
    connected: Mutex<HashMap<Network, Peer>>,
}

struct Peer {
    connections: usize,
    handshakes: Arc<Semaphore>,
}

impl Peers {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            connected: Mutex::default(),
        })
    }

    /// A place for one more connection, unless the peer has its share.
    pub(super) fn enter(self: &Arc<Self>, network: Network) -> Option<Place> {
        let mut connected = self.connected();
        let peer = connected.entry(network).or_insert_with(|| Peer {
            connections: 0,
            handshakes: Arc::new(Semaphore::new(HANDSHAKES)),
        });
        if peer.connections >= self.most {
            return None;
        }
        peer.connections += 1;
        Some(Place {
            peers: Arc::clone(self),
            network,
            handshakes: Arc::clone(&peer.handshakes),
        })
    }

    fn connected(&self) -> MutexGuard<'_, HashMap<Network, Peer>> {
        self.connected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection of a peer, given back when dropped.
pub(super) struct Place {
    peers: Arc<Peers>,
    network: Network,
    handshakes: Arc<Semaphore>,
}

impl Place {
    /// What handshakes of this peer share.
    pub(super) fn handshakes(&self) -> &Arc<Semaphore> {
        &self.handshakes
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut connected = self.peers.connected();
        if let Some(peer) = connected.get_mut(&self.network) {
            peer.connections -= 1;
            if peer.connections == 0 {
                connected.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    #[test]
    fn a_peer_is_an_address_of_ipv4_or_a_64_of_ipv6() {
        for (one, other, is_same) in [
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8::1", "2001:db8::ffff:1", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
        ] {
            assert_eq!(network(one) == network(other), is_same, "{one} {other}");
        }
        assert_eq!(network("2001:db8::1").to_string(), "2001:db8::/64");
    }

    #[test]
    fn a_peer_has_its_share_and_nothing_stays_of_who_left() {
        let peers = Peers::new(2);
        let (here, there) = (network("192.0.2.1"), network("192.0.2.2"));
        let first = peers.enter(here).unwrap();
        let second = peers.enter(here).unwrap();
        assert!(peers.enter(here).is_none());
        let other = peers.enter(there).unwrap();
        drop(first);
        let third = peers.enter(here).unwrap();
        assert!(peers.enter(here).is_none());
        drop((second, third, other));
        assert!(peers.connected().is_empty());
    }
}
