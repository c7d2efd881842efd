//! Keeping leases while the moderator lives, telling which are over, and giving back.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::{Pace, READ_WITHIN, Session};
use crate::{
    comment::{
        ids::CommentId,
        state::{CommentState, Version},
        stored::StoredComment,
    },
    queue::dialogue::{Delivery, SessionEnd, SiteNumber, WithdrawalReason, Withdrawn},
    store::{error::StoreError, leases},
};

impl Session {
    pub(super) async fn renew_all(&mut self) -> Result<(), SessionEnd> {
        for site in 0..self.plan.sites.len() {
            self.take_from_who_held_too_long(site).await?;
            self.renew(site).await?;
        }
        Ok(())
    }

    pub(super) async fn renew(&mut self, site: SiteNumber) -> Result<(), SessionEnd> {
        let held = self.hands.of(site);
        if held.is_empty() {
            return Ok(());
        }
        let lease = self.queue.settings.lease;
        if self.last_sign_of_life.elapsed() > lease {
            return Err(SessionEnd::NoSignOfLife);
        }
        let name = &self.plan.sites[site];
        let Ok(expiries) = self.queue.store.renew(name, &held, lease).await else {
            return Ok(());
        };
        let expiries = held.into_iter().zip(expiries);
        let over: Vec<leases::Held> = expiries
            .filter_map(|(held, expiry)| expiry.is_none().then_some(held))
            .collect();
        self.tell_why(site, &over).await
    }

    /// Leases that are over: how the comments stand now tells why.
    async fn tell_why(
        &mut self,
        site: SiteNumber,
        over: &[leases::Held],
    ) -> Result<(), SessionEnd> {
        if over.is_empty() {
            return Ok(());
        }
        let ids: Vec<CommentId> = over.iter().map(|(comment, _)| *comment).collect();
        let found = self
            .queue
            .store
            .comments(&self.plan.sites[site], &ids)
            .await;
        // While nobody can say, the lease is over in any case.
        let known = found.is_ok();
        let mut found = found.unwrap_or_default().into_iter();
        for comment in ids {
            let now = found.next().flatten();
            let Some(held) = self.hands.get((site, comment)) else {
                continue;
            };
            let (reason, now) = if known {
                since(held.version, now.as_ref())
            } else {
                (WithdrawalReason::LeaseOver, None)
            };
            self.withdraw(site, comment, reason, now).await?;
        }
        Ok(())
    }

    async fn take_from_who_held_too_long(&mut self, site: SiteNumber) -> Result<(), SessionEnd> {
        let Some(before) = Instant::now().checked_sub(self.queue.settings.max_hold) else {
            return Ok(());
        };
        let held = self.hands.since_before(site, before);
        if held.is_empty() {
            return Ok(());
        }
        let name = &self.plan.sites[site];
        // If it fails, the next renewal tries again.
        if self
            .queue
            .store
            .release(name, &held, Duration::ZERO)
            .await
            .is_err()
        {
            return Ok(());
        }
        self.pace = match self.pace {
            Pace::Working | Pace::Asleep => Pace::Asleep,
            Pace::Paused => Pace::Paused,
        };
        for (comment, _) in held {
            self.withdraw(site, comment, WithdrawalReason::HeldTooLong, None)
                .await?;
        }
        Ok(())
    }

    /// Out of the moderator's hands, and told so.
    pub(super) async fn withdraw(
        &mut self,
        site: SiteNumber,
        comment: CommentId,
        reason: WithdrawalReason,
        now: Option<(CommentState, Version)>,
    ) -> Result<(), SessionEnd> {
        let Some(held) = self.hands.drop((site, comment)) else {
            return Ok(());
        };
        self.freed(site);
        self.deliver(Delivery::Withdrawn(Withdrawn {
            site,
            comment,
            token: Some(held.token),
            reason,
            now,
        }))
        .await
    }

    /// Gives everything back.
    pub(super) async fn give_back(&mut self) -> Result<(), StoreError> {
        for site in 0..self.plan.sites.len() {
            let mut held = self.hands.of(site);
            held.extend(self.leased_unawares(site).await);
            if held.is_empty() {
                continue;
            }
            let name = &self.plan.sites[site];
            self.queue
                .store
                .release(name, &held, Duration::ZERO)
                .await?;
            for (comment, _) in held {
                self.hands.drop((site, comment));
            }
        }
        Ok(())
    }

    /// The same at the end; what can't be told to the store comes back when its lease runs out.
    pub(super) async fn give_back_at_the_end(&mut self) {
        let back = timeout(READ_WITHIN, self.give_back()).await;
        if !matches!(back, Ok(Ok(()))) {
            tracing::warn!(items = self.hands.len(), "queue.give_back_failed");
        }
    }
}

/// What has happened to a comment since a version, and how it stands.
pub(super) fn since(
    version: Version,
    now: Option<&StoredComment>,
) -> (WithdrawalReason, Option<(CommentState, Version)>) {
    let Some(now) = now else {
        return (WithdrawalReason::Retracted, None);
    };
    if now.version == version {
        return (WithdrawalReason::LeaseOver, None);
    }
    let decided = now.history.decision();
    let decided = decided.is_some_and(|(_, ruling)| ruling.version == now.version);
    let reason = reason_of(now.state, decided);
    (reason, Some((now.state, now.version)))
}

/// Why a comment that is in another state now is not to be decided on as it was seen.
pub(super) fn reason_of(state: CommentState, decided: bool) -> WithdrawalReason {
    match state {
        CommentState::Retracted | CommentState::Erased => WithdrawalReason::Retracted,
        CommentState::Pending
        | CommentState::Approved
        | CommentState::Rejected
        | CommentState::Spam => {
            if decided {
                WithdrawalReason::DecidedByAnother
            } else {
                WithdrawalReason::Changed
            }
        }
    }
}
