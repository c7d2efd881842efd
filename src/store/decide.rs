//! Verdicts carried out and undone: the typed twins of `decide.lua` and `undo.lua`.

use std::time::Duration;

use prost::Message;

use crate::{
    comment::{
        audit::Actor,
        ids::{CommentId, SiteId},
        lease::LeaseToken,
        state::{CommentState, Timestamp, Version, Word},
    },
    metrics::reviews::Waits,
    proto::store::{AuditRecord, EventRecord},
    store::{
        audit,
        connection::Store,
        error::StoreError,
        events, keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, change_script},
    },
};

static DECIDE: Script = change_script!("decide.lua", "ruling.lua");
static UNDO: Script = change_script!("undo.lua", "ruling.lua");

/// A moderator's word on a version of a comment.
pub struct NewDecision<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// On which comment.
    pub comment: CommentId,
    /// The version that the moderator saw.
    pub version: Version,
    /// What was said.
    pub word: Word,
    /// By whom.
    pub actor: &'a Actor,
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
    /// May decide what is escalated.
    pub senior: bool,
    /// The site counts by moderator.
    pub by_moderator: bool,
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
        /// The wait that it ended, if any.
        waits: Waits,
    },
    /// No such comment.
    NotFound,
    /// The comment was erased.
    Erased,
    /// The author withdrew it.
    Retracted,
    /// The comment has changed since.
    Stale {
        /// How it stands now.
        state: CommentState,
        /// At which version.
        version: Version,
    },
    /// Another moderator holds the item.
    LeasedByAnother,
    /// It is for a senior moderator.
    Escalated,
    /// An appeal is for another moderator than the one who rejected.
    SameModerator,
}

/// A decision to be undone.
pub struct NewUndo<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// On which comment.
    pub comment: CommentId,
    /// The version that the decision made.
    pub version: Version,
    /// By whom.
    pub actor: &'a Actor,
    /// For other moderators; may be empty.
    pub note: &'a str,
    /// May decide what is escalated.
    pub senior: bool,
    /// The site counts by moderator.
    pub by_moderator: bool,
    /// How long a decision can be undone.
    pub window: Duration,
}

/// What became of an undoing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// Undone.
    Done {
        /// The state now.
        state: CommentState,
        /// The version that it made.
        version: Version,
        /// When.
        at: Timestamp,
        /// What was undone.
        word: Word,
        /// It had been undone before.
        replayed: bool,
    },
    /// No such comment.
    NotFound,
    /// The comment was erased.
    Erased,
    /// Something came after the decision.
    Stale {
        /// How the comment stands now.
        state: CommentState,
        /// At which version.
        version: Version,
    },
    /// The version was not made by a decision.
    NoDecision,
    /// The decision is too old.
    TooLate,
    /// It was a senior moderator's.
    Escalated,
    /// Neither an appeal nor its answer is left to whoever decided first.
    SameModerator,
}

impl Store {
    /// Carries out a verdict: atomic, durable when it returns, and safe to repeat. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be carried out, and the same call again will tell.
    pub async fn decide(&self, new: &NewDecision<'_>) -> Result<Decided, StoreError> {
        let reply: Reply = self.call(&DECIDE, &decide_call(new)).await?;
        Ok(match reply.word()?.as_str() {
            "DECIDED" => Decided::Done {
                state: reply.state(1)?,
                version: reply.version(2)?,
                at: Timestamp(reply.get(3)?),
                replayed: reply.get::<u8>(4)? == 1,
                waits: waits(&reply, 5)?,
            },
            "NOT_FOUND" => Decided::NotFound,
            "ERASED" => Decided::Erased,
            "RETRACTED" => Decided::Retracted,
            "STALE" => Decided::Stale {
                state: reply.state(1)?,
                version: reply.version(2)?,
            },
            "LEASED" => Decided::LeasedByAnother,
            "ESCALATED" => Decided::Escalated,
            "SAME_MODERATOR" => Decided::SameModerator,
            _ => return Err(unexpected()),
        })
    }

    /// Undoes a decision: atomic, durable when it returns, and safe to repeat. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be undone, and the same call again will tell.
    pub async fn undo(&self, new: &NewUndo<'_>) -> Result<Undone, StoreError> {
        let reply: Reply = self.call(&UNDO, &undo_call(new)).await?;
        Ok(match reply.word()?.as_str() {
            "UNDONE" => Undone::Done {
                state: reply.state(1)?,
                version: reply.version(2)?,
                at: Timestamp(reply.get(3)?),
                word: Word::from_number(reply.get(4)?).ok_or_else(unexpected)?,
                replayed: reply.get::<u8>(5)? == 1,
            },
            "NOT_FOUND" => Undone::NotFound,
            "ERASED" => Undone::Erased,
            "STALE" => Undone::Stale {
                state: reply.state(1)?,
                version: reply.version(2)?,
            },
            "NO_DECISION" => Undone::NoDecision,
            "TOO_LATE" => Undone::TooLate,
            "ESCALATED" => Undone::Escalated,
            "SAME_MODERATOR" => Undone::SameModerator,
            _ => return Err(unexpected()),
        })
    }
}

/// The waits that were ended, from a place of the reply on.
pub(in crate::store) fn waits(reply: &Reply, at: usize) -> Result<Waits, StoreError> {
    Ok(Waits {
        in_time: reply.get(at)?,
        late: reply.get(at + 1)?,
    })
}

fn decide_call(new: &NewDecision<'_>) -> ScriptCall {
    let event = EventRecord {
        verdict: u32::from(new.word.number()),
        reason_code: new.reason_code.to_owned(),
        reason_text: new.reason_text.to_owned(),
        ..events::details_by(new.actor, new.note)
    };
    let audit = AuditRecord {
        verdict: u32::from(new.word.number()),
        reason_code: new.reason_code.to_owned(),
        ..audit::details_by(new.actor, new.note)
    };
    let token = new.lease.as_ref().map(LeaseToken::as_bytes);
    ScriptCall::change(new.site)
        .arg(&new.comment.as_bytes()[..])
        .arg(new.version.get())
        .arg(new.word.number())
        .arg(&new.actor.key.as_bytes()[..])
        .arg(token.map_or(&[][..], |token| &token[..]))
        .arg(flag(new.override_lease))
        .arg(events::random_bits())
        .arg(event.encode_to_vec())
        .arg(audit.encode_to_vec())
        .arg(new.site.as_str())
        .arg(millis(new.longest_rest))
        .arg(flag(new.senior))
        .arg(new.reason_code)
        .arg(flag(new.by_moderator))
        .arg(keys::statistics_prefix(new.site))
}

fn undo_call(new: &NewUndo<'_>) -> ScriptCall {
    ScriptCall::change(new.site)
        .arg(&new.comment.as_bytes()[..])
        .arg(new.version.get())
        .arg(&new.actor.key.as_bytes()[..])
        .arg(events::random_bits())
        .arg(events::details_by(new.actor, new.note).encode_to_vec())
        .arg(audit::details_by(new.actor, new.note).encode_to_vec())
        .arg(new.site.as_str())
        .arg(millis(new.window))
        .arg(flag(new.senior))
        .arg(flag(new.by_moderator))
        .arg(keys::statistics_prefix(new.site))
}

fn flag(set: bool) -> &'static str {
    if set { "1" } else { "" }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
