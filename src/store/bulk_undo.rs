//! The undoing of bulk operations: the typed twins of `bulk_undo_start.lua` and `bulk_undo.lua`.

use std::time::Duration;

use prost::Message;

use crate::{
    comment::{
        audit::Actor,
        bulk::Operation,
        ids::{OperationId, SiteId},
    },
    proto::store::{AuditRecord, EventRecord},
    store::{
        audit,
        bulk::{after_batch, fields, flag, millis, random_bits},
        connection::Store,
        error::StoreError,
        events, keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, change_script},
    },
};

static START: Script = change_script!("bulk_undo_start.lua");
static UNDO: Script = change_script!("bulk_undo.lua", "ruling.lua");

/// A bulk operation to be undone.
#[derive(Debug, Clone)]
pub struct NewBulkUndo<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// Which.
    pub operation: OperationId,
    /// By whom.
    pub actor: &'a Actor,
    /// May decide what is escalated.
    pub senior: bool,
    /// Whether it is counted who decided how much.
    pub by_moderator: bool,
    /// For other moderators; may be empty.
    pub note: &'a str,
    /// How long a decision can be undone.
    pub window: Duration,
    /// How long the operation is remembered.
    pub keep: Duration,
}

/// Whether an undoing began.
#[derive(Debug)]
pub enum BeganUndo {
    /// It did now.
    Now(Operation),
    /// It did before.
    Before(Operation),
    /// No such operation.
    NotFound,
    /// It is too old.
    TooLate,
}

/// A batch to be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndoBatch {
    /// Where the undoing's cursor must be.
    pub from: u64,
    /// How many changes.
    pub count: usize,
}

impl Store {
    /// Begins an undoing, or finds it. Safe to repeat. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may have begun, and the same call again will tell.
    pub async fn bulk_undo_start(&self, new: &NewBulkUndo<'_>) -> Result<BeganUndo, StoreError> {
        let audit = AuditRecord {
            subject: format!("bulk {}", new.operation),
            ..audit::details_by(new.actor, new.note)
        };
        let call = ScriptCall::change(new.site)
            .key(keys::bulk(new.site, new.operation))
            .key(keys::wave_decision_prefix(new.site))
            .arg(millis(new.window))
            .arg(events::random_bits())
            .arg(audit.encode_to_vec())
            .arg(&new.operation.as_bytes()[..]);
        let reply: Reply = self.call(&START, &call).await?;
        let operation = || fields::operation(&reply.get::<fields::Fields>(1)?);
        Ok(match reply.word()?.as_str() {
            "BEGUN" => BeganUndo::Now(operation()?),
            "KNOWN" => BeganUndo::Before(operation()?),
            "NOT_FOUND" => BeganUndo::NotFound,
            "TOO_LATE" => BeganUndo::TooLate,
            _ => return Err(unexpected()),
        })
    }

    /// Undoes a batch; `None` if the undoing is elsewhere by now. Safe to repeat. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be undone, and the operation's cursor will tell.
    pub async fn bulk_undo(
        &self,
        new: &NewBulkUndo<'_>,
        batch: UndoBatch,
    ) -> Result<Option<Operation>, StoreError> {
        let event = EventRecord {
            operation: new.operation.to_string(),
            ..events::details_by(new.actor, new.note)
        };
        let call = ScriptCall::change(new.site)
            .key(keys::bulk(new.site, new.operation))
            .key(keys::bulk_changes(new.site, new.operation, false))
            .key(keys::bulk_changes(new.site, new.operation, true))
            .arg(batch.from)
            .arg(batch.count)
            .arg(&new.actor.key.as_bytes()[..])
            .arg(new.site.as_str())
            .arg(flag(new.senior))
            .arg(event.encode_to_vec())
            .arg(new.keep.as_secs())
            .arg(random_bits(batch.count))
            .arg(flag(new.by_moderator))
            .arg(keys::statistics_prefix(new.site));
        let reply: Reply = self.call(&UNDO, &call).await?;
        after_batch(&reply)
    }
}
