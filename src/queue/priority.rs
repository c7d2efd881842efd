//! When an item is due: the one place that decides the queue's order.

use std::time::Duration;

use crate::{
    comment::{score::Probability, standing::Standing},
    policy::priority::PriorityWeights,
};

/// Items that policy is sure of wait behind all others for this long.
const LAST: Duration = Duration::from_secs(7 * 24 * 3600);
/// Up to here a thread is not hot: some readers who write in the same second are no storm.
const COOL: f64 = 0.1;

/// What makes an item urgent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Urgency {
    /// How likely the comment is spam.
    pub probability: Probability,
    /// How many readers reported it.
    pub reports: u32,
    /// How much of the thread's limit is used up now: 0 to 1.
    pub thread_heat: f32,
    /// How far the site trusts the author.
    pub standing: Standing,
    /// Policy is sure of it; all others come first.
    pub queue_last: bool,
}

/// How long after its arrival an item is due.
///
/// `due = arrival + service level * (1 - bonuses)`, where each bonus is the site's weight for it times what follows, and
/// all of them together are at most 1, so that nothing is due before it came:
///
/// - uncertainty: 1 for a score of 0.5, falling to 0 for one of 0 or 1. Where a person adds most, a person looks first.
/// - reports: 1/2 for one, 3/4 for two, 7/8 for three …: each counts half as much as the one before, so that a campaign
///   of a hundred is worth hardly more than five readers.
/// - thread heat: from 0 while a tenth of the thread's limit is used up to 1 when all of it is. A storm is looked at while
///   it lasts.
/// - standing: 1 for a trusted author, 0 for any other. Who never made trouble should not wait behind who may.
///
/// Items that policy queues last are due a week later. Time changes no due time, so the order of the queue never has to
/// be computed again.
#[must_use]
pub fn due_in(service_level: Duration, weights: &PriorityWeights, urgency: &Urgency) -> Duration {
    let bonuses = weights.uncertainty.get() * uncertainty(urgency.probability)
        + weights.reports.get() * reported(urgency.reports)
        + weights.thread_heat.get() * hot(urgency.thread_heat)
        + weights.standing.get() * trusted(urgency.standing);
    let due = service_level.mul_f64(1.0 - bonuses.clamp(0.0, 1.0));
    if urgency.queue_last { due + LAST } else { due }
}

fn uncertainty(probability: Probability) -> f64 {
    1.0 - (2.0 * probability.get() - 1.0).abs()
}

fn reported(reports: u32) -> f64 {
    1.0 - 0.5f64.powi(i32::try_from(reports).unwrap_or(i32::MAX))
}

fn hot(heat: f32) -> f64 {
    let above = (f64::from(heat) - COOL) / (1.0 - COOL);
    // NaN, which no limit makes, is no heat.
    if above > 0.0 { above.min(1.0) } else { 0.0 }
}

fn trusted(standing: Standing) -> f64 {
    match standing {
        Standing::Trusted => 1.0,
        Standing::Normal | Standing::Held | Standing::Banned => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::priority::Share;

    /// Certain, unreported, in a cool thread, by nobody in particular.
    fn calm() -> Urgency {
        Urgency {
            probability: Probability::new(0.0).unwrap(),
            reports: 0,
            thread_heat: 0.0,
            standing: Standing::Normal,
            queue_last: false,
        }
    }

    fn weights(all: [f64; 4]) -> PriorityWeights {
        let [uncertainty, reports, thread_heat, standing] = all.map(|w| Share::new(w).unwrap());
        PriorityWeights {
            uncertainty,
            reports,
            thread_heat,
            standing,
        }
    }

    #[test]
    fn the_default_weights_order_the_queue_as_documented() {
        let hour = Duration::from_secs(3_600);
        let score = |p| Urgency {
            probability: Probability::new(p).unwrap(),
            ..calm()
        };
        let reports = |reports| Urgency { reports, ..calm() };
        let heat = |thread_heat| Urgency {
            thread_heat,
            ..calm()
        };
        let standing = |standing| Urgency { standing, ..calm() };
        let last = |urgency| Urgency {
            queue_last: true,
            ..urgency
        };
        let week = 604_800;
        let table = [
            ("certain", score(0.0), 3_600),
            ("certain spam", score(1.0), 3_600),
            ("somewhat uncertain", score(0.25), 2_700),
            ("as uncertain the other way", score(0.75), 2_700),
            ("most uncertain", score(0.5), 1_800),
            ("certain, last", last(score(1.0)), 3_600 + week),
            ("uncertain, last", last(score(0.5)), 1_800 + week),
            ("reported once", reports(1), 2_700),
            ("reported twice", reports(2), 2_250),
            ("reported thrice", reports(3), 2_025),
            ("reported by a crowd", reports(u32::MAX), 1_800),
            ("a few at once", heat(0.1), 3_600),
            ("half of the limit", heat(0.55), 3_240),
            ("all of the limit", heat(1.0), 2_880),
            ("no such heat", heat(7.0), 2_880),
            ("no number", heat(f32::NAN), 3_600),
            ("trusted", standing(Standing::Trusted), 2_880),
            ("held", standing(Standing::Held), 3_600),
            ("banned", standing(Standing::Banned), 3_600),
        ];
        for (what, urgency, seconds) in table {
            let due = due_in(hour, &PriorityWeights::default(), &urgency);
            // The heat is a float of 32 bits.
            assert_eq!(due.as_secs_f64().round(), f64::from(seconds), "{what}");
        }
    }

    #[test]
    fn bonuses_add_up_to_no_more_than_the_service_level() {
        let hour = Duration::from_secs(3_600);
        let all = Urgency {
            probability: Probability::new(0.5).unwrap(),
            reports: 1,
            thread_heat: 1.0,
            standing: Standing::Trusted,
            queue_last: false,
        };
        for (given, seconds) in [
            ([0.0, 0.0, 0.0, 0.0], 3_600),
            ([0.25, 0.5, 0.125, 0.125], 900),
            ([0.5, 0.5, 0.125, 0.125], 0),
            ([0.5, 0.5, 0.2, 0.2], 0),
            ([1.0, 1.0, 1.0, 1.0], 0),
        ] {
            let due = due_in(hour, &weights(given), &all);
            assert_eq!(due, Duration::from_secs(seconds), "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_due_before_it_came_or_after_its_service_level(
            given in [0.0..=1.0f64, 0.0..=1.0f64, 0.0..=1.0f64, 0.0..=1.0f64],
            probability in 0.0..=1.0f64,
            reports: u32,
            thread_heat: f32,
            standing in prop::sample::select(Standing::ALL.to_vec()),
            seconds in 1u64..=2_592_000,
        ) {
            let urgency = Urgency {
                probability: Probability::new(probability).unwrap(),
                reports,
                thread_heat,
                standing,
                queue_last: false,
            };
            let level = Duration::from_secs(seconds);
            prop_assert!(due_in(level, &weights(given), &urgency) <= level);
            let more = Urgency { reports: reports.saturating_add(1), ..urgency };
            let (due, sooner) = (due_in(level, &weights(given), &urgency), due_in(level, &weights(given), &more));
            prop_assert!(sooner <= due, "another report never makes an item wait");
        }
    }
}
