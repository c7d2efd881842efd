//! The lanes of a queue in numbers.

use redis::Pipeline;

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        lane::Lane,
        state::Timestamp,
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
    /// When its next item arrived.
    pub next_arrived_at: Option<Timestamp>,
}

impl Store {
    /// The lanes of a site in numbers, in the order of [`Lane::ALL`]. Three reads, two where nothing waits.
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
        let mut found = depths.into_iter().zip(heads);
        Ok(Lane::ALL.map(|lane| {
            let (waiting, head) = found.next().unwrap_or_default();
            let next = if head.is_empty() { None } else { next.next() };
            LaneDepth {
                lane,
                waiting,
                next_arrived_at: next.flatten().map(|comment| comment.submitted_at),
            }
        }))
    }
}
