//! What the trainer and the followers of the model log hear.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, watch};

use crate::comment::ids::SiteId;

/// More sites than this at once are all sites.
const MOST_SITES: usize = 1_000;

/// The sites with something to learn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// These.
    Sites(HashSet<SiteId>),
    /// Any: messages may have been lost, or there are too many.
    All,
}

/// Rings for what concerns the model, whatever the site.
pub(super) struct LearningBell {
    /// Collected only while somebody listens: the trainer.
    decided: Mutex<Option<Heard>>,
    rung: Notify,
    /// Counts appends to the log.
    pub(super) appended: watch::Sender<u64>,
    /// Counts how often the trainer's lease was given back.
    pub(super) free: watch::Sender<u64>,
}

impl Default for LearningBell {
    fn default() -> Self {
        Self {
            decided: Mutex::new(None),
            rung: Notify::new(),
            appended: watch::Sender::new(0),
            free: watch::Sender::new(0),
        }
    }
}

impl LearningBell {
    /// Held for a few steps only, never across an await.
    fn decided(&self) -> MutexGuard<'_, Option<Heard>> {
        self.decided.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts to collect, with everything to look at first.
    pub(super) fn listen(&self) {
        *self.decided() = Some(Heard::All);
        self.rung.notify_one();
    }

    /// Collects no more.
    pub(super) fn ignore(&self) {
        *self.decided() = None;
    }

    pub(super) fn decided_on(&self, site: SiteId) {
        let mut decided = self.decided();
        match &mut *decided {
            None => return,
            Some(Heard::All) => {}
            Some(Heard::Sites(sites)) => {
                sites.insert(site);
                if sites.len() > MOST_SITES {
                    *decided = Some(Heard::All);
                }
            }
        }
        self.rung.notify_one();
    }

    /// Messages may have been lost.
    pub(super) fn ring_all(&self) {
        let listening = self.decided().as_mut().map(|heard| *heard = Heard::All);
        if listening.is_some() {
            self.rung.notify_one();
        }
        self.appended.send_modify(|count| *count += 1);
        self.free.send_modify(|count| *count += 1);
    }

    pub(super) async fn heard(&self) -> Heard {
        loop {
            let heard = self.decided().as_mut().map(|heard| {
                let nothing = Heard::Sites(HashSet::new());
                std::mem::replace(heard, nothing)
            });
            match heard {
                Some(Heard::Sites(sites)) if sites.is_empty() => {}
                None => {}
                Some(heard) => return heard,
            }
            self.rung.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    fn heard(bell: &LearningBell) -> Option<Heard> {
        match pin!(bell.heard()).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(heard) => Some(heard),
            Poll::Pending => None,
        }
    }

    #[test]
    fn the_trainer_hears_of_every_site_once_and_others_collect_nothing() {
        let bell = LearningBell::default();
        let site = |n: usize| format!("site-{n}").parse::<SiteId>().unwrap();
        bell.decided_on(site(1));
        assert_eq!(heard(&bell), None, "nobody listens");
        bell.listen();
        assert_eq!(heard(&bell), Some(Heard::All), "what came before");
        for n in [1, 2, 1] {
            bell.decided_on(site(n));
        }
        assert_eq!(heard(&bell), Some(Heard::Sites([site(1), site(2)].into())));
        assert_eq!(heard(&bell), None);
        bell.ring_all();
        assert_eq!(heard(&bell), Some(Heard::All));
        for n in 0..=MOST_SITES {
            bell.decided_on(site(n));
        }
        assert_eq!(heard(&bell), Some(Heard::All), "bounded");
        bell.ignore();
        bell.decided_on(site(1));
        assert_eq!(heard(&bell), None);
    }
}
