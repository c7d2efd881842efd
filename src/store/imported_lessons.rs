//! Lessons that an import leaves for the trainer: a stream of each site, with dense ids as the feed's.
//!
//! What is taught is forgotten whole, the last one too: hashes of words are not anonymous. So a read cannot start at the
//! last entry; that nothing is missing shows by the next sequence, and by the site's count of imported lessons.

use redis::streams::{StreamId, StreamRangeReply};

use crate::{
    comment::{event::Cursor, ids::SiteId},
    store::{connection::Store, error::StoreError, keys},
};

/// An entry's one field: the lesson's bytes.
const FIELD: &str = "l";

/// What a read found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportPage {
    /// The lessons after the cursor, oldest first, each with its place.
    pub lessons: Vec<(Cursor, Vec<u8>)>,
    /// Some are missing: they were lost, or the stream's last ones were and others took their numbers.
    pub gap: bool,
}

/// How far a site's sources reach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceHeads {
    /// The last sequence of its feed.
    pub events: u64,
    /// The last sequence of its imported lessons.
    pub imported: u64,
}

impl Store {
    /// At most `count` imported lessons after a place, or from the oldest that is there.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn read_imported_lessons(
        &self,
        site: &SiteId,
        after: Option<Cursor>,
        count: usize,
    ) -> Result<ImportPage, StoreError> {
        let taught = after.map_or(0, Cursor::sequence);
        let (from, head) = self.imported_past(site, taught, count).await?;
        // Behind what was taught there must be nothing, or the next one.
        let gap = head < taught
            || from
                .first()
                .is_some_and(|(id, _)| after.is_some() && id.sequence() != taught + 1);
        let lessons = if head < taught {
            // The stream lost its tail, and others take their numbers: what is there counts.
            self.imported_past(site, 0, count).await?.0
        } else {
            from
        };
        Ok(ImportPage { lessons, gap })
    }

    async fn imported_past(
        &self,
        site: &SiteId,
        sequence: u64,
        count: usize,
    ) -> Result<(Vec<(Cursor, Vec<u8>)>, u64), StoreError> {
        let mut pipe = redis::pipe();
        pipe.cmd("XRANGE")
            .arg(keys::imported_lessons(site))
            .arg(format!("{}-0", sequence.saturating_add(1)))
            .arg("+")
            .arg("COUNT")
            .arg(count);
        pipe.cmd("HGET").arg(keys::counters(site)).arg("il");
        let (found, head): (StreamRangeReply, Option<u64>) = self.pipeline(&pipe).await?;
        let lessons = found.ids.iter().map(read_entry).collect::<Result<_, _>>()?;
        Ok((lessons, head.unwrap_or(0)))
    }

    /// Forgets imported lessons up to a place that the model log has.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn forget_imported_lessons(
        &self,
        site: &SiteId,
        to: Cursor,
    ) -> Result<u64, StoreError> {
        self.query(&forget(site, to)).await
    }

    /// The same for several sites at once. A site whose stream ends before its place lost its tail, and keeps what it has.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn forget_taught_lessons(
        &self,
        places: &[(SiteId, Cursor)],
    ) -> Result<(), StoreError> {
        let sites: Vec<SiteId> = places.iter().map(|(site, _)| site.clone()).collect();
        let heads = self.source_heads(&sites).await?;
        let reached = places
            .iter()
            .zip(heads)
            .filter(|((_, to), heads)| heads.imported >= to.sequence());
        let trims: Vec<redis::Cmd> = reached.map(|((site, to), _)| forget(site, *to)).collect();
        if !trims.is_empty() {
            let _: Vec<redis::Value> = self.each(trims).await?;
        }
        Ok(())
    }

    /// How far the sources of some sites reach, in the same order: one round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn source_heads(&self, sites: &[SiteId]) -> Result<Vec<SourceHeads>, StoreError> {
        if sites.is_empty() {
            return Ok(Vec::new());
        }
        let reads = sites.iter().map(|site| {
            let mut read = redis::cmd("HMGET");
            read.arg(keys::counters(site)).arg(&["seq", "il"]);
            read
        });
        let heads: Vec<(Option<u64>, Option<u64>)> = self.each(reads.collect()).await?;
        Ok(heads
            .into_iter()
            .map(|(events, imported)| SourceHeads {
                events: events.unwrap_or(0),
                imported: imported.unwrap_or(0),
            })
            .collect())
    }
}

fn forget(site: &SiteId, to: Cursor) -> redis::Cmd {
    let mut trim = redis::cmd("XTRIM");
    trim.arg(keys::imported_lessons(site))
        .arg("MINID")
        .arg(format!("{}-0", to.sequence().saturating_add(1)));
    trim
}

fn read_entry(entry: &StreamId) -> Result<(Cursor, Vec<u8>), StoreError> {
    let id = entry.id.parse().map_err(|_| StoreError::Corrupt {
        what: "an id of imported lessons",
    })?;
    Ok((id, entry.get::<Vec<u8>>(FIELD).unwrap_or_default()))
}
