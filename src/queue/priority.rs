//! When an item is due: the one place that decides the queue's order.

use std::time::Duration;

use crate::comment::score::Probability;

/// Items that policy is sure of wait behind all others for this long.
const LAST: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long after its arrival an item is due.
///
/// `due = arrival + service level - bonus`, where the bonus is up to half the service level for a score that could not
/// be less certain (0.5), and nothing for one that could not be more (0 or 1): where a person adds most, a person
/// looks first. Items that policy queues last are due a week later. Waiting changes no due time, so the order of the
/// queue never has to be computed again.
#[must_use]
pub fn due_in(service_level: Duration, probability: Probability, queue_last: bool) -> Duration {
    let uncertainty = 1.0 - (2.0 * probability.get() - 1.0).abs();
    let due = service_level - service_level.mul_f64(0.5 * uncertainty);
    if queue_last { due + LAST } else { due }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_uncertain_is_due_first() {
        let hour = Duration::from_secs(3600);
        let table = [
            (0.5, false, 1800),
            (0.25, false, 2700),
            (0.75, false, 2700),
            (0.0, false, 3600),
            (1.0, false, 3600),
            (1.0, true, 3600 + 604_800),
        ];
        for (probability, last, seconds) in table {
            let due = due_in(hour, Probability::new(probability).unwrap(), last);
            assert_eq!(due.as_secs(), seconds, "{probability} {last}");
        }
    }
}
