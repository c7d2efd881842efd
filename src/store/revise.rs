//! Comments written anew by their authors: the typed twin of `revise.lua`.

use std::time::Duration;

use prost::Message;

use crate::{
    comment::{
        audit::Actor,
        ids::{KeyedHash, SiteId},
        limits::Limit,
        observed::SeenVersions,
        state::{CommentState, Outcome, Timestamp, Version},
        stored::{CommentContent, StoredComment},
        thread::ClosedBy,
    },
    proto::store::EventRecord,
    store::{
        audit,
        connection::Store,
        error::StoreError,
        events::{self, CAUSE_REVISED},
        keys, record,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, change_script},
        versions,
    },
};

static REVISE: Script = change_script!("revise.lua", "versions.lua");

/// A new text of a comment, as it was judged.
pub struct NewRevision<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// The comment as it was when the new text was judged.
    pub comment: &'a StoredComment,
    /// The version that the blog knows.
    pub version: Version,
    /// A keyed digest of what was sent.
    pub digest: [u8; 8],
    /// What policy decided.
    pub outcome: Outcome,
    /// What the comment says now, and how it was judged.
    pub content: &'a CommentContent,
    /// The versions that it was judged at; `None`: store it whatever has changed.
    pub judged_at: Option<SeenVersions>,
    /// How long from now it is due in the queue; `None`: not queued.
    pub due_in: Option<Duration>,
    /// Of the author's comments and revisions.
    pub limit: Limit,
    /// How old a thread's first comment may be; `None`: as old as it is.
    pub close_threads_after: Option<Duration>,
    /// Which blog's key.
    pub actor: &'a Actor,
}

/// What became of a revision.
#[derive(Debug)]
pub enum Revised {
    /// The comment says so now.
    Done {
        /// The state that it made.
        state: CommentState,
        /// The version that it made.
        version: Version,
        /// When.
        at: Timestamp,
    },
    /// It had been revised so before.
    Replayed {
        /// As it stands.
        comment: Box<StoredComment>,
        /// When it was revised.
        at: Timestamp,
    },
    /// No such comment.
    NotFound,
    /// The comment was erased.
    Erased,
    /// Its author withdrew it.
    Retracted,
    /// The comment has changed since the blog heard of it.
    Stale {
        /// How it stands now.
        state: CommentState,
        /// At which version.
        version: Version,
    },
    /// What it was judged by has changed.
    Changed,
    /// The thread takes no comments.
    ThreadClosed {
        /// Who or what closed it.
        by: ClosedBy,
    },
    /// The author's limit is used up; nothing was charged.
    Refused {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The site is gone.
    NoSite,
}

impl Store {
    /// Replaces a comment's text by its author's new one: atomic, durable when it returns, and safe to repeat.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be done, and the same call again will tell.
    pub async fn revise(&self, new: &NewRevision<'_>) -> Result<Revised, StoreError> {
        let reply: Reply = self.call(&REVISE, &revise_call(new)).await?;
        Ok(match reply.word()?.as_str() {
            "REVISED" => Revised::Done {
                state: reply.state(1)?,
                version: reply.version(2)?,
                at: Timestamp(reply.get(3)?),
            },
            "REPLAYED" => Revised::Replayed {
                comment: Box::new(record::decode(new.comment.id, &reply.get::<Vec<u8>>(1)?)?),
                at: Timestamp(reply.get(2)?),
            },
            "NOT_FOUND" => Revised::NotFound,
            "ERASED" => Revised::Erased,
            "RETRACTED" => Revised::Retracted,
            "STALE" => Revised::Stale {
                state: reply.state(1)?,
                version: reply.version(2)?,
            },
            "CHANGED" => Revised::Changed,
            "CLOSED" => Revised::ThreadClosed {
                by: ClosedBy::from_word(&reply.get::<String>(1)?).ok_or_else(unexpected)?,
            },
            "REFUSED" => Revised::Refused {
                retry_after: Duration::from_micros(reply.get(1)?),
            },
            "NO_SITE" => Revised::NoSite,
            _ => return Err(unexpected()),
        })
    }
}

fn revise_call(new: &NewRevision<'_>) -> ScriptCall {
    let (site, comment) = (new.site, new.comment);
    let versions = new.judged_at.unwrap_or_default();
    let event = EventRecord {
        cause: CAUSE_REVISED,
        outcome: new.outcome as u32,
        reasons: record::encode_reasons(&new.content.reasons),
        ..EventRecord::default()
    };
    // Who has no identity has no rate: then it is the comment's.
    let own = KeyedHash::from_bytes(*comment.id.as_bytes());
    let author = comment.content.author.unwrap_or(own);
    let due = new.due_in.map(|due| due.as_millis().to_string());
    ScriptCall::change(site)
        .key(keys::earlier_versions(site, &comment.id))
        .key(keys::site(site))
        .key(keys::author_rate(site, &author))
        .arg(&comment.id.as_bytes()[..])
        .arg(new.version.get())
        .arg(&new.digest[..])
        .arg(&new.actor.key.as_bytes()[..])
        .arg(new.outcome.state().number())
        .arg(new.outcome as u8)
        .arg(record::encode_of_wave(new.content, comment.wave))
        .arg(versions.policy)
        .arg(versions.thread)
        .arg(versions.author)
        .arg(if new.judged_at.is_some() { "1" } else { "" })
        .arg(due.unwrap_or_default())
        .arg(events::random_bits())
        .arg(event.encode_to_vec())
        .arg(audit::details_by(new.actor, "").encode_to_vec())
        .arg(site.as_str())
        .arg(u64::try_from(new.limit.interval().as_micros()).unwrap_or(u64::MAX))
        .arg(new.limit.burst())
        .arg(versions::kept(comment))
        .arg(comment.version.get())
        .arg(new.close_threads_after.map_or(0, |after| after.as_millis()))
}
