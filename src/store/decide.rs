//! A verdict carried out: the typed twin of `decide.lua`.

use std::time::Duration;

use prost::Message;

use crate::{
    comment::{
        ids::{CommentId, KeyId, KeyedHash, SiteId, ThreadId},
        lease::LeaseToken,
        state::{CommentState, Timestamp, Verdict, Version},
    },
    proto::store::EventRecord,
    store::{
        connection::Store,
        error::StoreError,
        events, keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall},
    },
};

static DECIDE: Script = Script::new("decide.lua", include_str!("scripts/decide.lua"));

/// A moderator's word on a version of a comment.
pub struct NewDecision<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// On which comment.
    pub comment: CommentId,
    /// Where that stands.
    pub thread: &'a ThreadId,
    /// Who wrote it.
    pub author: Option<KeyedHash>,
    /// The version that the moderator saw.
    pub version: Version,
    /// What was said.
    pub verdict: Verdict,
    /// By whose key.
    pub moderator: KeyId,
    /// That key's label.
    pub label: &'a str,
    /// The site's own code for a rejection; may be empty.
    pub reason_code: &'a str,
    /// What the reader is told for it; may be empty.
    pub reason_text: &'a str,
    /// For other moderators; may be empty.
    pub note: &'a str,
    /// If the moderator holds the item.
    pub lease: Option<LeaseToken>,
    /// Although another holds it.
    pub override_lease: bool,
    /// The longest that a lease can live: one beyond it is from before a clock jumped back.
    pub longest_rest: Duration,
}

/// What became of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// Carried out.
    Done {
        /// The state that it made.
        state: CommentState,
        /// The version that it made.
        version: Version,
        /// When.
        at: Timestamp,
        /// It had been carried out before.
        replayed: bool,
    },
    /// No such comment.
    NotFound,
    /// The comment was erased.
    Erased,
    /// The comment has changed since.
    Stale {
        /// How it stands now.
        state: CommentState,
        /// At which version.
        version: Version,
    },
    /// Another moderator holds the item.
    LeasedByAnother,
}

impl Store {
    /// Carries out a verdict: atomic, durable when it returns, and safe to repeat.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be carried out, and the same call again will tell.
    pub async fn decide(&self, new: &NewDecision<'_>) -> Result<Decided, StoreError> {
        let reply: Reply = self.call(&DECIDE, &script_call(new)).await?;
        let state = |at| {
            CommentState::from_number(reply.get(at).unwrap_or_default()).ok_or_else(unexpected)
        };
        let version = |at| Version::new(reply.get(at).unwrap_or_default()).ok_or_else(unexpected);
        Ok(match reply.word()?.as_str() {
            "DECIDED" => Decided::Done {
                state: state(1)?,
                version: version(2)?,
                at: Timestamp(reply.get(3)?),
                replayed: reply.get::<u8>(4)? == 1,
            },
            "NOT_FOUND" => Decided::NotFound,
            "ERASED" => Decided::Erased,
            "STALE" => Decided::Stale {
                state: state(1)?,
                version: version(2)?,
            },
            "LEASED" => Decided::LeasedByAnother,
            _ => return Err(unexpected()),
        })
    }
}

fn script_call(new: &NewDecision<'_>) -> ScriptCall {
    let site = new.site;
    let details = EventRecord {
        thread_id: new.thread.as_str().to_owned(),
        verdict: new.verdict as u32,
        moderator: new.label.to_owned(),
        reason_code: new.reason_code.to_owned(),
        reason_text: new.reason_text.to_owned(),
        note: new.note.to_owned(),
        ..EventRecord::default()
    };
    ScriptCall::new()
        .key(keys::comment(site, &new.comment))
        .key(keys::queue(site))
        .key(keys::leases(site))
        .key(keys::lease_holders(site))
        .key(keys::lease_tokens(site))
        .key(keys::events(site))
        .key(keys::counters(site))
        .key(keys::thread(site, new.thread))
        .key(new.author.map_or_else(
            || keys::counters(site),
            |author| keys::author(site, &author),
        ))
        .arg(&new.comment.as_bytes()[..])
        .arg(new.version.get())
        .arg(new.verdict as u8)
        .arg(new.verdict.state().number())
        .arg(&new.moderator.as_bytes()[..])
        .arg(
            new.lease
                .as_ref()
                .map_or(&[][..], |token| &token.as_bytes()[..]),
        )
        .arg(if new.override_lease { "1" } else { "" })
        .arg(events::random_bits())
        .arg(details.encode_to_vec())
        .arg(keys::index_prefix(site))
        .arg(new.thread.as_str())
        .arg(site.as_str())
        .arg(new.longest_rest.as_millis().to_string())
}
