//! How often each peer may fail to show a good key: guessing, and keys that are no good any more, must not cost others.
//!
//! Counted in this replica alone. A good key that is known here passes whatever its peer did, so that nobody behind the
//! same proxy keeps it out.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::access::error::AccessError;

/// How many networks are counted apart; while more of them fail at once, all are counted as one.
const MOST: usize = 65_536;
/// How often a full count is looked through for networks that may be forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Failures by peer. What is no address, such as a unix socket, is one peer.
pub(super) struct Peers {
    clock: DefaultClock,
    failures: DefaultKeyedRateLimiter<Option<IpAddr>>,
    most: usize,
    swept: Mutex<Instant>,
}

impl Peers {
    /// Lets each peer fail so often at once, and so often a minute.
    pub(super) fn new(per_minute: NonZeroU32) -> Self {
        Self {
            clock: DefaultClock::default(),
            failures: RateLimiter::keyed(Quota::per_minute(per_minute)),
            most: MOST,
            swept: Mutex::new(Instant::now()),
        }
    }

    /// What a call from this address is counted on.
    pub(super) fn attempt(&self, peer: Option<IpAddr>) -> Attempt<'_> {
        Attempt {
            peers: Some(self),
            peer,
        }
    }

    /// Forgets who has not failed lately.
    pub(super) fn forget_idle(&self) {
        self.failures.retain_recent();
    }

    fn fail(&self, peer: Option<IpAddr>) -> Result<(), AccessError> {
        let network = if self.is_full() {
            None
        } else {
            peer.map(network)
        };
        self.failures.check_key(&network).map_err(|not_until| {
            let retry_after = not_until.wait_time_from(self.clock.now());
            AccessError::TooManyFailures { retry_after }
        })
    }

    fn is_full(&self) -> bool {
        if self.failures.len() < self.most {
            return false;
        }
        {
            let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
            if swept.elapsed() < SWEEP_EVERY {
                return true;
            }
            *swept = Instant::now();
        }
        self.failures.retain_recent();
        self.failures.len() >= self.most
    }
}

/// One call, which counts as one failure at most.
pub(super) struct Attempt<'a> {
    /// `None` once it is counted, or where it shall not be.
    peers: Option<&'a Peers>,
    peer: Option<IpAddr>,
}

impl Attempt<'_> {
    /// One that is not counted.
    pub(super) fn uncounted() -> Self {
        Self {
            peers: None,
            peer: None,
        }
    }

    /// Counts it, unless it is counted.
    ///
    /// # Errors
    /// [`AccessError::TooManyFailures`]: the peer has failed too often before.
    pub(super) fn count(&mut self) -> Result<(), AccessError> {
        let counting = self.peers.take();
        counting.map_or(Ok(()), |peers| peers.fail(self.peer))
    }
}

/// Who has one address of an IPv6 network has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers(per_minute: u32) -> Peers {
        Peers::new(NonZeroU32::new(per_minute).unwrap())
    }

    fn fails(peers: &Peers, from: &str) -> bool {
        let peer = Some(from.parse().unwrap());
        peers.attempt(peer).count().is_ok()
    }

    #[test]
    fn a_peer_is_an_address_or_a_network_of_ipv6() {
        let peers = peers(2);
        assert!(fails(&peers, "192.0.2.1") && fails(&peers, "192.0.2.1"));
        assert!(!fails(&peers, "192.0.2.1"));
        assert!(fails(&peers, "192.0.2.2"), "another address");
        assert!(fails(&peers, "2001:db8::1") && fails(&peers, "2001:db8::ffff:1"));
        assert!(!fails(&peers, "2001:db8::2"), "the same /64");
        assert!(fails(&peers, "2001:db8:0:1::1"), "another /64");
    }

    #[test]
    fn a_call_counts_once_and_a_refusal_tells_how_long_to_wait() {
        let peers = peers(1);
        let mut attempt = peers.attempt(None);
        assert!(attempt.count().is_ok() && attempt.count().is_ok());
        let refused = peers.attempt(None).count();
        let Err(AccessError::TooManyFailures { retry_after }) = refused else {
            panic!("{refused:?}");
        };
        assert!(retry_after > Duration::from_secs(50) && retry_after <= Duration::from_secs(60));
        assert!(Attempt::uncounted().count().is_ok());
    }

    #[test]
    fn it_counts_no_more_networks_than_it_holds() {
        let mut peers = peers(2);
        peers.most = 100;
        let mut refused = 0;
        for n in 0..400_u128 {
            let peer = Ipv6Addr::from_bits(n << 64).into();
            refused += u32::from(peers.attempt(Some(peer)).count().is_err());
        }
        // A hundred apart, and two of all others together; a bucket of two a minute is full again after half of one.
        assert!(peers.failures.len() <= 101, "{}", peers.failures.len());
        assert_eq!(refused, 298);
    }
}
