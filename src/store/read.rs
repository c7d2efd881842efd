//! Reads for those who look: comments, pages of the indexes and of the queue, counts.

use redis::Pipeline;

use crate::{
    comment::{
        ids::{CommentId, SiteId, ThreadId},
        lease::ItemContext,
        state::{CommentState, Timestamp},
        stored::{StoredComment, ThreadDetails},
    },
    store::{
        connection::Store,
        counts::{AUTHOR_FIELDS, history},
        error::StoreError,
        keys, record,
        reply::id_bytes,
        script::{Script, ScriptCall},
    },
};

/// A page ends behind so many bytes of text: with the longest comment on top it stays below 3 MB.
const PAGE_BYTES: usize = 2 << 20;

/// A page of comments in the order of arrival.
#[derive(Debug, Clone, PartialEq)]
pub struct CommentPage {
    /// The comments.
    pub comments: Vec<StoredComment>,
    /// The place after the last of them; `None` on the last page.
    pub next: Option<u64>,
}

pub(super) static LIST: Script = Script::new("list.lua", include_str!("scripts/list.lua"));

type Scored = Vec<(Vec<u8>, f64)>;

impl Store {
    /// One comment.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn comment(
        &self,
        site: &SiteId,
        id: CommentId,
    ) -> Result<Option<StoredComment>, StoreError> {
        let value: Option<Vec<u8>> = self
            .query(redis::cmd("GET").arg(keys::comment(site, &id)))
            .await?;
        value.map(|value| record::decode(id, &value)).transpose()
    }

    /// Comments by name; `None` for those that are not there or cannot be read.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn comments(
        &self,
        site: &SiteId,
        ids: &[CommentId],
    ) -> Result<Vec<Option<StoredComment>>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut get = redis::cmd("MGET");
        for id in ids {
            get.arg(keys::comment(site, id));
        }
        let values: Vec<Option<Vec<u8>>> = self.query(&get).await?;
        // One that cannot be read must not hide the others.
        let decode = |(id, value): (&CommentId, Option<Vec<u8>>)| match record::decode(*id, &value?)
        {
            Ok(comment) => Some(comment),
            Err(error) => {
                tracing::error!(site = %site, comment = %id, error = &error as &dyn std::error::Error, "comment.unreadable");
                None
            }
        };
        Ok(ids.iter().zip(values).map(decode).collect())
    }

    /// At most `count` comments in any of these states after a place in the order of arrival.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn list(
        &self,
        site: &SiteId,
        thread: Option<&ThreadId>,
        states: &[CommentState],
        after: u64,
        count: usize,
    ) -> Result<CommentPage, StoreError> {
        let call = states
            .iter()
            .map(|state| keys::index(site, *state, thread))
            .fold(ScriptCall::new(), ScriptCall::key)
            .arg(after)
            .arg(count);
        let pages: Vec<Scored> = self.call(&LIST, &call).await?;
        let mut merged: Scored = pages.into_iter().flatten().collect();
        merged.sort_by(|a, b| a.1.total_cmp(&b.1));
        self.page(site, merged, count).await
    }

    /// The comments of the first `count` places, which are in their order; fewer where they are long, since clients take
    /// no reply above 4 MB unless told to.
    pub(super) async fn page(
        &self,
        site: &SiteId,
        mut places: Scored,
        count: usize,
    ) -> Result<CommentPage, StoreError> {
        places.truncate(count);
        let is_full = places.len() == count;
        let mut comments = self.comments(site, &ids_of(&places)?).await?;
        let fit = comments
            .iter()
            .scan(0, |bytes, comment| {
                let before = *bytes;
                *bytes += comment
                    .as_ref()
                    .map_or(0, |c| c.content.body.verbatim().len());
                Some(before)
            })
            .take_while(|before| *before < PAGE_BYTES)
            .count();
        let is_cut = fit < places.len();
        places.truncate(fit);
        comments.truncate(fit);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "we wrote a whole number"
        )]
        let next = places
            .last()
            .filter(|_| is_full || is_cut)
            .map(|(_, place)| *place as u64);
        // A comment may change its state between the two reads: it is shown as it stands.
        Ok(CommentPage {
            comments: comments.into_iter().flatten().collect(),
            next,
        })
    }

    /// The articles and authors of some comments, in the same order.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn contexts(
        &self,
        site: &SiteId,
        comments: &[&StoredComment],
    ) -> Result<Vec<ItemContext>, StoreError> {
        if comments.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipe = Pipeline::with_capacity(comments.len() * 3);
        for comment in comments {
            let content = &comment.content;
            pipe.cmd("HMGET")
                .arg(keys::thread(site, &content.thread))
                .arg(&["url", "title", "lang"]);
            let author = content
                .author
                .map_or_else(|| keys::site(site), |author| keys::author(site, &author));
            // A site's hash has none of these fields but `v`, which is not shown.
            pipe.cmd("HMGET").arg(author).arg(&AUTHOR_FIELDS[..7]);
            // A wave that is no more, and none, have no members.
            let wave = comment
                .wave
                .map_or_else(|| keys::wave_prefix(site), |wave| keys::wave(site, wave));
            pipe.cmd("ZCARD").arg(wave);
        }
        let fields: Vec<redis::Value> = self.pipeline(&pipe).await?;
        fields
            .chunks_exact(3)
            .map(|found| {
                let details: Vec<Option<String>> = from(&found[0])?;
                let counts: Vec<Option<String>> = from(&found[1])?;
                let numbers = counts
                    .iter()
                    .map(|f| f.as_ref().and_then(|n| n.parse().ok()));
                let numbers: Vec<Option<i64>> = numbers.collect();
                let text = |at: usize| details.get(at).cloned().flatten().unwrap_or_default();
                Ok(ItemContext {
                    thread: ThreadDetails {
                        url: text(0),
                        title: text(1),
                        language: text(2),
                    },
                    history: history(&numbers),
                    wave_size: from(&found[2])?,
                })
            })
            .collect()
    }

    /// Redis's time.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn now(&self) -> Result<Timestamp, StoreError> {
        let (seconds, micros): (i64, i64) = self.query(&redis::cmd("TIME")).await?;
        Ok(Timestamp(seconds * 1_000 + micros / 1_000))
    }
}

fn from<T: redis::FromRedisValue>(value: &redis::Value) -> Result<T, StoreError> {
    redis::from_redis_value_ref(value).map_err(|_| StoreError::Corrupt {
        what: "an article, an author or a wave",
    })
}

fn ids_of(page: &[(Vec<u8>, f64)]) -> Result<Vec<CommentId>, StoreError> {
    page.iter()
        .map(|(id, _)| id_bytes(id).map(CommentId::from_bytes))
        .collect()
}
