//! The lanes of a queue in numbers.

use redis::Pipeline;

use crate::{
    comment::{
        history::Deed,
        ids::{CommentId, SiteId},
        lane::Lane,
        state::Timestamp,
        stored::StoredComment,
    },
    store::{connection::Store, error::StoreError, keys, reply::id_bytes},
};

/// How one lane stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneDepth {
    /// Which.
    pub lane: Lane,
    /// Items that wait in it.
    pub waiting: u64,
    /// Since when its next item waits there: since its comment arrived in the review lane, since what brought it there in
    /// the others.
    pub next_since: Option<Timestamp>,
}

impl Store {
    /// The lanes of a site in numbers, in the order of [`Lane::ALL`]. Two reads, three where something waits, four where something
    /// was reported.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn lane_depths(&self, site: &SiteId) -> Result<[LaneDepth; 4], StoreError> {
        let mut depths = Pipeline::with_capacity(Lane::ALL.len());
        let mut heads = Pipeline::with_capacity(Lane::ALL.len());
        for lane in Lane::ALL {
            let key = keys::lane(site, lane);
            heads.cmd("ZRANGE").arg(&key).arg(0).arg(0);
            depths.cmd("ZCARD").arg(key);
        }
        let depths: Vec<u64> = self.pipeline(&depths).await?;
        let heads: Vec<Vec<Vec<u8>>> = self.pipeline(&heads).await?;
        let ids = heads.iter().flatten();
        let ids = ids.map(|id| id_bytes(id).map(CommentId::from_bytes));
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        let mut next = self.comments(site, &ids).await?.into_iter();
        let mut found = Lane::ALL.map(|lane| LaneDepth {
            lane,
            waiting: 0,
            next_since: None,
        });
        for (depth, (waiting, head)) in found.iter_mut().zip(depths.into_iter().zip(heads)) {
            depth.waiting = waiting;
            let next = if head.is_empty() { None } else { next.next() };
            if let Some(comment) = next.flatten() {
                depth.next_since = Some(self.waits_since(site, depth.lane, &comment).await?);
            }
        }
        Ok(found)
    }

    /// Since when a comment waits in its lane. One read for what was reported, none for others.
    async fn waits_since(
        &self,
        site: &SiteId,
        lane: Lane,
        comment: &StoredComment,
    ) -> Result<Timestamp, StoreError> {
        let last = |deed: Deed| {
            let mut deeds = comment.history.entries().iter().rev();
            deeds.find(|entry| entry.deed == deed).map(|entry| entry.at)
        };
        let since = match lane {
            Lane::Review => None,
            Lane::Escalated => last(Deed::Escalated),
            Lane::Appeals => last(Deed::Appealed),
            Lane::Reported => {
                let mut since = redis::cmd("HGET");
                since.arg(keys::reports(site, &comment.id)).arg("b");
                let since: Option<i64> = self.query(&since).await?;
                since.map(Timestamp)
            }
        };
        Ok(since.unwrap_or(comment.submitted_at))
    }
}
