//! What the privacy officer does to data subjects besides erasing: reveals, notes in the audit log, legal holds. The typed twin
//! of `reveal.lua`, `subject_note.lua` and `legal_hold.lua`.

use std::time::Duration;

use prost::Message;

use crate::{
    comment::{
        audit::{Actor, AuditAction},
        calendar::{Day, Hour},
        ids::{CommentId, KeyedHash, SiteId},
        state::Timestamp,
    },
    proto::store::AuditRecord,
    store::{
        audit::{author_reference, details_by},
        connection::Store,
        error::StoreError,
        events, keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, audited_script, change_script},
    },
};

static REVEAL: Script = change_script!("reveal.lua");
static NOTE: Script = audited_script!(allow_oom "subject_note.lua");
static HOLD: Script = audited_script!(allow_oom "legal_hold.lua", "aliases.lua");

/// The count of a day is kept until it is over everywhere.
const KEEP_COUNT: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// Contact data that is to be handed out.
pub struct NewReveal<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// Of which comment.
    pub comment: CommentId,
    /// The data key that it is sealed with.
    pub data_key: [u8; 8],
    /// Who asks.
    pub actor: &'a Actor,
    /// Why.
    pub purpose: &'a str,
    /// How many may be revealed a day.
    pub most: u32,
    /// Redis's time, a moment ago.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revealed {
    /// It is noted, and may be handed out.
    Done {
        /// What opens it, wrapped to the officer.
        wrapped_data_key: Vec<u8>,
        /// How many are left today.
        left: u32,
    },
    /// No such comment.
    NotFound,
    /// The contact data or its key is kept no more.
    Gone,
    /// The day's are used up.
    Limit {
        /// How long the day still is.
        retry_after: Duration,
    },
}

/// The log names as many of a subject's authors.
const MOST_NAMED: usize = 20;

/// What is noted of a data subject.
pub struct SubjectNote<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// As whom the subject is known.
    pub authors: &'a [KeyedHash],
    /// What is done.
    pub action: AuditAction,
    /// By whom.
    pub actor: &'a Actor,
    /// Why.
    pub purpose: &'a str,
    /// How it stands before and after; may be empty.
    pub before: &'a str,
    /// The same after it.
    pub after: &'a str,
}

/// What became of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectNoted {
    /// It is in the log.
    Done,
    /// A legal hold refuses what would be noted.
    Held {
        /// Why it is held.
        why: String,
    },
    /// The site is gone.
    NoSite,
}

/// What became of a legal hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldSet {
    /// Whether anything changed.
    pub changed: bool,
    /// How many of the subject's authors have come so far.
    pub authors_known: u32,
}

impl Store {
    /// Notes that contact data is handed out, and counts it. Each call counts, a repetition too. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; it may be noted then, and nothing was handed out.
    pub async fn reveal(&self, new: &NewReveal<'_>) -> Result<Revealed, StoreError> {
        let day: Day = Hour::of(new.now).day();
        let call = ScriptCall::change(new.site)
            .key(keys::data_key(new.site, new.data_key))
            .key(keys::reveals(new.site, day))
            .arg(&new.comment.as_bytes()[..])
            .arg(new.most)
            .arg(KEEP_COUNT.as_secs())
            .arg(events::random_bits())
            .arg(details_by(new.actor, new.purpose).encode_to_vec());
        let reply: Reply = self.call(&REVEAL, &call).await?;
        Ok(match reply.word()?.as_str() {
            "REVEALED" => Revealed::Done {
                wrapped_data_key: reply.get(1)?,
                left: reply.get(2)?,
            },
            "NOT_FOUND" => Revealed::NotFound,
            "GONE" => Revealed::Gone,
            "LIMIT" => Revealed::Limit {
                retry_after: Duration::from_millis(reply.get(1)?),
            },
            _ => return Err(unexpected()),
        })
    }

    /// Notes something of a data subject in the audit log, which names those of its authors that there are; of an erasure,
    /// none, since their names go with them. `unless_held`: not if a legal hold is on one of its authors. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; it may be noted then.
    pub async fn note_subject(
        &self,
        note: &SubjectNote<'_>,
        unless_held: bool,
    ) -> Result<SubjectNoted, StoreError> {
        let call = ScriptCall::new()
            .key(keys::site(note.site))
            .key(keys::audit(note.site))
            .key(keys::counters(note.site));
        let call = with_authors(call, note.site, note.authors)
            .arg(note.action as u8)
            .arg(if unless_held { "1" } else { "" })
            .arg(events::random_bits())
            .arg(details(note));
        let call = if note.action == AuditAction::SubjectErased {
            call
        } else {
            with_references(call, note.authors)
        };
        let reply: Reply = self.call(&NOTE, &call).await?;
        match reply.word()?.as_str() {
            "NOTED" => Ok(SubjectNoted::Done),
            "HELD" => Ok(SubjectNoted::Held { why: reply.get(1)? }),
            "NO_SITE" => Ok(SubjectNoted::NoSite),
            _ => Err(unexpected()),
        }
    }

    /// Sets a legal hold on a data subject's authors for the note's purpose, or ends it. `None` where the site is gone. Safe to
    /// repeat. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again will tell.
    pub async fn set_legal_hold(
        &self,
        note: &SubjectNote<'_>,
        held: bool,
    ) -> Result<Option<HoldSet>, StoreError> {
        let site = note.site;
        let call = ScriptCall::new()
            .key(keys::site(site))
            .key(keys::audit(site))
            .key(keys::counters(site))
            .key(keys::data_keys(site))
            .key(keys::held_data_keys(site))
            .key(keys::retention(site));
        let call = keys::recognition(site)
            .into_iter()
            .fold(call, ScriptCall::key)
            .key(keys::standing_ends(site));
        let call = with_authors(call, site, note.authors)
            .arg(if held { note.purpose } else { "" })
            .arg(events::random_bits())
            .arg(details(note));
        let call = with_references(call, note.authors);
        let reply: Reply = self.call(&HOLD, &call).await?;
        match reply.word()?.as_str() {
            "SET" => Ok(Some(HoldSet {
                changed: reply.get::<u8>(1)? == 1,
                authors_known: reply.get(2)?,
            })),
            "NO_SITE" => Ok(None),
            _ => Err(unexpected()),
        }
    }

    /// Since when an author is known, and why the author is held. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn author_since(
        &self,
        site: &SiteId,
        author: &KeyedHash,
    ) -> Result<(Option<Timestamp>, Option<String>), StoreError> {
        let mut get = redis::cmd("HMGET");
        get.arg(keys::author(site, author)).arg("f").arg("lh");
        let (since, held): (Option<i64>, Option<String>) = self.query(&get).await?;
        Ok((since.map(Timestamp), held))
    }

    /// Wrapped data keys by their ids; `None` for what is destroyed. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn wrapped_data_keys(
        &self,
        site: &SiteId,
        ids: &[[u8; 8]],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut get = redis::cmd("MGET");
        for id in ids {
            get.arg(keys::data_key(site, *id));
        }
        self.query(&get).await
    }
}

fn with_authors(call: ScriptCall, site: &SiteId, authors: &[KeyedHash]) -> ScriptCall {
    let authors = authors.iter().map(|author| keys::author(site, author));
    authors.fold(call, ScriptCall::key)
}

fn with_references(call: ScriptCall, authors: &[KeyedHash]) -> ScriptCall {
    let named = authors.iter().take(MOST_NAMED);
    named.fold(call, |call, _| call.arg(author_reference()))
}

fn details(note: &SubjectNote<'_>) -> Vec<u8> {
    AuditRecord {
        before: note.before.to_owned(),
        after: note.after.to_owned(),
        ..details_by(note.actor, note.purpose)
    }
    .encode_to_vec()
}
