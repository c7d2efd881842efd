//! Comments withdrawn by their authors, and appeals: the typed twins of `retract.lua` and `appeal.lua`.

use std::time::Duration;

use prost::Message;

use crate::{
    comment::{
        audit::Actor,
        history::Deed,
        ids::{CommentId, SiteId},
        report::{Appeal, Appealed},
        state::{CommentState, Timestamp, Version},
        stored::StoredComment,
    },
    proto::store::{AuditRecord, EventRecord},
    store::{
        audit::{self, AuditLog},
        connection::Store,
        error::StoreError,
        events::{self, CAUSE_RETRACTED},
        keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, change_script},
    },
};

static RETRACT: Script = change_script!(allow_oom "retract.lua");
static APPEAL: Script = change_script!("appeal.lua");

/// What became of a retraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retracted {
    /// Withdrawn.
    Done {
        /// The version that it made.
        version: Version,
        /// When.
        at: Timestamp,
        /// It had been withdrawn before.
        replayed: bool,
    },
    /// No such comment.
    NotFound,
    /// The comment was erased.
    Erased,
}

/// An appeal that is to be noted.
pub struct NewAppeal<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// Of which comment.
    pub comment: CommentId,
    /// The version that the decision made.
    pub version: Version,
    /// Why it should be shown.
    pub text: &'a str,
    /// Which blog's key.
    pub actor: &'a Actor,
    /// How long from now it is due.
    pub due_in: Duration,
    /// The site takes appeals.
    pub taken: bool,
}

/// What became of an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppealNoted {
    /// Noted.
    Done(Appealed),
    /// No such comment.
    NotFound,
    /// The comment was erased.
    Erased,
    /// Its author withdrew it.
    Retracted,
    /// The comment has changed since.
    Stale {
        /// How it stands now.
        state: CommentState,
        /// At which version.
        version: Version,
    },
    /// It is not rejected.
    NotRejected,
    /// There is an appeal against this decision, with another text.
    AlreadyAppealed,
    /// An appeal was answered; that is final.
    Answered,
    /// The site takes no appeals.
    SwitchedOff,
    /// A moderator looks at it anyway.
    Waiting,
}

impl Store {
    /// Withdraws a comment: atomic, durable when it returns, and safe to repeat. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be withdrawn, and the same call again will tell.
    pub async fn retract(
        &self,
        site: &SiteId,
        comment: CommentId,
        actor: &Actor,
    ) -> Result<Retracted, StoreError> {
        let event = EventRecord {
            cause: CAUSE_RETRACTED,
            ..EventRecord::default()
        };
        let call = ScriptCall::change(site)
            .arg(&comment.as_bytes()[..])
            .arg(&actor.key.as_bytes()[..])
            .arg(events::random_bits())
            .arg(event.encode_to_vec())
            .arg(audit::details_by(actor, "").encode_to_vec())
            .arg(site.as_str());
        let reply: Reply = self.call(&RETRACT, &call).await?;
        Ok(match reply.word()?.as_str() {
            "RETRACTED" => Retracted::Done {
                version: reply.version(1)?,
                at: Timestamp(reply.get(2)?),
                replayed: reply.get::<u8>(3)? == 1,
            },
            "NOT_FOUND" => Retracted::NotFound,
            "ERASED" => Retracted::Erased,
            _ => return Err(unexpected()),
        })
    }

    /// Notes an appeal: atomic, durable when it returns, and safe to repeat. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be noted, and the same call again will tell.
    pub async fn appeal(&self, new: &NewAppeal<'_>) -> Result<AppealNoted, StoreError> {
        let reply: Reply = self.call(&APPEAL, &appeal_call(new)).await?;
        Ok(match reply.word()?.as_str() {
            "APPEALED" => AppealNoted::Done(Appealed {
                state: reply.state(1)?,
                version: reply.version(2)?,
                at: Timestamp(reply.get(3)?),
                replayed: reply.get::<u8>(4)? == 1,
            }),
            "NOT_FOUND" => AppealNoted::NotFound,
            "ERASED" => AppealNoted::Erased,
            "RETRACTED" => AppealNoted::Retracted,
            "STALE" => AppealNoted::Stale {
                state: reply.state(1)?,
                version: reply.version(2)?,
            },
            "NOT_APPEALABLE" => match reply.get::<String>(1)?.as_str() {
                "state" => AppealNoted::NotRejected,
                "appealed" => AppealNoted::AlreadyAppealed,
                "answered" => AppealNoted::Answered,
                "switched_off" => AppealNoted::SwitchedOff,
                "waiting" => AppealNoted::Waiting,
                _ => return Err(unexpected()),
            },
            _ => return Err(unexpected()),
        })
    }

    /// The last appeal against a decision on a comment. No read without one.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn last_appeal(
        &self,
        site: &SiteId,
        comment: &StoredComment,
    ) -> Result<Option<Appeal>, StoreError> {
        let entries = comment.history.entries().iter().rev();
        let Some(entry) = entries
            .into_iter()
            .find(|entry| entry.deed == Deed::Appealed)
        else {
            return Ok(None);
        };
        let told = self
            .audit_at(&AuditLog::Site(site.clone()), &[entry.audit])
            .await?
            .pop();
        Ok(told.map(|told| Appeal {
            text: told.note,
            version: entry.version,
            at: entry.at,
        }))
    }
}

fn appeal_call(new: &NewAppeal<'_>) -> ScriptCall {
    // By it the script knows the same text again.
    let text = AuditRecord {
        note: new.text.to_owned(),
        ..AuditRecord::default()
    };
    let details = AuditRecord {
        apart: true,
        ..audit::details_by(new.actor, "")
    };
    ScriptCall::change(new.site)
        .key(keys::audit_texts(new.site, new.comment.as_bytes()))
        .arg(&new.comment.as_bytes()[..])
        .arg(new.version.get())
        .arg(text.encode_to_vec())
        .arg(&new.actor.key.as_bytes()[..])
        .arg(events::random_bits())
        .arg(details.encode_to_vec())
        .arg(new.site.as_str())
        .arg(u64::try_from(new.due_in.as_millis()).unwrap_or(u64::MAX))
        .arg(if new.taken { "1" } else { "" })
        .arg(keys::statistics_prefix(new.site))
}
