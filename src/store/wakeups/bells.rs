//! One bell a site that has waiters here, and none for the others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::watch;

use super::{groups::Groups, learning::LearningBell};
use crate::comment::ids::SiteId;

/// Bounded by the waiters that live: the last one of a site takes its entry along.
#[derive(Default)]
pub(super) struct Bells {
    by_site: Mutex<HashMap<SiteId, Weak<Bell>>>,
    /// For those who learn, from whatever site.
    pub(super) learning: LearningBell,
}

pub(super) struct Bell {
    site: SiteId,
    home: Weak<Bells>,
    /// Wakes one of those who look at the same lanes.
    pub(super) queue: Groups,
    /// Counts the calls: each waiter knows which it has seen.
    pub(super) events: watch::Sender<u64>,
    /// The same, for leases that others have ended.
    pub(super) leases: watch::Sender<u64>,
}

impl Bells {
    /// Never hold this while a bell is dropped: its drop takes it.
    fn by_site(&self) -> MutexGuard<'_, HashMap<SiteId, Weak<Bell>>> {
        self.by_site.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn bell(bells: &Arc<Self>, site: &SiteId) -> Arc<Bell> {
        let mut by_site = bells.by_site();
        if let Some(bell) = by_site.get(site).and_then(Weak::upgrade) {
            return bell;
        }
        let bell = Arc::new(Bell {
            site: site.clone(),
            home: Arc::downgrade(bells),
            queue: Groups::default(),
            events: watch::Sender::new(0),
            leases: watch::Sender::new(0),
        });
        by_site.insert(site.clone(), Arc::downgrade(&bell));
        bell
    }

    pub(super) fn len(&self) -> usize {
        self.by_site().len()
    }

    /// Rings for what a message says; what is not a message of ours, or for a site without waiters, does nothing.
    pub(super) fn ring(&self, message: &[u8]) {
        let Some((kind, site)) = message.split_first() else {
            return;
        };
        match kind {
            b'm' => return self.learning.appended.send_modify(|count| *count += 1),
            b't' => return self.learning.free.send_modify(|count| *count += 1),
            _ => {}
        }
        let Ok(Ok(site)) = std::str::from_utf8(site).map(str::parse::<SiteId>) else {
            return;
        };
        let bell = self.by_site().get(&site).and_then(Weak::upgrade);
        if *kind == b'd' {
            self.learning.decided_on(site);
        }
        let Some(bell) = bell else { return };
        match kind {
            b'q' => bell.queue.ring(),
            b'e' | b'd' => bell.events.send_modify(|count| *count += 1),
            b'l' => bell.leases.send_modify(|count| *count += 1),
            b'b' => {
                bell.queue.ring();
                bell.events.send_modify(|count| *count += 1);
            }
            _ => {}
        }
    }

    /// Wakes everyone once, after a time in which messages may have been lost.
    pub(super) fn ring_all(&self) {
        let bells: Vec<Arc<Bell>> = self.by_site().values().filter_map(Weak::upgrade).collect();
        for bell in bells {
            bell.queue.ring_all();
            bell.events.send_modify(|count| *count += 1);
        }
        self.learning.ring_all();
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let Some(home) = self.home.upgrade() else {
            return;
        };
        let mut by_site = home.by_site();
        // A new waiter may have hung up a new bell since.
        if by_site
            .get(&self.site)
            .is_some_and(|bell| bell.strong_count() == 0)
        {
            by_site.remove(&self.site);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_now::now;

    use super::*;
    use crate::comment::{lane::Lane, lanes::Lanes};

    /// Whether a future is ready at its first poll.
    mod futures_now {
        use std::{
            future::Future,
            pin::pin,
            task::{Context, Waker},
        };

        pub(super) fn now(future: impl Future) -> bool {
            pin!(future)
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_ready()
        }
    }

    fn site(name: &str) -> SiteId {
        name.parse().unwrap()
    }

    #[test]
    fn a_message_wakes_its_kind_and_its_site_only() {
        for (message, queue, events) in [
            (&b"qnews"[..], true, false),
            (b"enews", false, true),
            (b"dnews", false, true),
            (b"m", false, false),
            (b"bnews", true, true),
            (b"qsport", false, false),
            (b"xnews", false, false),
            (b"q", false, false),
            (b"", false, false),
            (b"q\xff\xfe", false, false),
        ] {
            let bells = Arc::new(Bells::default());
            let bell = Bells::bell(&bells, &site("news"));
            let mut seen = bell.events.subscribe();
            let waiting = bell.queue.of(Lanes::USUAL);
            bells.ring(message);
            assert_eq!(now(waiting.notified()), queue, "{message:?}");
            assert_eq!(now(seen.changed()), events, "{message:?}");
        }
    }

    #[test]
    fn one_of_each_group_is_woken() {
        let bells = Arc::new(Bells::default());
        let bell = Bells::bell(&bells, &site("news"));
        let usual = [bell.queue.of(Lanes::USUAL), bell.queue.of(Lanes::USUAL)];
        let senior = bell.queue.of(Lanes::of([Lane::Escalated]).unwrap());
        bells.ring(b"qnews");
        let woken = usual.iter().filter(|bell| now(bell.notified())).count();
        assert_eq!(woken, 1);
        assert!(now(senior.notified()));
    }

    #[test]
    fn the_last_waiter_of_a_site_takes_its_bell_along() {
        let bells = Arc::new(Bells::default());
        let first = Bells::bell(&bells, &site("news"));
        let second = Bells::bell(&bells, &site("news"));
        let other = Bells::bell(&bells, &site("sport"));
        assert_eq!(bells.len(), 2);
        drop(first);
        assert_eq!(bells.len(), 2);
        drop((second, other));
        assert_eq!(bells.len(), 0);
    }

    #[test]
    fn a_reconnect_wakes_everyone() {
        let bells = Arc::new(Bells::default());
        let bell = Bells::bell(&bells, &site("news"));
        let mut seen = bell.events.subscribe();
        let waiting = bell.queue.of(Lanes::USUAL);
        bells.ring_all();
        assert!(now(waiting.notified()));
        assert!(now(seen.changed()));
        assert!(!now(seen.changed()));
    }
}
