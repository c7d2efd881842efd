//! Goes through a queue in due order, a chunk at a time, from a place that outlives what leaves the queue meanwhile.

use redis::Pipeline;

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        lane::Lane,
        state::Timestamp,
        stored::StoredComment,
    },
    store::{
        connection::Store,
        error::StoreError,
        keys,
        reply::id_bytes,
        script::{Script, ScriptCall},
    },
};

static QUEUE_PAGE: Script = Script::new("queue_page.lua", include_str!("scripts/queue_page.lua"));

/// A place in a queue: after an entry, which may have left it since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    due: i64,
    id: [u8; 16],
}

impl Place {
    /// Before all entries.
    pub const START: Self = Self {
        due: i64::MIN,
        id: [0; 16],
    };

    /// After an entry.
    #[must_use]
    pub fn after(entry: QueueEntry) -> Self {
        Self {
            due: entry.due_at.0,
            id: *entry.comment.as_bytes(),
        }
    }

    /// In 24 bytes, for a page token.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.due.to_be_bytes());
        bytes[8..].copy_from_slice(&self.id);
        bytes
    }

    /// From these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 24]) -> Self {
        let (mut due, mut id) = ([0; 8], [0; 16]);
        due.copy_from_slice(&bytes[..8]);
        id.copy_from_slice(&bytes[8..]);
        Self {
            due: i64::from_be_bytes(due),
            id,
        }
    }
}

/// One entry of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueEntry {
    /// What waits.
    pub comment: CommentId,
    /// When it is due.
    pub due_at: Timestamp,
}

impl Store {
    /// At most `count` entries of a lane from a place on. One read.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn queue_from(
        &self,
        site: &SiteId,
        lane: Lane,
        from: Place,
        count: usize,
    ) -> Result<Vec<QueueEntry>, StoreError> {
        let call = ScriptCall::new()
            .key(keys::lane(site, lane))
            .arg(from.due)
            .arg(&from.id[..])
            .arg(count.max(1));
        let found: Vec<(Vec<u8>, f64)> = self.call(&QUEUE_PAGE, &call).await?;
        let entry = |(id, due): &(Vec<u8>, f64)| {
            #[expect(clippy::cast_possible_truncation, reason = "we wrote a whole number")]
            Ok(QueueEntry {
                comment: CommentId::from_bytes(id_bytes(id)?),
                due_at: Timestamp(*due as i64),
            })
        };
        found.iter().map(entry).collect()
    }

    /// The languages of some comments' articles, in the same order; empty where there is no comment or none is known. One
    /// read.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn languages(
        &self,
        site: &SiteId,
        comments: &[Option<StoredComment>],
    ) -> Result<Vec<String>, StoreError> {
        if comments.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipe = Pipeline::with_capacity(comments.len());
        for comment in comments {
            let thread = comment.as_ref().map_or_else(
                || keys::site(site),
                |comment| keys::thread(site, &comment.content.thread),
            );
            pipe.cmd("HGET").arg(thread).arg("lang");
        }
        let languages: Vec<Option<String>> = self.pipeline(&pipe).await?;
        let told = languages.into_iter().map(Option::unwrap_or_default);
        Ok(told.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back() {
        let entry = QueueEntry {
            comment: CommentId::fresh(),
            due_at: Timestamp(1_769_850_000_000),
        };
        for place in [Place::START, Place::after(entry)] {
            assert_eq!(Place::from_bytes(place.to_bytes()), place);
        }
    }
}
