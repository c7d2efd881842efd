//! What a moderator may want to know around one comment: bounded reads, whatever the size of thread and wave.

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        lease::ItemContext,
        stored::StoredComment,
    },
    store::{
        connection::Store,
        error::StoreError,
        keys,
        observe::{AUTHOR_FIELDS, saturate},
        reply::id_bytes,
    },
};

/// What surrounds a comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Surroundings {
    /// As it stands.
    pub comment: StoredComment,
    /// The article, the author's comments, the size of its wave.
    pub context: ItemContext,
    /// The article's comments in the order of `CommentState::ALL`.
    pub thread_counts: [u32; 6],
    /// The newest others of its wave, at most [`Surroundings::MOST_MEMBERS`].
    pub wave_members: Vec<StoredComment>,
    /// The label of the key that the last decision was made with; empty without one.
    pub moderator: String,
}

impl Surroundings {
    /// Enough to see what they have in common.
    pub const MOST_MEMBERS: usize = 10;
}

impl Store {
    /// A comment and what surrounds it; `None` if there is no such comment. Four reads, five after a decision.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn surroundings(
        &self,
        site: &SiteId,
        id: CommentId,
    ) -> Result<Option<Surroundings>, StoreError> {
        let Some(comment) = self.comment(site, id).await? else {
            return Ok(None);
        };
        let contexts = self.contexts(site, &[&comment]).await?;
        let mut pipe = redis::Pipeline::with_capacity(2);
        pipe.cmd("HMGET")
            .arg(keys::thread(site, &comment.content.thread))
            .arg(&AUTHOR_FIELDS[..6]);
        let wave = comment
            .wave
            .map_or_else(|| keys::wave_prefix(site), |wave| keys::wave(site, wave));
        // One more: this one may be among them.
        pipe.cmd("ZREVRANGE")
            .arg(wave)
            .arg(0)
            .arg(Surroundings::MOST_MEMBERS);
        let (counts, members): (Vec<Option<i64>>, Vec<Vec<u8>>) = self.pipeline(&pipe).await?;
        let mut thread_counts = [0; 6];
        for (count, field) in thread_counts.iter_mut().zip(counts) {
            *count = field.map_or(0, saturate);
        }
        let members: Result<Vec<CommentId>, _> = members
            .iter()
            .map(|id| id_bytes(id).map(CommentId::from_bytes))
            .collect();
        let mut others = members?;
        others.retain(|other| *other != id);
        others.truncate(Surroundings::MOST_MEMBERS);
        let wave_members = self.comments(site, &others).await?;
        let key = match comment.history.decision() {
            Some((_, entry)) => self.access_key(entry.by).await?.record,
            None => None,
        };
        Ok(Some(Surroundings {
            context: contexts.into_iter().next().unwrap_or_default(),
            thread_counts,
            wave_members: wave_members.into_iter().flatten().collect(),
            moderator: key.map(|key| key.label).unwrap_or_default(),
            comment,
        }))
    }
}
