//! The queue and what became of it lately, in numbers.

use crate::{
    comment::{
        calendar::Hour,
        ids::{KeyId, SiteId},
        statistics::{Statistics, Work},
    },
    queue::Queue,
    store::{error::StoreError, queue_counts::QueueCounts},
};

/// How many hours of the clock an overview looks back.
const HOURS: u16 = 24;

/// The most moderators that are told apart.
const MOST_MODERATORS: usize = 200;

/// How a site's queue stands, and what came and was decided in the last 24 hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// As it stands.
    pub counts: QueueCounts,
    /// Hour by hour, oldest first; the last one is not over.
    pub hours: Vec<(Hour, Statistics)>,
    /// Who did what in these hours, most first, at most 200; empty unless asked for.
    pub moderators: Vec<Moderator>,
}

/// What one moderator did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moderator {
    /// Their key.
    pub key: KeyId,
    /// Its label; empty for one that is not in the store.
    pub label: String,
    /// What they did.
    pub work: Work,
}

impl Overview {
    /// All hours added up.
    #[must_use]
    pub fn last_day(&self) -> Statistics {
        self.hours
            .iter()
            .fold(Statistics::default(), |mut sum, (_, counts)| {
                sum.add(counts);
                sum
            })
    }

    /// The hour that is not over.
    #[must_use]
    pub fn this_hour(&self) -> Statistics {
        self.hours
            .last()
            .map(|(_, counts)| counts.clone())
            .unwrap_or_default()
    }
}

impl Queue {
    /// How a site's queue stands, and the last 24 hours of the clock. Five reads at most, bounded whatever the queue's
    /// length. Those who decided are named where the site's policy wants that.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn overview(&self, site: &SiteId) -> Result<Overview, StoreError> {
        let counts = self.counts(site).await?;
        let hours = self
            .store
            .hourly_statistics(site, counts.now, HOURS)
            .await?;
        let mut overview = Overview {
            counts,
            hours,
            moderators: Vec::new(),
        };
        if self.counts_by_moderator(site).await {
            overview.moderators = self.moderators(&overview.last_day()).await?;
        }
        Ok(overview)
    }

    async fn moderators(&self, counts: &Statistics) -> Result<Vec<Moderator>, StoreError> {
        let mut worked: Vec<(KeyId, Work)> = counts
            .moderators
            .iter()
            .map(|(key, work)| (*key, *work))
            .collect();
        worked.sort_by_key(|(key, work)| (std::cmp::Reverse(work.decisions), *key));
        worked.truncate(MOST_MODERATORS);
        let keys: Vec<KeyId> = worked.iter().map(|(key, _)| *key).collect();
        let labels = self.store.key_labels(&keys).await?;
        let told = worked.into_iter().zip(labels);
        Ok(told
            .map(|((key, work), label)| Moderator { key, label, work })
            .collect())
    }
}
