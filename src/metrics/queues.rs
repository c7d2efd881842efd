//! What waits for moderators, as a worker last read it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    catalogue::{QUEUE_HELD, QUEUE_ITEMS, QUEUE_OLDEST, QUEUE_OVERDUE},
    exposition::Page,
};
use crate::comment::{ids::SiteId, lane::Lane};

/// So many sites are told by name.
const NAMED: usize = 50;
/// Who stands for the others.
const OTHERS: &str = "other";

/// One lane of a site.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LaneNow {
    /// Items that wait.
    pub items: u64,
    /// For how long the most urgent has, in seconds.
    pub oldest_age: f64,
}

/// A site's queue.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct QueueNow {
    /// Its lanes, in the order of [`Lane::ALL`].
    pub lanes: [LaneNow; Lane::ALL.len()],
    /// Items that are due already.
    pub overdue: u64,
    /// Items that somebody holds, or that rest.
    pub held: u64,
}

impl QueueNow {
    fn add(&mut self, other: &Self) {
        for (lane, more) in self.lanes.iter_mut().zip(&other.lanes) {
            lane.items += more.items;
            lane.oldest_age = lane.oldest_age.max(more.oldest_age);
        }
        self.overdue += other.overdue;
        self.held += other.held;
    }
}

/// All sites' queues. No larger than there are sites.
#[derive(Default)]
pub struct Queues(Mutex<BTreeMap<SiteId, QueueNow>>);

impl Queues {
    /// How a site's queue stands.
    pub fn saw(&self, site: &SiteId, now: QueueNow) {
        self.all().insert(site.clone(), now);
    }

    /// Forgets the sites that are not among these.
    pub fn keep(&self, sites: &[SiteId]) {
        self.all().retain(|site, _| sites.contains(site));
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<SiteId, QueueNow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// By name, and the others together under the last one.
    fn told(&self) -> Vec<(String, QueueNow)> {
        let all = self.all();
        let named = all.iter().take(NAMED);
        let mut told: Vec<_> = named.map(|(site, now)| (site.to_string(), *now)).collect();
        let mut others = QueueNow::default();
        all.values().skip(NAMED).for_each(|now| others.add(now));
        if all.len() > NAMED {
            // A site may be called so, too.
            match told.iter_mut().find(|(site, _)| site == OTHERS) {
                Some((_, now)) => now.add(&others),
                None => told.push((OTHERS.to_owned(), others)),
            }
        }
        told
    }

    pub(super) fn write(&self, page: &mut Page) {
        let told = self.told();
        let by_lane = |now: &QueueNow| Lane::ALL.into_iter().zip(now.lanes);
        let mut samples = page.family(&QUEUE_ITEMS);
        for (site, now) in &told {
            for (lane, of_lane) in by_lane(now) {
                samples.count(&[site, lane.word()], of_lane.items);
            }
        }
        let mut samples = page.family(&QUEUE_OLDEST);
        for (site, now) in &told {
            for (lane, of_lane) in by_lane(now) {
                samples.number(&[site, lane.word()], of_lane.oldest_age);
            }
        }
        let mut samples = page.family(&QUEUE_OVERDUE);
        for (site, now) in &told {
            samples.count(&[site], now.overdue);
        }
        let mut samples = page.family(&QUEUE_HELD);
        for (site, now) in &told {
            samples.count(&[site], now.held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(items: u64, oldest_age: f64) -> QueueNow {
        let mut now = QueueNow {
            overdue: 1,
            held: 2,
            ..QueueNow::default()
        };
        now.lanes[0] = LaneNow { items, oldest_age };
        now
    }

    #[test]
    fn fifty_sites_have_names_and_the_others_one() {
        let queues = Queues::default();
        for n in 0..60 {
            let site = format!("site-{n:02}").parse().unwrap();
            queues.saw(&site, waiting(1, f64::from(n)));
        }
        let told = queues.told();
        assert_eq!(told.len(), 51);
        let (name, others) = &told[50];
        assert_eq!((name.as_str(), others.lanes[0].items), ("other", 10));
        assert_eq!((others.overdue, others.held), (10, 20));
        assert!((others.lanes[0].oldest_age - 59.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_site_called_other_is_no_second_series() {
        let queues = Queues::default();
        for n in 0..60 {
            let site = format!("site-{n:02}").parse().unwrap();
            queues.saw(&site, waiting(1, 0.0));
        }
        queues.saw(&"other".parse().unwrap(), waiting(5, 0.0));
        let told = queues.told();
        let others: Vec<_> = told.iter().filter(|(site, _)| site == "other").collect();
        assert_eq!(others.len(), 1);
        assert_eq!(others[0].1.lanes[0].items, 5 + 11);
    }

    #[test]
    fn who_is_gone_is_forgotten() {
        let queues = Queues::default();
        let (gone, stays): (SiteId, SiteId) = ("gone".parse().unwrap(), "stays".parse().unwrap());
        queues.saw(&gone, waiting(1, 0.0));
        queues.saw(&stays, waiting(1, 0.0));
        queues.keep(&[stays]);
        let told = queues.told();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, "stays");
    }
}
