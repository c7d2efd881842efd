//! When items are due: how long after what, by the service's own function.

use std::time::Duration;

use replydesk::{
    comment::{score::Probability, standing::Standing},
    policy::priority::{PriorityWeights, Share},
    proto::v1,
    queue::priority::{self, Urgency},
};

use super::model::Model;
use crate::harness::comments::everything_waits;

const LEVEL: Duration = Duration::from_secs(3_600);

/// When an item is due: so long after that. Lengths differ by 100 s or not at all, and no sequence takes as long: so they
/// come first in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    pub after: Duration,
    pub since: Moment,
}

/// When something was done: Redis's time is told by what was written then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// How much had been written.
    nth: usize,
    pub told: ToldBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ToldBy {
    /// The event at this place in the feed.
    Event(usize),
    /// The entry at this place among those of the audit log that are on a comment.
    Entry(usize),
}

/// Everything waits, and what is due does not hang on the score, which learns meanwhile.
pub fn policy() -> v1::Policy {
    v1::Policy {
        service_level: Some(prost_types::Duration {
            seconds: LEVEL.as_secs().try_into().unwrap(),
            nanos: 0,
        }),
        priority: Some(v1::PriorityWeights {
            uncertainty: Some(0.0),
            ..Default::default()
        }),
        // Who has an account need not give an address.
        required: Some(v1::RequiredFields {
            email: Some(false),
            ..Default::default()
        }),
        ..everything_waits()
    }
}

/// How long after its arrival an item is due.
pub fn due_in(reports: u32, standing: Standing) -> Duration {
    let weights = PriorityWeights {
        uncertainty: Share::new(0.0).unwrap(),
        ..PriorityWeights::default()
    };
    let urgency = Urgency {
        probability: Probability::new(0.5).unwrap(),
        reports,
        thread_heat: 0.0,
        standing,
        queue_last: false,
    };
    priority::due_in(LEVEL, &weights, &urgency)
}

impl Model {
    /// When the last event was.
    pub fn at_event(&self) -> Moment {
        self.at(ToldBy::Event(self.history.len() - 1))
    }

    /// When the last entry on a comment was.
    pub fn at_entry(&self) -> Moment {
        self.at(ToldBy::Entry(self.audit.len() - 1))
    }

    fn at(&self, told: ToldBy) -> Moment {
        Moment {
            nth: self.history.len() + self.audit.len(),
            told,
        }
    }
}
