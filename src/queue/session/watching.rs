//! What a moderator sees without holding it. What is held is told of by its lease: whoever changes it ends that.

use std::collections::HashMap;

use super::{
    Session, first,
    hands::Item,
    renewing::{reason_of, since},
};
use crate::{
    comment::{
        ids::CommentId,
        state::{CommentState, Version},
    },
    feed::changes::{Change, Heard, News},
    queue::dialogue::{Delivery, Seen, SessionEnd, SiteNumber, WithdrawalReason, Withdrawn},
};

/// What is seen, and what is heard of its sites.
pub(super) struct Watching {
    seen: HashMap<Item, Version>,
    /// By the site's number; only where something is or was seen.
    heard: Vec<Option<Heard>>,
}

impl Watching {
    pub(super) fn new(sites: usize) -> Self {
        Self {
            seen: HashMap::new(),
            heard: std::iter::repeat_with(|| None).take(sites).collect(),
        }
    }

    pub(super) fn hears(&self, site: SiteNumber) -> bool {
        matches!(self.heard.get(site), Some(Some(_)))
    }

    pub(super) fn listen(&mut self, site: SiteNumber, heard: Heard) {
        if let Some(place) = self.heard.get_mut(site) {
            *place = Some(heard);
        }
    }

    /// In place of what was seen before.
    pub(super) fn replace(&mut self, seen: &[Seen]) {
        let seen = seen.iter();
        self.seen = seen
            .map(|seen| ((seen.site, seen.comment), seen.version))
            .collect();
    }

    pub(super) fn forget(&mut self, item: Item) -> Option<Version> {
        self.seen.remove(&item)
    }

    /// The next thing that is heard; nothing is lost when nobody waits for it.
    pub(super) async fn news(&mut self) -> (SiteNumber, News) {
        let heard = self.heard.iter_mut();
        first::of(heard.map(async |heard| match heard {
            Some(heard) => heard.next().await,
            None => std::future::pending().await,
        }))
        .await
    }

    fn of(&self, site: SiteNumber) -> Vec<CommentId> {
        let seen = self.seen.keys().filter(|(of, _)| *of == site);
        seen.map(|(_, comment)| *comment).collect()
    }
}

impl Session {
    pub(super) async fn changed(&mut self, site: SiteNumber, news: News) -> Result<(), SessionEnd> {
        match news {
            News::Changed(change) => self.changed_to(site, change).await,
            News::Missed => {
                let all = self.watching.of(site);
                self.compare_of(site, &all).await
            }
        }
    }

    async fn changed_to(&mut self, site: SiteNumber, change: Change) -> Result<(), SessionEnd> {
        let item = (site, change.comment);
        let now = Some((change.state, change.version));
        let reason = reason_of(change.state, change.decided);
        let seen = self.watching.seen.get(&item);
        if seen.is_some_and(|seen| *seen < change.version) {
            self.tell_seen(item, reason, now).await?;
        }
        Ok(())
    }

    /// What was named just now may have changed before.
    pub(super) async fn compare(&mut self, seen: Vec<Seen>) -> Result<(), SessionEnd> {
        for site in 0..self.plan.sites.len() {
            let of_site = seen.iter().filter(|seen| seen.site == site);
            let ids: Vec<_> = of_site.map(|seen| seen.comment).collect();
            self.compare_of(site, &ids).await?;
        }
        Ok(())
    }

    async fn compare_of(&mut self, site: SiteNumber, ids: &[CommentId]) -> Result<(), SessionEnd> {
        let found = self.queue.store.comments(&self.plan.sites[site], ids).await;
        // While nobody can say, what comes later will tell.
        for (comment, now) in ids.iter().zip(found.unwrap_or_default()) {
            let item = (site, *comment);
            let seen = self.watching.seen.get(&item).copied();
            if let Some(seen) = seen
                && now.as_ref().is_none_or(|now| now.version != seen)
            {
                let (reason, now) = since(seen, now.as_ref());
                self.tell_seen(item, reason, now).await?;
            }
        }
        Ok(())
    }

    async fn tell_seen(
        &mut self,
        item: Item,
        reason: WithdrawalReason,
        now: Option<(CommentState, Version)>,
    ) -> Result<(), SessionEnd> {
        self.watching.forget(item);
        let (site, comment) = item;
        self.deliver(Delivery::Withdrawn(Withdrawn {
            site,
            comment,
            token: None,
            reason,
            now,
        }))
        .await
    }
}
