//! How many comments may come how fast. The generic cell rate algorithm (GCRA, ITU-T I.371) runs in `submit.lua`.

use std::time::Duration;

/// A rate with a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    per_minute: u32,
    burst: u32,
}

impl Limit {
    /// The most that a rate or a burst may be.
    pub const MAX: u32 = 1_000_000;

    /// `None` unless both are 1 to [`Limit::MAX`].
    #[must_use]
    pub fn new(per_minute: u32, burst: u32) -> Option<Self> {
        let in_range = |n: u32| (1..=Self::MAX).contains(&n);
        (in_range(per_minute) && in_range(burst)).then_some(Self { per_minute, burst })
    }

    /// Comments a minute, 1 to [`Limit::MAX`].
    #[must_use]
    pub fn per_minute(self) -> u32 {
        self.per_minute
    }

    /// How many may come at once, 1 to [`Limit::MAX`].
    #[must_use]
    pub fn burst(self) -> u32 {
        self.burst
    }

    /// GCRA's emission interval: how long one comment uses up.
    #[must_use]
    pub fn interval(self) -> Duration {
        Duration::from_micros(60_000_000 / u64::from(self.per_minute))
    }
}

/// The limits of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For each author.
    pub author: Limit,
    /// For each IP address (IPv6: for each /64).
    pub ip_address: Limit,
    /// For each thread.
    pub thread: Limit,
    /// For the whole site.
    pub site: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        let limit = |per_minute, burst| Limit { per_minute, burst };
        Self {
            author: limit(5, 3),
            ip_address: limit(30, 10),
            thread: limit(600, 100),
            site: limit(6_000, 1_000),
        }
    }
}

/// Which limit refused a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitName {
    /// The author's.
    Author,
    /// The IP address's.
    IpAddress,
    /// The thread's.
    Thread,
    /// The site's.
    Site,
}

impl LimitName {
    /// In the order in which scripts number them, from 1.
    pub const ALL: [Self; 4] = [Self::Author, Self::IpAddress, Self::Thread, Self::Site];

    /// Its word in replies and metrics.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::IpAddress => "ip_address",
            Self::Thread => "thread",
            Self::Site => "site",
        }
    }
}
