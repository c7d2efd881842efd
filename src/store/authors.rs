//! Authors as moderators know them: what they wrote last, and what was noted on them.

use prost::Message;

use crate::{
    comment::{
        audit::Actor,
        ids::{CommentId, KeyedHash, SiteId},
        state::{CommentState, Timestamp},
        stored::StoredComment,
    },
    proto::store::{AuditRecord, AuthorNoteRecord},
    store::{
        audit,
        connection::Store,
        error::StoreError,
        events, keys,
        reply::{Reply, id_bytes, unexpected},
        script::{Script, ScriptCall},
    },
};

static ADD_NOTE: Script = Script::new(
    "add_author_note.lua",
    concat!(
        include_str!("scripts/parts/audit.lua"),
        include_str!("scripts/add_author_note.lua")
    ),
);

/// How many notes on an author are kept, the newest.
pub const MOST_NOTES: usize = 20;

const UNREADABLE: StoreError = StoreError::Corrupt {
    what: "an author's comments or notes",
};

/// What a moderator noted on an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorNote {
    /// What.
    pub text: String,
    /// The label of the moderator's key.
    pub moderator: String,
    /// When.
    pub at: Timestamp,
}

/// What became of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It is there.
    Done {
        /// Since when.
        at: Timestamp,
        /// It had been there before.
        replayed: bool,
    },
    /// The site is gone.
    NoSite,
}

impl Store {
    /// Adds a note: atomic, durable when it returns, and safe to repeat.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be there, and the same call again will tell.
    pub async fn add_author_note(
        &self,
        site: &SiteId,
        author: &KeyedHash,
        text: &str,
        actor: &Actor,
    ) -> Result<Noted, StoreError> {
        let record = AuthorNoteRecord {
            text: text.to_owned(),
            moderator: actor.label.to_string(),
        };
        let details = AuditRecord {
            apart: true,
            ..audit::details_by(actor, "")
        };
        let apart = AuditRecord {
            note: text.to_owned(),
            ..AuditRecord::default()
        };
        let call = ScriptCall::new()
            .key(keys::site(site))
            .key(keys::author_notes(site, author))
            .key(keys::audit(site))
            .key(keys::counters(site))
            .key(keys::author(site, author))
            .key(keys::audit_texts(site, b""))
            .arg(record.encode_to_vec())
            .arg(MOST_NOTES)
            .arg(events::random_bits())
            .arg(details.encode_to_vec())
            .arg(apart.encode_to_vec())
            .arg(audit::author_reference());
        let reply: Reply = self.call(&ADD_NOTE, &call).await?;
        match reply.word()?.as_str() {
            "NOTED" => Ok(Noted::Done {
                at: Timestamp(reply.get(1)?),
                replayed: reply.get::<u8>(2)? == 1,
            }),
            "NO_SITE" => Ok(Noted::NoSite),
            _ => Err(unexpected()),
        }
    }

    /// The notes on an author, newest first, at most [`MOST_NOTES`].
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn author_notes(
        &self,
        site: &SiteId,
        author: &KeyedHash,
    ) -> Result<Vec<AuthorNote>, StoreError> {
        let mut range = redis::cmd("LRANGE");
        range
            .arg(keys::author_notes(site, author))
            .arg(0)
            .arg(MOST_NOTES - 1);
        let values: Vec<Vec<u8>> = self.query(&range).await?;
        let read = |value: &Vec<u8>| {
            let (at, record) = value.split_first_chunk::<8>()?;
            let record = AuthorNoteRecord::decode(record).ok()?;
            Some(AuthorNote {
                text: record.text,
                moderator: record.moderator,
                at: Timestamp(i64::from_le_bytes(*at)),
            })
        };
        let notes: Option<Vec<AuthorNote>> = values.iter().map(read).collect();
        notes.ok_or(UNREADABLE)
    }

    /// The ids of an author's newest comments, the newest first, from a rank on.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn author_comment_ids(
        &self,
        site: &SiteId,
        author: &KeyedHash,
        offset: usize,
        count: usize,
    ) -> Result<Vec<CommentId>, StoreError> {
        let mut pipe = redis::Pipeline::with_capacity(2);
        pipe.cmd("HGET").arg(keys::author(site, author)).arg("c");
        pipe.cmd("ZREVRANGE")
            .arg(keys::author_comments(site, author))
            .arg(offset)
            .arg(offset + count.max(1) - 1);
        let (only, ids): (Option<Vec<u8>>, Vec<Vec<u8>>) = self.pipeline(&pipe).await?;
        // An author of one comment has no set.
        if let Some(only) = only.filter(|_| offset == 0) {
            let (id, _) = only.split_first_chunk::<16>().ok_or(UNREADABLE)?;
            return Ok(vec![CommentId::from_bytes(*id)]);
        }
        ids.iter()
            .map(|id| id_bytes(id).map(CommentId::from_bytes))
            .collect()
    }

    /// An author's newest comments, the newest first.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn author_comments(
        &self,
        site: &SiteId,
        author: &KeyedHash,
        offset: usize,
        count: usize,
    ) -> Result<Vec<StoredComment>, StoreError> {
        let ids = self.author_comment_ids(site, author, offset, count).await?;
        Ok(self
            .comments(site, &ids)
            .await?
            .into_iter()
            .flatten()
            .collect())
    }

    /// How many of an author's comments [`Store::author_comment_ids`] knows.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn author_comments_known(
        &self,
        site: &SiteId,
        author: &KeyedHash,
    ) -> Result<u64, StoreError> {
        self.query(redis::cmd("ZCARD").arg(keys::author_comments(site, author)))
            .await
    }

    /// How many comments of the site are pending after a place in the order of arrival.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn pending_after(&self, site: &SiteId, place: u64) -> Result<u64, StoreError> {
        let mut count = redis::cmd("ZCOUNT");
        count
            .arg(keys::index(site, CommentState::Pending, None))
            .arg(format!("({place}"))
            .arg("+inf");
        self.query(&count).await
    }
}
