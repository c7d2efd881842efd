//! Chance that can be repeated: everything random in a soak follows from one printed seed.

use std::time::Duration;

/// SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// From `SOAK_SEED`, or from the clock; printed, so that a failure can be repeated.
    pub fn of_this_run() -> Self {
        let clock = std::time::UNIX_EPOCH.elapsed().unwrap().as_micros() as u64;
        let seed = std::env::var("SOAK_SEED").map_or(clock, |seed| seed.parse().unwrap());
        println!("seed {seed} (repeat with SOAK_SEED={seed})");
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Dice of somebody's own.
    pub fn split(&mut self) -> Self {
        Self(self.next())
    }

    /// 0 to `below` - 1.
    pub fn number(&mut self, below: u64) -> u64 {
        self.next() % below
    }

    pub fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.number(to - from + 1))
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.number(100) < percent
    }
}
