//! One round for one site.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::{AUDIT_BATCH, Retention, Swept, before};
use crate::{
    comment::{
        ids::{CommentId, SiteId},
        state::Timestamp,
    },
    data_subjects::removal,
    policy::retention::Retention as Spans,
    store::{
        audit::AuditLog,
        erasure::{BATCH, Removed},
        error::StoreError,
        retention::{Arrival, Kept},
        retention_round::RetentionRound,
    },
};

/// Comments in one round and site; what is left is for the next round.
const MOST_COMMENTS: usize = 2_000;
/// Comments that are looked at in one read.
const PAGE: usize = 200;
/// Contact data that goes in one step: two commands a comment.
const CONTACT_BATCH: usize = 32;
/// How much longer than a batch took the next one waits.
const REST: u32 = 4;
/// A data key is this much older than what it seals, at most: it lives minutes in memory.
const KEY_MARGIN: Duration = Duration::from_secs(60 * 60);
/// Data keys and steps of the audit log in one round.
const MOST_KEYS: usize = 500;
const MOST_AUDIT_STEPS: usize = 20;

/// What became of the due comments of one kind.
#[derive(Default)]
struct Walked {
    gone: u64,
    held: u64,
    lag: Duration,
    more: bool,
}

impl Retention {
    /// Forgets what a site has kept for long enough, a bounded part of it.
    ///
    /// # Errors
    /// As [`StoreError`] says; what was done stays done, and the next round goes on.
    pub async fn sweep(&self, site: &SiteId, spans: Spans) -> Result<Swept, StoreError> {
        let round = self.store.begin_retention(site).await?;
        let now = self.store.now().await?;
        let texts = self
            .walk(site, &round, Kept::Text, before(now, spans.text()))
            .await?;
        let contact_before = before(now, spans.contact());
        let contacts = self
            .walk(site, &round, Kept::Contact, contact_before)
            .await?;
        let mut data_keys = 0;
        if !contacts.more {
            let old = before(contact_before, KEY_MARGIN);
            data_keys = self
                .store
                .destroy_data_keys(site, &round, old, MOST_KEYS)
                .await?;
        }
        let (log, audit_before) = (AuditLog::Site(site.clone()), before(now, spans.audit()));
        let mut audit_entries = 0;
        for _ in 0..MOST_AUDIT_STEPS {
            let trimmed = self
                .store
                .trim_audit(&log, audit_before, AUDIT_BATCH)
                .await?;
            audit_entries += trimmed;
            if trimmed == 0 {
                break;
            }
        }
        Ok(Swept {
            texts: texts.gone,
            contacts: contacts.gone,
            data_keys: data_keys as u64,
            audit_entries,
            held: texts.held + contacts.held,
            lag: texts.lag.max(contacts.lag),
            more: texts.more || contacts.more,
        })
    }

    async fn walk(
        &self,
        site: &SiteId,
        round: &RetentionRound,
        of: Kept,
        before: Timestamp,
    ) -> Result<Walked, StoreError> {
        let mut walked = Walked::default();
        let mut place = self.store.retention_place(site, of).await?;
        let mut looked_at = 0;
        loop {
            let page = self.store.arrivals(site, place, PAGE).await?;
            let due = self.due(site, &page, before, &mut walked).await?;
            for batch in due.chunks(match of {
                Kept::Text => BATCH,
                Kept::Contact => CONTACT_BATCH,
            }) {
                let began = Instant::now();
                let became = self.forget(site, of, before, batch).await?;
                walked.gone += count(&became, Removed::Now);
                walked.held += count(&became, Removed::Held);
                if let Some(last) = batch.last() {
                    place = last.place;
                }
                let kept = self.store.set_retention_place(site, round, of, place);
                if !kept.await? {
                    // A hold ended: the next round passes by here again.
                    walked.more = true;
                    return Ok(walked);
                }
                sleep(began.elapsed() * REST).await;
            }
            looked_at += due.len();
            if due.len() < PAGE {
                return Ok(walked);
            }
            if looked_at >= MOST_COMMENTS {
                walked.more = true;
                return Ok(walked);
            }
        }
    }

    /// Those at the page's beginning that came before a time. What is gone meanwhile is passed over with them.
    async fn due<'a>(
        &self,
        site: &SiteId,
        page: &'a [Arrival],
        before: Timestamp,
        walked: &mut Walked,
    ) -> Result<&'a [Arrival], StoreError> {
        let times = self.store.submitted_at(site, page).await?;
        let due = times
            .iter()
            .take_while(|at| at.is_none_or(|at| at < before));
        let due = due.count();
        if let Some(oldest) = times[..due].iter().flatten().min() {
            let late = u64::try_from(before.0.saturating_sub(oldest.0)).unwrap_or_default();
            walked.lag = walked.lag.max(Duration::from_millis(late));
        }
        Ok(&page[..due])
    }

    async fn forget(
        &self,
        site: &SiteId,
        of: Kept,
        before: Timestamp,
        batch: &[Arrival],
    ) -> Result<Vec<Removed>, StoreError> {
        let ids: Vec<CommentId> = batch.iter().map(|arrival| arrival.comment).collect();
        match of {
            Kept::Contact => self.store.purge_contact(site, before, &ids).await,
            Kept::Text => {
                let comments = self.store.comments(site, &ids).await?;
                let comments: Vec<_> = comments.into_iter().flatten().collect();
                let removals = removal::of(&self.store, &self.recognition, site, &comments).await?;
                self.store.purge(site, before, &removals).await
            }
        }
    }
}

fn count(became: &[Removed], kind: Removed) -> u64 {
    became.iter().filter(|one| **one == kind).count() as u64
}
