//! Comments backwards in time, for those who look at what was.

use redis::Pipeline;

use crate::{
    comment::{ids::SiteId, state::CommentState},
    store::{connection::Store, error::StoreError, keys, read::CommentPage},
};

impl Store {
    /// At most `count` comments in any of these states before a place in the order of arrival, the newest first; `None`
    /// starts with the newest there is.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn newest(
        &self,
        site: &SiteId,
        states: &[CommentState],
        before: Option<u64>,
        count: usize,
    ) -> Result<CommentPage, StoreError> {
        let from = before.map_or_else(|| "+inf".to_owned(), |place| format!("({place}"));
        // Atomic: between two reads a comment could move from a state to the other, and be seen twice or not at all.
        let mut pipe = Pipeline::with_capacity(states.len());
        pipe.atomic();
        for state in states {
            pipe.cmd("ZRANGE")
                .arg(keys::index(site, *state, None))
                .arg(&from)
                .arg("-inf")
                .arg(&["BYSCORE", "REV", "LIMIT"])
                .arg(0)
                .arg(count)
                .arg("WITHSCORES");
        }
        let pages: Vec<Vec<(Vec<u8>, f64)>> = self.pipeline(&pipe).await?;
        let mut merged: Vec<_> = pages.into_iter().flatten().collect();
        merged.sort_by(|a, b| b.1.total_cmp(&a.1));
        self.page(site, merged, count).await
    }
}
