//! The list of how subjects stand, in pages that stay whole while standings are set and end.

use crate::{
    comment::{ids::SiteId, subject::Subject},
    store::{
        connection::Store,
        error::StoreError,
        keys,
        standing::{Stands, UNREADABLE},
    },
};

/// The last of a page. A rank would not do: what ends between two pages moves the others up, past the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingPlace {
    /// When it was set, in milliseconds.
    pub set_at: u64,
    /// Whose it is: of one millisecond, the later in the order of their bytes come first.
    pub subject: Subject,
}

/// Of one millisecond, so many are looked through; more were never set in one.
const MOST_AT_ONCE: usize = 1_000;

type Members = Vec<(Vec<u8>, u64)>;

impl Store {
    /// A page of the subjects that a standing was said of, the last set first, and its last, if there may be more; what has
    /// ended may be among them.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn list_standings(
        &self,
        site: &SiteId,
        after: Option<StandingPlace>,
        count: usize,
    ) -> Result<(Vec<Stands>, Option<StandingPlace>), StoreError> {
        let most = after.map_or_else(|| "+inf".to_owned(), |place| format!("({}", place.set_at));
        let same = after.map_or(0, |place| place.set_at);
        let mut pipe = redis::Pipeline::with_capacity(2);
        for (from, to, count) in [
            (same.to_string(), same.to_string(), MOST_AT_ONCE),
            (most, "-inf".to_owned(), count),
        ] {
            let range = pipe.cmd("ZREVRANGEBYSCORE").arg(keys::standings(site));
            range.arg(from).arg(to).arg("WITHSCORES");
            range.arg("LIMIT").arg(0).arg(count);
        }
        let (same, earlier): (Members, Members) = self.pipeline(&pipe).await?;
        let last = after.map_or_else(Vec::new, |place| place.subject.to_bytes());
        let same = same.into_iter().filter(|(member, _)| *member < last);
        let page: Members = same.chain(earlier).take(count).collect();
        let subjects = page.iter().map(|(member, _)| Subject::from_bytes(member));
        let subjects: Option<Vec<Subject>> = subjects.collect();
        let subjects = subjects.ok_or(UNREADABLE)?;
        let last = page
            .last()
            .zip(subjects.last())
            .filter(|_| page.len() == count);
        let last = last.map(|((_, set_at), subject)| StandingPlace {
            set_at: *set_at,
            subject: *subject,
        });
        Ok((self.standings(site, &subjects).await?, last))
    }
}
