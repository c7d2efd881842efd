//! Taking items: the sites in turn, so that a busy one can't keep the others waiting.

use tokio::time::Instant;

use super::{Session, first, hands::Held, lap::Lap};
use crate::{
    comment::lease::{LeaseToken, LeasedItem},
    queue::dialogue::{CoolDown, Delivery, SessionEnd, SiteNumber},
    store::{leases::Claim, wakeups::QueueWaiter},
};

/// How a session stands with one of its sites.
pub(super) struct Station {
    /// Tokens of a claim whose reply was lost: repeated, it returns the same items.
    unanswered: Vec<LeaseToken>,
    /// Whether it may have something.
    hopeful: bool,
    lap: Lap,
}

impl Default for Station {
    fn default() -> Self {
        Self {
            unanswered: Vec::new(),
            hopeful: true,
            lap: Lap::default(),
        }
    }
}

impl Station {
    /// How many items a claim without an answer may have leased.
    pub(super) fn unanswered(&self) -> usize {
        self.unanswered.len()
    }

    fn forget_unanswered(&mut self) {
        self.unanswered.clear();
    }
}

impl Session {
    /// A site may have something new.
    pub(super) fn hope(&mut self, site: SiteNumber) {
        if let Some(station) = self.stations.get_mut(site) {
            station.hopeful = true;
            station.lap.triggered();
            self.hungry = true;
        }
    }

    /// Any site may.
    pub(super) fn hope_for_all(&mut self) {
        for site in 0..self.stations.len() {
            self.hope(site);
        }
    }

    /// A hand is free that held an item of this site.
    pub(super) fn freed(&mut self, site: SiteNumber) {
        let part = self.plan.within.is_some();
        if let Some(station) = self.stations.get_mut(site) {
            // With the hands full, the site was not asked. Of a part, what a lap has passed waits for the next one.
            station.hopeful = !part || station.lap.is_running();
        }
        self.hungry = true;
    }

    /// One round: each site that may have something gives its share of what is wanted.
    pub(super) async fn claim(&mut self) -> Result<(), SessionEnd> {
        self.hungry = false;
        let sites = self.stations.len();
        if self.wants() > 0 && sites > 1 {
            // A busy site may have kept the hands full while another rang.
            for site in first::ready(self.rings.iter().map(QueueWaiter::wait)) {
                self.hope(site);
            }
        }
        let first = self.turn;
        for step in 0..sites {
            let site = (first + step) % sites;
            let asked_again = self.stations[site].unanswered() > 0;
            if !self.stations[site].hopeful || (self.wants() == 0 && !asked_again) {
                continue;
            }
            let later = (step..sites).map(|step| &self.stations[(first + step) % sites]);
            let later = later.filter(|station| station.hopeful).count();
            let share = self.wants().div_ceil(later.max(1));
            self.turn = (site + 1) % sites;
            self.claim_from(site, share).await?;
        }
        self.hungry = self.wants() > 0 && self.stations.iter().any(|station| station.hopeful);
        Ok(())
    }

    async fn claim_from(&mut self, site: SiteNumber, share: usize) -> Result<(), SessionEnd> {
        let station = &mut self.stations[site];
        if station.unanswered.is_empty() {
            station
                .unanswered
                .extend((0..share).filter_map(|_| fresh_token()));
        }
        let asked = station.unanswered.len();
        if asked == 0 {
            station.hopeful = false;
            return Ok(());
        }
        let name = &self.plan.sites[site];
        // Whatever went wrong, the slow poll tries again with the same tokens.
        let claimed = match self.queue.store.claim(name, &self.claim_of(site)).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(site = %name, error = &error as &dyn std::error::Error, "queue.claim_failed");
                self.stations[site].hopeful = false;
                return Ok(());
            }
        };
        let station = &mut self.stations[site];
        station.forget_unanswered();
        let found = claimed.items.len();
        station.hopeful = match self.plan.within {
            Some(_) => station.lap.looked(found, claimed.next),
            None => found == asked,
        };
        self.take(site, claimed.items).await
    }

    fn claim_of(&self, site: SiteNumber) -> Claim<'_> {
        let (station, settings) = (&self.stations[site], self.queue.settings);
        Claim {
            holder: self.plan.caller.key_id,
            tokens: &station.unanswered,
            lanes: self.plan.lanes,
            within: self.plan.within.as_ref(),
            place: station.lap.place,
            lease: settings.lease,
            longest_cool_down: settings.skip_cooldown.max(CoolDown::LONGEST),
        }
    }

    async fn take(&mut self, site: SiteNumber, items: Vec<LeasedItem>) -> Result<(), SessionEnd> {
        if items.is_empty() {
            return Ok(());
        }
        let now = Instant::now();
        if self.hands.is_empty() {
            // Who had nothing to do had nothing to say: the time for a sign of life starts with the first item.
            self.last_sign_of_life = now;
        }
        for leased in &items {
            let comment = &leased.item.comment;
            let held = Held {
                token: leased.token,
                version: comment.version,
                since: now,
            };
            self.hands.take((site, comment.id), held);
        }
        let comments: Vec<_> = items.iter().map(|leased| &leased.item.comment).collect();
        let name = &self.plan.sites[site];
        let contexts = self.queue.store.contexts(name, &comments).await;
        let mut contexts = contexts.unwrap_or_default().into_iter();
        for leased in items {
            let context = contexts.next().unwrap_or_default();
            self.deliver(Delivery::Item(site, Box::new(leased), context))
                .await?;
        }
        Ok(())
    }

    /// What a claim without an answer has leased, if anything: asked once more, it tells.
    pub(super) async fn leased_unawares(
        &mut self,
        site: SiteNumber,
    ) -> Vec<(crate::comment::ids::CommentId, LeaseToken)> {
        if self.stations[site].unanswered() == 0 {
            return Vec::new();
        }
        let name = &self.plan.sites[site];
        let claim = self.queue.store.claim(name, &self.claim_of(site)).await;
        let Ok(claimed) = claim else {
            return Vec::new();
        };
        self.stations[site].forget_unanswered();
        let items = claimed.items.iter();
        items
            .map(|leased| (leased.item.comment.id, leased.token))
            .collect()
    }
}

/// 64 random bits; none while the system has no random numbers, and then no item is claimed.
fn fresh_token() -> Option<LeaseToken> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).ok()?;
    LeaseToken::from_bytes(bytes)
}
