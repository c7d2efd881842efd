//! What protects this replica: how many submissions it takes in a second, by access key and in all.
//!
//! Sites' limits are exact and shared by all replicas; they are checked in `submit.lua`. This one only keeps a replica
//! from being overrun, costs no round trip, and knows nothing of other replicas.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    DefaultDirectRateLimiter, DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter,
    clock::{Clock, DefaultClock, QuantaInstant},
};

use crate::comment::ids::KeyId;

/// Submissions a second, by key and in all. Keys are authenticated ones, so there are no more than access keys.
pub struct Throttle {
    clock: DefaultClock,
    by_key: DefaultKeyedRateLimiter<KeyId>,
    overall: DefaultDirectRateLimiter,
}

impl Throttle {
    /// Takes so many a second, with a burst of a second's worth.
    #[must_use]
    pub fn new(per_key: NonZeroU32, overall: NonZeroU32) -> Self {
        Self {
            clock: DefaultClock::default(),
            by_key: RateLimiter::keyed(Quota::per_second(per_key)),
            overall: RateLimiter::direct(Quota::per_second(overall)),
        }
    }

    /// Takes one more, or says how long to wait.
    ///
    /// # Errors
    /// The wait.
    pub fn check(&self, key: KeyId) -> Result<(), Duration> {
        self.by_key
            .check_key(&key)
            .map_err(|not_until| self.wait(&not_until))?;
        self.overall
            .check()
            .map_err(|not_until| self.wait(&not_until))
    }

    /// Forgets keys that have not come lately.
    pub fn forget_idle(&self) {
        self.by_key.retain_recent();
    }

    fn wait(&self, not_until: &NotUntil<QuantaInstant>) -> Duration {
        not_until.wait_time_from(self.clock.now())
    }
}
