//! What a moderator may want to know around one comment: bounded reads, whatever the size of thread and wave.

mod nearby;

use redis::Pipeline;

use crate::{
    comment::{
        audit::AuditEntry,
        history::Entry,
        ids::{CommentId, SiteId},
        lease::ItemContext,
        stored::StoredComment,
    },
    store::{
        aftermath::Aftermath,
        audit::AuditLog,
        connection::Store,
        counts::{AUTHOR_FIELDS, by_state},
        error::StoreError,
        keys,
        reply::id_bytes,
    },
};
use nearby::Nearby;

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
    /// The comment that it answers.
    pub parent: Option<StoredComment>,
    /// What came just before it in its thread, approved or pending, at most [`Surroundings::MOST_NEARBY`], oldest first.
    pub before: Vec<StoredComment>,
    /// The same, just after it.
    pub after: Vec<StoredComment>,
    /// What was done to it, oldest first, with what the audit log tells of it as long as that is kept.
    pub deeds: Vec<(Entry, Option<AuditEntry>)>,
    /// What became of it since it came.
    pub aftermath: Aftermath,
}

impl Surroundings {
    /// Enough to see what they have in common.
    pub const MOST_MEMBERS: usize = 10;

    /// Enough to see what a comment is about.
    pub const MOST_NEARBY: usize = 2;
}

/// What one look at thread and wave tells.
struct Around {
    thread_counts: [u32; 6],
    /// Its own place in the order of arrival.
    place: Option<f64>,
    wave: Vec<CommentId>,
}

impl Store {
    /// A comment and what surrounds it; `None` if there is no such comment. Four reads one after another, the second of
    /// five at the same time.
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
        let itself = [&comment];
        let (contexts, around, deeds, moderator, aftermath) = tokio::try_join!(
            self.contexts(site, &itself),
            self.around(site, &comment),
            self.deeds(site, &comment),
            self.last_moderator(&comment),
            self.aftermath(site, &comment),
        )?;
        let nearby = match around.place {
            Some(place) => {
                let most = Surroundings::MOST_NEARBY;
                self.nearby(site, &comment, place, most).await?
            }
            None => Nearby::default(),
        };
        let parent = comment.content.parent;
        let lists = [
            parent.as_slice(),
            &nearby.before,
            &nearby.after,
            &around.wave,
        ];
        let mut found = self.comments(site, &lists.concat()).await?.into_iter();
        let [parent, before, after, wave_members] = lists.map(|list| {
            let of_list = found.by_ref().take(list.len());
            of_list.flatten().collect::<Vec<_>>()
        });
        Ok(Some(Surroundings {
            context: contexts.into_iter().next().unwrap_or_default(),
            thread_counts: around.thread_counts,
            wave_members,
            moderator,
            parent: parent.into_iter().next(),
            before,
            after,
            deeds,
            aftermath,
            comment,
        }))
    }

    async fn around(&self, site: &SiteId, comment: &StoredComment) -> Result<Around, StoreError> {
        let thread = &comment.content.thread;
        let mut pipe = Pipeline::with_capacity(3);
        pipe.cmd("HMGET")
            .arg(keys::thread(site, thread))
            .arg(&AUTHOR_FIELDS[..6]);
        pipe.cmd("ZSCORE")
            .arg(keys::index(site, comment.state, Some(thread)))
            .arg(&comment.id.as_bytes()[..]);
        let wave = comment
            .wave
            .map_or_else(|| keys::wave_prefix(site), |wave| keys::wave(site, wave));
        // One more: this one may be among them.
        pipe.cmd("ZREVRANGE")
            .arg(wave)
            .arg(0)
            .arg(Surroundings::MOST_MEMBERS);
        type Found = (Vec<Option<i64>>, Option<f64>, Vec<Vec<u8>>);
        let (counts, place, members): Found = self.pipeline(&pipe).await?;
        let thread_counts = by_state(counts);
        let members: Result<Vec<CommentId>, _> = members
            .iter()
            .map(|id| id_bytes(id).map(CommentId::from_bytes))
            .collect();
        let mut wave = members?;
        wave.retain(|other| *other != comment.id);
        wave.truncate(Surroundings::MOST_MEMBERS);
        Ok(Around {
            thread_counts,
            place,
            wave,
        })
    }

    async fn deeds(
        &self,
        site: &SiteId,
        comment: &StoredComment,
    ) -> Result<Vec<(Entry, Option<AuditEntry>)>, StoreError> {
        let entries = comment.history.entries();
        let sequences: Vec<u64> = entries.iter().map(|entry| entry.audit).collect();
        let told = self
            .audit_at(&AuditLog::Site(site.clone()), &sequences)
            .await?;
        let of = |entry: &Entry| told.iter().find(|told| told.sequence == entry.audit);
        let deeds = entries.iter().map(|entry| (*entry, of(entry).cloned()));
        Ok(deeds.collect())
    }

    async fn last_moderator(&self, comment: &StoredComment) -> Result<String, StoreError> {
        let key = match comment.history.decision() {
            Some((_, entry)) => self.access_key(entry.by).await?.record,
            None => None,
        };
        Ok(key.map(|key| key.label).unwrap_or_default())
    }
}
