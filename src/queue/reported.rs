//! When a reported comment is due.

use std::time::Duration;

use super::priority::{self, Urgency};
use crate::{
    comment::{score::Probability, standing::Standing},
    policy::Policy,
};

/// More reports than this bring nothing forward.
const MOST: u32 = 16;

/// How long after its arrival an item is due with one report, with two, and so on up to 16; each at least as soon as the one
/// before. How hot the thread was and how its author stands was for when the comment came.
#[must_use]
pub fn due_in(policy: &Policy, probability: Probability) -> Vec<Duration> {
    let after = |reports| {
        let urgency = Urgency {
            probability,
            reports,
            thread_heat: 0.0,
            standing: Standing::Normal,
            queue_last: false,
        };
        priority::due_in(policy.service_level(), policy.priority(), &urgency)
    };
    (1..=MOST).map(after).collect()
}
