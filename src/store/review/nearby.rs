//! What was said in a thread just before and after a comment.

use redis::Pipeline;

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        state::CommentState,
        stored::StoredComment,
    },
    store::{connection::Store, error::StoreError, keys, reply::id_bytes},
};

/// What readers saw, or may see yet.
const SHOWN: [CommentState; 2] = [CommentState::Approved, CommentState::Pending];

type Scored = Vec<(Vec<u8>, f64)>;

/// Names of comments, in the order in which they arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Nearby {
    /// Before.
    pub(super) before: Vec<CommentId>,
    /// After.
    pub(super) after: Vec<CommentId>,
}

impl Store {
    /// At most `count` comments of the same thread that came just before one, and as many just after: approved or pending.
    /// `place` is the comment's own in the order of arrival. One read.
    pub(super) async fn nearby(
        &self,
        site: &SiteId,
        comment: &StoredComment,
        place: f64,
        count: usize,
    ) -> Result<Nearby, StoreError> {
        let mut pipe = Pipeline::with_capacity(2 * SHOWN.len());
        for state in SHOWN {
            let index = keys::index(site, state, Some(&comment.content.thread));
            let place = format!("({place:.0}");
            let before = pipe.cmd("ZRANGE").arg(&index).arg(&place).arg("-inf");
            before.arg("BYSCORE").arg("REV").arg("LIMIT").arg(0);
            before.arg(count).arg("WITHSCORES");
            let after = pipe.cmd("ZRANGE").arg(&index).arg(&place).arg("+inf");
            after.arg("BYSCORE").arg("LIMIT").arg(0);
            after.arg(count).arg("WITHSCORES");
        }
        let found: Vec<Scored> = self.pipeline(&pipe).await?;
        let pick = |nth: usize, nearest_first: fn(f64) -> f64| {
            let lists = found.iter().skip(nth).step_by(2);
            let mut all: Scored = lists.flatten().cloned().collect();
            all.sort_by(|a, b| nearest_first(a.1).total_cmp(&nearest_first(b.1)));
            all.truncate(count);
            let ids = all.iter().map(|(id, _)| id_bytes(id));
            ids.map(|id| id.map(CommentId::from_bytes))
                .collect::<Result<Vec<_>, _>>()
        };
        let mut before = pick(0, |place| -place)?;
        before.reverse();
        let after = pick(1, |place| place)?;
        Ok(Nearby { before, after })
    }
}
