//! A site's queue in numbers: what waits in each lane and for how long, what is held, how its comments stand.

use redis::Pipeline;

use crate::{
    comment::{
        history::Deed,
        ids::{CommentId, SiteId},
        lane::Lane,
        state::Timestamp,
        stored::StoredComment,
    },
    store::{
        connection::Store,
        counts::{AUTHOR_FIELDS, by_state},
        error::StoreError,
        keys,
        reply::{Reply, id_bytes},
    },
};

/// The queue and the site in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueCounts {
    /// Its lanes, in the order of [`Lane::ALL`].
    pub lanes: [LaneDepth; 4],
    /// Items that a moderator holds, or that cool down.
    pub leased: u64,
    /// Redis's time at the read.
    pub now: Timestamp,
    /// The site's comments in the order of [`CommentState::ALL`](crate::comment::state::CommentState::ALL).
    pub by_state: [u32; 6],
}

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

/// Items of a site that wait although their due time has passed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overdue(pub u64);

impl QueueCounts {
    /// Items that wait, in all lanes.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.waiting).sum()
    }

    /// How one lane stands.
    #[must_use]
    pub fn lane(&self, lane: Lane) -> LaneDepth {
        self.lanes[usize::from(lane.number()) - 1]
    }
}

impl Store {
    /// The queue and the site in numbers. One read; a second where something waits, a third where something was reported.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn queue_counts(&self, site: &SiteId) -> Result<QueueCounts, StoreError> {
        let read: Reply = self.pipeline(&look(site)).await?;
        let (seconds, micros): (i64, i64) = read.get(0)?;
        let of_lane = |n: usize| -> Result<(u64, Option<CommentId>), StoreError> {
            let head: Vec<Vec<u8>> = read.get(BEFORE_LANES + 2 * n + 1)?;
            let head = head.first().map(|id| id_bytes(id)).transpose()?;
            let waiting = read.get(BEFORE_LANES + 2 * n)?;
            Ok((waiting, head.map(CommentId::from_bytes)))
        };
        let found = (0..Lane::ALL.len()).map(of_lane);
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let heads: Vec<CommentId> = found.iter().filter_map(|(_, head)| *head).collect();
        let mut next = self.comments(site, &heads).await?.into_iter();
        let mut lanes = Lane::ALL.map(|lane| LaneDepth {
            lane,
            waiting: 0,
            next_since: None,
        });
        for (depth, (waiting, head)) in lanes.iter_mut().zip(found) {
            depth.waiting = waiting;
            if head.is_some()
                && let Some(comment) = next.next().flatten()
            {
                depth.next_since = Some(self.waits_since(site, depth.lane, &comment).await?);
            }
        }
        Ok(QueueCounts {
            lanes,
            leased: read.get(1)?,
            now: Timestamp(seconds * 1_000 + micros / 1_000),
            by_state: by_state(read.get::<Vec<_>>(2)?),
        })
    }

    /// How many items wait, in all lanes, that were due before a time. One read.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn overdue(&self, site: &SiteId, now: Timestamp) -> Result<Overdue, StoreError> {
        let mut pipe = Pipeline::with_capacity(Lane::ALL.len());
        for lane in Lane::ALL {
            let before = format!("({}", now.0);
            let key = keys::lane(site, lane);
            pipe.cmd("ZCOUNT").arg(key).arg("-inf").arg(before);
        }
        let by_lane: Vec<u64> = self.pipeline(&pipe).await?;
        Ok(Overdue(by_lane.iter().sum()))
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

/// What is read before the lanes: time, leases, states.
const BEFORE_LANES: usize = 3;

/// Then, of each lane, its length and its head.
fn look(site: &SiteId) -> Pipeline {
    let mut pipe = Pipeline::with_capacity(BEFORE_LANES + 2 * Lane::ALL.len());
    pipe.cmd("TIME");
    pipe.cmd("ZCARD").arg(keys::leases(site));
    pipe.cmd("HMGET")
        .arg(keys::counters(site))
        .arg(&AUTHOR_FIELDS[..6]);
    for lane in Lane::ALL {
        let key = keys::lane(site, lane);
        pipe.cmd("ZCARD").arg(&key);
        pipe.cmd("ZRANGE").arg(&key).arg(0).arg(0);
    }
    pipe
}
