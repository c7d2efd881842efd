//! When a reported comment is due.

use std::time::Duration;

use super::priority;
use crate::{comment::score::Probability, policy::Policy};

/// More reports than this bring nothing forward.
const MOST: u32 = 16;

/// How long after its arrival an item is due with one report, with two, and so on up to 16; each at least as soon as the one
/// before.
#[must_use]
pub fn due_in(policy: &Policy, probability: Probability) -> Vec<Duration> {
    let unreported = priority::due_in(policy.service_level(), probability, false);
    (1..=MOST)
        .map(|reports| unreported.mul_f64(1.0 - bonus(reports)))
        .collect()
}

/// 0.3 for one report, and as much for each doubling, up to 0.9.
fn bonus(reports: u32) -> f64 {
    (0.3 * f64::from(1 + reports).log2()).min(0.9)
}
