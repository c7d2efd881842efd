//! What the next rounds would forget, without forgetting it.

use super::{Retention, before};
use crate::{
    comment::{ids::SiteId, state::Timestamp},
    policy::retention::Retention as Spans,
    store::{error::StoreError, retention::Kept},
};

/// Comments in one read.
const PAGE: usize = 500;
/// More are not counted one by one.
const MOST_COUNTED: u64 = 10_000;

/// What of one kind is due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// How many comments; at least so many where `more`.
    pub comments: u64,
    /// There may be more than were counted.
    pub more: bool,
    /// When the oldest of them came; `None` without any.
    pub oldest: Option<Timestamp>,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preview {
    /// Comments as a whole; what a legal hold keeps and was passed by is not among them.
    pub texts: Due,
    /// Contact data.
    pub contacts: Due,
    /// Data keys of contact data that is due.
    pub data_keys: u64,
    /// Redis's time.
    pub now: Timestamp,
}

impl Retention {
    /// What a site's retention would forget now. Changes nothing. At most 40 reads.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn preview(&self, site: &SiteId, spans: Spans) -> Result<Preview, StoreError> {
        let now = self.store.now().await?;
        let contact_before = before(now, spans.contact());
        Ok(Preview {
            texts: self
                .count(site, Kept::Text, before(now, spans.text()))
                .await?,
            contacts: self.count(site, Kept::Contact, contact_before).await?,
            data_keys: self.store.old_data_keys(site, contact_before).await?,
            now,
        })
    }

    async fn count(&self, site: &SiteId, of: Kept, before: Timestamp) -> Result<Due, StoreError> {
        let mut due = Due::default();
        let mut place = self.store.retention_place(site, of).await?;
        loop {
            let page = self.store.arrivals(site, place, PAGE).await?;
            let times = self.store.submitted_at(site, &page).await?;
            for (arrival, at) in page.iter().zip(times) {
                let Some(at) = at else { continue };
                if at >= before {
                    return Ok(due);
                }
                due.comments += 1;
                due.oldest = Some(due.oldest.map_or(at, |oldest| oldest.min(at)));
                place = arrival.place;
            }
            if page.len() < PAGE {
                return Ok(due);
            }
            if due.comments >= MOST_COUNTED {
                due.more = true;
                return Ok(due);
            }
        }
    }
}
