//! One moderator at work: items come down as the moderator has hands free, verdicts and skips go up and are answered
//! one by one, and when the session ends what is still held goes back at once.

use std::{collections::HashMap, time::Duration};

use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until, timeout},
};

use crate::{
    comment::{ids::CommentId, lease::LeaseToken},
    queue::{
        Queue,
        dialogue::{Delivery, Move, SessionEnd, SessionPlan},
        ruling::{DecideRefusal, Decision, Ruling},
    },
    store::error::StoreError,
};

/// A send that is blocked for longer ends the session: the client does not read.
pub const READ_WITHIN: Duration = Duration::from_secs(10);
/// An idle session tells how the queue stands this often.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A session in progress.
struct Session {
    queue: Queue,
    plan: SessionPlan,
    held: HashMap<CommentId, LeaseToken>,
    /// Tokens of a claim whose reply was lost: repeated, it returns the same items.
    unanswered: Vec<LeaseToken>,
    hungry: bool,
    last_sign_of_life: Instant,
    deliveries: mpsc::Sender<Delivery>,
}

impl Queue {
    /// Runs a session to its end. `moves` ends when the client leaves; `deliveries` is closed when it does not listen.
    pub async fn work(
        &self,
        plan: SessionPlan,
        moves: mpsc::Receiver<Move>,
        deliveries: mpsc::Sender<Delivery>,
    ) -> SessionEnd {
        let mut session = Session {
            queue: self.clone(),
            plan,
            held: HashMap::new(),
            unanswered: Vec::new(),
            hungry: true,
            last_sign_of_life: Instant::now(),
            deliveries,
        };
        let end = session.run(moves).await;
        session.give_back().await;
        end
    }
}

impl Session {
    async fn run(&mut self, mut moves: mpsc::Receiver<Move>) -> SessionEnd {
        let queue = self.queue.clone();
        let shutdown = self.plan.shutdown.clone();
        let closed = self.deliveries.clone();
        let waiter = queue.wakeups.queue_waiter(&self.plan.site);
        let mut taken = queue.wakeups.lease_waiter(&self.plan.site);
        let mut poll = ticks(queue.settings.poll);
        let mut renewal = ticks(queue.settings.lease / 3);
        let mut heartbeat = ticks(HEARTBEAT);
        loop {
            if self.hungry
                && let Err(end) = self.claim().await
            {
                return end;
            }
            let done = tokio::select! {
                biased;
                () = shutdown.cancelled() => Err(SessionEnd::Shutdown),
                () = closed.closed() => Err(SessionEnd::Left),
                () = sleep_until(self.plan.ends_at) => Err(SessionEnd::Age),
                said = moves.recv() => match said {
                    Some(said) => self.answer(said).await,
                    None => Err(SessionEnd::Left),
                },
                _ = renewal.tick() => self.renew().await,
                // Renewing tells which leases are over.
                () = taken.wait() => self.renew().await,
                () = waiter.wait(), if self.free_hands() > 0 => { self.hungry = true; Ok(()) }
                _ = poll.tick() => { self.hungry = self.free_hands() > 0; Ok(()) }
                _ = heartbeat.tick() => self.tell_counts().await,
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    fn free_hands(&self) -> usize {
        self.plan.prefetch.saturating_sub(self.held.len())
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

    async fn claim(&mut self) -> Result<(), SessionEnd> {
        self.hungry = false;
        for _ in self.unanswered.len()..self.free_hands() {
            self.unanswered.extend(fresh_token());
        }
        let wanted = self.free_hands().min(self.unanswered.len());
        if wanted == 0 {
            return Ok(());
        }
        let (site, settings) = (self.plan.site.clone(), self.queue.settings);
        let tokens = &self.unanswered[..wanted];
        let claim = self.queue.store.claim(
            &site,
            self.plan.caller.key_id,
            tokens,
            settings.lease,
            settings.longest_rest(),
        );
        // Whatever went wrong, the slow poll tries again with the same tokens.
        let items = match claim.await {
            Ok(items) => items,
            Err(error) => {
                tracing::warn!(site = %site, error = &error as &dyn std::error::Error, "queue.claim_failed");
                return Ok(());
            }
        };
        self.unanswered.clear();
        if self.held.is_empty() {
            // Who had nothing to do had nothing to say: the time for a sign of life starts with the first item.
            self.last_sign_of_life = Instant::now();
        }
        for leased in &items {
            self.held.insert(leased.item.comment.id, leased.token);
        }
        let comments: Vec<_> = items.iter().map(|leased| &leased.item.comment).collect();
        let contexts = self
            .queue
            .store
            .contexts(&site, &comments)
            .await
            .unwrap_or_default();
        let mut contexts = contexts.into_iter();
        for leased in items {
            self.deliver(Delivery::Item(
                Box::new(leased),
                contexts.next().unwrap_or_default(),
            ))
            .await?;
        }
        Ok(())
    }

    async fn answer(&mut self, said: Move) -> Result<(), SessionEnd> {
        self.last_sign_of_life = Instant::now();
        let answer = match said {
            Move::Ping => return Ok(()),
            Move::Unreadable => return Err(SessionEnd::Unreadable),
            Move::Invalid(request, found) => Delivery::Invalid(request, found),
            Move::Decide(request, ruling) => Delivery::Decided(request, self.decide(&ruling).await),
            Move::Skip(request, comment, token) => {
                Delivery::Skipped(request, self.skip(comment, token).await)
            }
        };
        self.hungry = self.free_hands() > 0;
        self.deliver(answer).await
    }

    async fn decide(&mut self, ruling: &Ruling) -> Result<Decision, DecideRefusal> {
        let (site, caller) = (&self.plan.site, &self.plan.caller);
        let result = self.queue.decide(site, caller, ruling).await;
        match &result {
            Ok(_) => drop(self.held.remove(&ruling.comment)),
            // The item is another's, or no longer what was sent: it comes anew if it still waits.
            Err(
                DecideRefusal::Stale { .. }
                | DecideRefusal::NotFound
                | DecideRefusal::Erased
                | DecideRefusal::Retracted
                | DecideRefusal::Escalated,
            ) => {
                if let Some(token) = self.held.remove(&ruling.comment) {
                    let back = self
                        .queue
                        .store
                        .release(site, &[(ruling.comment, token)], Duration::ZERO)
                        .await;
                    drop(back);
                }
            }
            Err(
                DecideRefusal::LeasedByAnother
                | DecideRefusal::UnknownReason { .. }
                | DecideRefusal::Site(_)
                | DecideRefusal::SameModerator
                | DecideRefusal::Store(_),
            ) => {}
        }
        result
    }

    async fn skip(&mut self, comment: CommentId, token: LeaseToken) -> Result<bool, StoreError> {
        let cooldown = self.queue.settings.skip_cooldown;
        let released = self
            .queue
            .store
            .release(&self.plan.site, &[(comment, token)], cooldown)
            .await?;
        if self.held.get(&comment) == Some(&token) {
            self.held.remove(&comment);
        }
        Ok(released.first().copied().unwrap_or(false))
    }

    async fn renew(&mut self) -> Result<(), SessionEnd> {
        if self.held.is_empty() {
            return Ok(());
        }
        let lease = self.queue.settings.lease;
        if self.last_sign_of_life.elapsed() > lease {
            return Err(SessionEnd::NoSignOfLife);
        }
        let held: Vec<_> = self.held.iter().map(|(id, token)| (*id, *token)).collect();
        let Ok(expiries) = self.queue.store.renew(&self.plan.site, &held, lease).await else {
            return Ok(());
        };
        for ((id, token), expiry) in held.into_iter().zip(expiries) {
            if expiry.is_none() {
                self.held.remove(&id);
                self.hungry = true;
                self.deliver(Delivery::Withdrawn(id, token)).await?;
            }
        }
        Ok(())
    }

    async fn tell_counts(&self) -> Result<(), SessionEnd> {
        match self.queue.store.queue_counts(&self.plan.site).await {
            Ok(counts) => self.deliver(Delivery::Heartbeat(counts)).await,
            Err(_) => Ok(()),
        }
    }

    /// Gives everything back; what can't be told to the store comes back when its lease runs out.
    async fn give_back(&mut self) {
        let mut held: Vec<_> = self.held.drain().collect();
        let site = self.plan.site.clone();
        if !self.unanswered.is_empty() {
            // A claim without an answer may have leased items: ask once more, to know which.
            let settings = self.queue.settings;
            let claim = self.queue.store.claim(
                &site,
                self.plan.caller.key_id,
                &self.unanswered,
                settings.lease,
                settings.longest_rest(),
            );
            let found = claim.await.unwrap_or_default();
            held.extend(
                found
                    .iter()
                    .map(|leased| (leased.item.comment.id, leased.token)),
            );
        }
        if held.is_empty() {
            return;
        }
        let back = timeout(
            READ_WITHIN,
            self.queue.store.release(&site, &held, Duration::ZERO),
        )
        .await;
        if !matches!(back, Ok(Ok(_))) {
            tracing::warn!(site = %site, items = held.len(), "queue.give_back_failed");
        }
    }
}

fn ticks(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval(period.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// 64 random bits; none while the system has no random numbers, and then no item is claimed.
fn fresh_token() -> Option<LeaseToken> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).ok()?;
    LeaseToken::from_bytes(bytes)
}
