//! One moderator at work: items come down as the moderator has hands free, the sites in turn; what is asked goes up and
//! is answered one by one; and when the session ends what is still held goes back at once.

mod answering;
mod claiming;
mod first;
mod hands;
mod lap;
mod renewing;
mod watching;

use std::time::Duration;

use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use crate::{
    queue::{
        Queue,
        dialogue::{Delivery, Move, SessionEnd, SessionPlan, SiteQueue},
    },
    store::wakeups::{EventWaiter, QueueWaiter},
};
use claiming::Station;
use hands::Hands;
use watching::Watching;

/// A send that is blocked for longer ends the session: the client does not read.
pub const READ_WITHIN: Duration = Duration::from_secs(10);
/// An idle session tells how the queues stand this often.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Whoever works a wave or a thread looks again this long after the site's feed had something: a look reads a part of it.
const GATHER: Duration = Duration::from_millis(200);

/// Whether items are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Working,
    /// The moderator wants none.
    Paused,
    /// The moderator has held an item for too long, and would only hold the next.
    Asleep,
}

/// A session in progress.
struct Session {
    queue: Queue,
    plan: SessionPlan,
    /// By the site's number.
    stations: Vec<Station>,
    /// What tells of new items, by the site's number. Whoever works a part looks again by the feed instead.
    rings: Vec<QueueWaiter>,
    hands: Hands,
    watching: Watching,
    pace: Pace,
    /// Whether there may be something to claim.
    hungry: bool,
    /// The site whose turn it is.
    turn: usize,
    last_sign_of_life: Instant,
    deliveries: mpsc::Sender<Delivery>,
}

/// What else a session hears of its sites. Kept for the session's life.
struct Ears {
    feeds: Vec<EventWaiter>,
    leases: Vec<EventWaiter>,
}

impl Queue {
    /// Runs a session to its end. `moves` ends when the client leaves; `deliveries` is closed when it does not listen.
    pub async fn work(
        &self,
        plan: SessionPlan,
        moves: mpsc::Receiver<Move>,
        deliveries: mpsc::Sender<Delivery>,
    ) -> SessionEnd {
        let (ears, rings) = self.listen(&plan);
        let stations = plan.sites.iter().map(|_| Station::default()).collect();
        let mut session = Session {
            queue: self.clone(),
            stations,
            rings,
            hands: Hands::default(),
            watching: Watching::new(plan.sites.len()),
            pace: Pace::Working,
            hungry: true,
            turn: 0,
            last_sign_of_life: Instant::now(),
            deliveries,
            plan,
        };
        let end = session.run(moves, ears).await;
        session.give_back_at_the_end().await;
        end
    }

    fn listen(&self, plan: &SessionPlan) -> (Ears, Vec<QueueWaiter>) {
        let wakeups = &self.wakeups;
        let part = plan.within.is_some();
        let sites = || plan.sites.iter();
        let rings = sites()
            .filter(|_| !part)
            .map(|site| wakeups.queue_waiter(site, plan.lanes))
            .collect();
        let ears = Ears {
            feeds: sites()
                .filter(|_| part)
                .map(|site| wakeups.event_waiter(site))
                .collect(),
            leases: sites().map(|site| wakeups.lease_waiter(site)).collect(),
        };
        (ears, rings)
    }
}

impl Session {
    async fn run(&mut self, mut moves: mpsc::Receiver<Move>, ears: Ears) -> SessionEnd {
        let settings = self.queue.settings;
        let shutdown = self.plan.shutdown.clone();
        let closed = self.deliveries.clone();
        let ends_at = self.plan.ends_at;
        let mut poll = ticks(settings.poll);
        let mut renewal = ticks((settings.lease / 3).min(settings.max_hold / 3));
        let mut heartbeat = ticks(HEARTBEAT);
        let mut look_at: Option<Instant> = None;
        let Ears {
            mut feeds,
            mut leases,
        } = ears;
        loop {
            if self.hungry
                && let Err(end) = self.claim().await
            {
                return end;
            }
            let (hungry, wants) = (self.hungry, self.wants() > 0);
            let done = tokio::select! {
                biased;
                () = shutdown.cancelled() => Err(SessionEnd::Shutdown),
                () = closed.closed() => Err(SessionEnd::Left),
                () = sleep_until(ends_at) => Err(SessionEnd::Age),
                said = moves.recv() => match said {
                    Some(said) => self.hear(said).await,
                    None => Err(SessionEnd::Left),
                },
                _ = renewal.tick() => self.renew_all().await,
                // Renewing tells which leases are over.
                (site, ()) = first::of(leases.iter_mut().map(EventWaiter::wait)) => self.renew(site).await,
                (site, news) = self.watching.news() => self.changed(site, news).await,
                _ = heartbeat.tick() => self.tell_counts().await,
                // Others were heard; on with what a claim has left.
                () = std::future::ready(()), if hungry => Ok(()),
                (site, ()) = first::of(self.rings.iter().map(QueueWaiter::wait)), if wants => {
                    self.hope(site);
                    Ok(())
                }
                _ = first::of(feeds.iter_mut().map(EventWaiter::wait)), if look_at.is_none() => {
                    look_at = Some(Instant::now() + GATHER);
                    Ok(())
                }
                () = sleep_until(look_at.unwrap_or(ends_at)), if look_at.is_some() => {
                    look_at = None;
                    self.hope_for_all();
                    Ok(())
                }
                _ = poll.tick() => { self.hope_for_all(); Ok(()) }
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    /// How many more items the moderator wants.
    fn wants(&self) -> usize {
        match self.pace {
            Pace::Working => self.plan.prefetch.saturating_sub(self.outstanding()),
            Pace::Paused | Pace::Asleep => 0,
        }
    }

    /// What is held, and what may be: a claim without an answer may have leased items.
    fn outstanding(&self) -> usize {
        let asked: usize = self.stations.iter().map(Station::unanswered).sum();
        self.hands.len() + asked
    }

    async fn deliver(&self, delivery: Delivery) -> Result<(), SessionEnd> {
        let sent = tokio::select! {
            biased;
            sent = self.deliveries.send_timeout(delivery, READ_WITHIN) => sent,
            // Whoever does not read must not keep the items from others meanwhile.
            () = self.plan.shutdown.cancelled() => return Err(SessionEnd::Shutdown),
        };
        match sent {
            Ok(()) => Ok(()),
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => Err(SessionEnd::NotRead),
            Err(mpsc::error::SendTimeoutError::Closed(_)) => Err(SessionEnd::Left),
        }
    }

    async fn tell_counts(&self) -> Result<(), SessionEnd> {
        let mut queues = Vec::with_capacity(self.plan.sites.len());
        for (number, site) in self.plan.sites.iter().enumerate() {
            let Ok(counts) = self.queue.counts(site).await else {
                continue;
            };
            queues.push(SiteQueue {
                site: number,
                counts,
            });
        }
        if queues.is_empty() {
            return Ok(());
        }
        self.deliver(Delivery::Heartbeat(queues)).await
    }
}

fn ticks(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval(period.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
