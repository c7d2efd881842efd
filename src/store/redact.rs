//! Comments of which moderators black out a part: the typed twin of `redact.lua`.

use std::time::Duration;

use prost::Message;

use crate::{
    comment::{
        audit::Actor,
        ids::SiteId,
        lease::LeaseToken,
        state::{CommentState, Timestamp, Version},
        stored::{CommentContent, StoredComment},
    },
    proto::store::EventRecord,
    store::{
        audit,
        connection::Store,
        error::StoreError,
        events::{self, CAUSE_REDACTED},
        keys, record,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, change_script},
        versions,
    },
};

static REDACT: Script = change_script!("redact.lua", "versions.lua");

/// A comment that a moderator blacked something out of.
pub struct NewRedaction<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// The comment as it was when it was read.
    pub comment: &'a StoredComment,
    /// The version that the moderator saw.
    pub version: Version,
    /// A digest of what was asked for, and by whom.
    pub digest: [u8; 8],
    /// What the comment says now.
    pub content: &'a CommentContent,
    /// By whom.
    pub actor: &'a Actor,
    /// For other moderators; may be empty.
    pub note: &'a str,
    /// If the moderator holds the item.
    pub lease: Option<LeaseToken>,
    /// May decide what is escalated.
    pub senior: bool,
    /// The longest that a lease can live.
    pub longest_rest: Duration,
}

/// What became of a redaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redacted {
    /// Done.
    Done {
        /// Where the comment stands, as before.
        state: CommentState,
        /// The version that it made.
        version: Version,
        /// When.
        at: Timestamp,
        /// It had been done before.
        replayed: bool,
    },
    /// No such comment.
    NotFound,
    /// The comment was erased.
    Erased,
    /// Its author withdrew it.
    Retracted,
    /// The comment has changed since the moderator saw it.
    Stale {
        /// How it stands now.
        state: CommentState,
        /// At which version.
        version: Version,
    },
    /// It waits for nobody.
    NotWaiting,
    /// It is for a senior moderator.
    Escalated,
    /// Another moderator holds the item.
    LeasedByAnother,
}

impl Store {
    /// Blacks out a part of a comment: atomic, durable when it returns, and safe to repeat.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be done, and the same call again will tell.
    pub async fn redact(&self, new: &NewRedaction<'_>) -> Result<Redacted, StoreError> {
        let reply: Reply = self.call(&REDACT, &redact_call(new)).await?;
        Ok(match reply.word()?.as_str() {
            "REDACTED" => Redacted::Done {
                state: reply.state(1)?,
                version: reply.version(2)?,
                at: Timestamp(reply.get(3)?),
                replayed: reply.get::<u8>(4)? == 1,
            },
            "NOT_FOUND" => Redacted::NotFound,
            "ERASED" => Redacted::Erased,
            "RETRACTED" => Redacted::Retracted,
            "STALE" => Redacted::Stale {
                state: reply.state(1)?,
                version: reply.version(2)?,
            },
            "NOT_WAITING" => Redacted::NotWaiting,
            "ESCALATED" => Redacted::Escalated,
            "LEASED" => Redacted::LeasedByAnother,
            _ => return Err(unexpected()),
        })
    }
}

fn redact_call(new: &NewRedaction<'_>) -> ScriptCall {
    let event = EventRecord {
        cause: CAUSE_REDACTED,
        ..events::details_by(new.actor, new.note)
    };
    let token = new.lease.as_ref().map(LeaseToken::as_bytes);
    ScriptCall::change(new.site)
        .key(keys::earlier_versions(new.site, &new.comment.id))
        .arg(&new.comment.id.as_bytes()[..])
        .arg(new.version.get())
        .arg(&new.digest[..])
        .arg(&new.actor.key.as_bytes()[..])
        .arg(token.map_or(&[][..], |token| &token[..]))
        .arg(events::random_bits())
        .arg(event.encode_to_vec())
        .arg(audit::details_by(new.actor, new.note).encode_to_vec())
        .arg(new.site.as_str())
        .arg(u64::try_from(new.longest_rest.as_millis()).unwrap_or(u64::MAX))
        .arg(if new.senior { "1" } else { "" })
        .arg(record::encode_of_wave(new.content, new.comment.wave))
        .arg(versions::kept(new.comment))
        .arg(new.comment.version.get())
}
