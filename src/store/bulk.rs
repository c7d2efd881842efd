//! Bulk operations: the typed twins of the `bulk_*.lua` scripts. What one has done is in its hash, which batches move on
//! in the same step as they decide, so that it can be taken up again by anybody, anywhere.

pub(in crate::store) mod fields;
mod reads;

use std::time::Duration;

use prost::Message;

pub(in crate::store) use reads::wave_decision_bytes;

use crate::{
    comment::{
        audit::Actor,
        bulk::{Operation, WaveDecision},
        ids::{CommentId, OperationId, SiteId, ThreadId, WaveId},
        state::Verdict,
    },
    metrics::reviews::Waits,
    proto::store::{AuditRecord, EventRecord},
    store::{
        audit,
        connection::Store,
        decide::waits,
        error::StoreError,
        events, keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, change_script},
    },
};

static START: Script = change_script!("bulk_start.lua");
static DECIDE: Script = change_script!("bulk_decide.lua", "ruling.lua", "bulk.lua");
static LOOK: Script = change_script!("bulk_look.lua", "bulk.lua");

/// How many decisions of one operation teach the model. A wave's members say nearly the same: those after the first tell
/// it nothing new, and would push what other lessons said out of its memory.
const TEACHES: u32 = 100;

/// Who decides, what, and on which terms.
#[derive(Debug, Clone)]
pub struct BulkTerms<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// The operation's name.
    pub operation: OperationId,
    /// By whom.
    pub actor: &'a Actor,
    /// May decide what is escalated.
    pub senior: bool,
    /// Only what stands below this article.
    pub thread: Option<&'a ThreadId>,
    /// The longest that a lease can live: one beyond it is from before a clock jumped back.
    pub longest_rest: Duration,
    /// What is said.
    pub verdict: Verdict,
    /// The site's own code for a rejection; may be empty.
    pub reason_code: &'a str,
    /// Whether it is counted who decided how much.
    pub by_moderator: bool,
    /// For other moderators; may be empty.
    pub note: &'a str,
    /// How long the operation is remembered.
    pub keep: Duration,
}

/// How an operation begins.
#[derive(Debug, Clone, Copy)]
pub struct BulkStart<'a> {
    /// A digest of all that it was asked for.
    pub digest: &'a [u8],
    /// Its target in words, for the audit log.
    pub target: &'a str,
    /// What readers are told for its reason code; may be empty.
    pub reason_text: &'a str,
    /// The wave that it is for, and how long later members follow; zero for not at all.
    pub wave: Option<(WaveId, Duration)>,
}

/// Whether an operation began.
#[derive(Debug)]
pub enum Began {
    /// It did now.
    Now(Operation),
    /// It did before.
    Before(Operation),
    /// Another was begun under this name.
    Reused,
}

/// A batch to be decided.
#[derive(Debug, Clone, Copy)]
pub struct DecideBatch<'a> {
    /// Where the operation's cursor must be.
    pub from: &'a [u8],
    /// Where it is afterwards.
    pub to: &'a [u8],
    /// Which comments.
    pub ids: &'a [CommentId],
    /// What readers are told for the reason code; may be empty.
    pub reason_text: &'a str,
    /// Only those that came before the operation began.
    pub only_earlier: bool,
    /// With the last batch: how many comments are left undecided.
    pub left: Option<u64>,
}

/// What a bulk decision would make of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is decided.
    Taken,
    /// It waits for nobody.
    Settled,
    /// Another moderator holds it.
    Held,
    /// It is for another moderator.
    Reserved,
    /// It is not there.
    Gone,
    /// It stands below another article.
    Outside,
}

impl Kind {
    fn from_digit(digit: u8) -> Option<Self> {
        match digit {
            b'1' => Some(Self::Taken),
            b'2' => Some(Self::Settled),
            b'3' => Some(Self::Held),
            b'4' => Some(Self::Reserved),
            b'5' => Some(Self::Gone),
            b'6' => Some(Self::Outside),
            _ => None,
        }
    }
}

impl Store {
    /// Begins an operation, or finds it. Safe to repeat. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may have begun, and the same call again will tell.
    pub async fn bulk_start(
        &self,
        terms: &BulkTerms<'_>,
        start: &BulkStart<'_>,
    ) -> Result<Began, StoreError> {
        let reply: Reply = self.call(&START, &start_call(terms, start)).await?;
        let operation = || fields::operation(&reply.get::<fields::Fields>(1)?);
        Ok(match reply.word()?.as_str() {
            "BEGUN" => Began::Now(operation()?),
            "KNOWN" => Began::Before(operation()?),
            "REUSED" => Began::Reused,
            _ => return Err(unexpected()),
        })
    }

    /// Decides a batch, and tells the waits that ended; `None` if the operation is elsewhere by now. Safe to repeat. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be decided, and the operation's cursor will tell.
    pub async fn bulk_decide(
        &self,
        terms: &BulkTerms<'_>,
        batch: &DecideBatch<'_>,
    ) -> Result<Option<(Operation, Waits)>, StoreError> {
        let reply: Reply = self.call(&DECIDE, &decide_call(terms, batch)).await?;
        let operation = after_batch(&reply)?;
        operation
            .map(|operation| Ok((operation, waits(&reply, 2)?)))
            .transpose()
    }

    /// What a bulk decision would make of comments, in their order. Changes nothing. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn bulk_look(
        &self,
        terms: &BulkTerms<'_>,
        ids: &[CommentId],
    ) -> Result<Vec<Kind>, StoreError> {
        let call = ScriptCall::change(terms.site)
            .arg(&terms.actor.key.as_bytes()[..])
            .arg(millis(terms.longest_rest))
            .arg(flag(terms.senior))
            .arg(terms.thread.map_or("", ThreadId::as_str))
            .arg(packed(ids));
        let kinds: Vec<u8> = self.call(&LOOK, &call).await?;
        let kinds: Option<Vec<Kind>> = kinds.into_iter().map(Kind::from_digit).collect();
        kinds
            .filter(|kinds| kinds.len() == ids.len())
            .ok_or_else(unexpected)
    }
}

pub(in crate::store) fn after_batch(reply: &Reply) -> Result<Option<Operation>, StoreError> {
    match reply.word()?.as_str() {
        "DONE" => fields::operation(&reply.get::<fields::Fields>(1)?).map(Some),
        "MOVED" => Ok(None),
        _ => Err(unexpected()),
    }
}

fn start_call(terms: &BulkTerms<'_>, start: &BulkStart<'_>) -> ScriptCall {
    let operation = keys::bulk(terms.site, terms.operation);
    let (wave, follow) = start.wave.unzip();
    let decision = wave.map_or_else(
        || operation.clone(),
        |wave| keys::wave_decision(terms.site, wave),
    );
    let audit = AuditRecord {
        verdict: terms.verdict as u32,
        reason_code: terms.reason_code.to_owned(),
        subject: format!("bulk {}", terms.operation),
        after: start.target.to_owned(),
        ..audit::details_by(terms.actor, terms.note)
    };
    let follow = follow.unwrap_or_default().as_secs();
    let value = wave_decision_bytes(&WaveDecision {
        operation: terms.operation,
        verdict: terms.verdict,
    });
    let call = ScriptCall::change(terms.site)
        .key(operation)
        .key(decision)
        .arg(start.digest)
        .arg(events::random_bits())
        .arg(audit.encode_to_vec())
        .arg(terms.keep.as_secs())
        .arg(value)
        .arg(follow)
        .arg("v")
        .arg(terms.verdict as u8)
        .arg("w")
        .arg(wave.map(|wave| wave.to_string()).unwrap_or_default())
        .arg("rt")
        .arg(start.reason_text)
        .arg("c")
        .arg("");
    let zeros = ["n", "left", "1", "2", "3", "4", "5"];
    zeros
        .into_iter()
        .fold(call, |call, field| call.arg(field).arg(0))
}

fn decide_call(terms: &BulkTerms<'_>, batch: &DecideBatch<'_>) -> ScriptCall {
    let event = EventRecord {
        verdict: terms.verdict as u32,
        reason_code: terms.reason_code.to_owned(),
        reason_text: batch.reason_text.to_owned(),
        operation: terms.operation.to_string(),
        ..events::details_by(terms.actor, terms.note)
    };
    ScriptCall::change(terms.site)
        .key(keys::bulk(terms.site, terms.operation))
        .key(keys::bulk_changes(terms.site, terms.operation, false))
        .arg(batch.from)
        .arg(batch.to)
        .arg(flag(batch.left.is_some()))
        .arg(batch.left.unwrap_or_default())
        .arg(terms.verdict as u8)
        .arg(&terms.actor.key.as_bytes()[..])
        .arg(terms.site.as_str())
        .arg(millis(terms.longest_rest))
        .arg(flag(terms.senior))
        .arg(terms.thread.map_or("", ThreadId::as_str))
        .arg(TEACHES)
        .arg(event.encode_to_vec())
        .arg(terms.keep.as_secs())
        .arg(packed(batch.ids))
        .arg(random_bits(batch.ids.len()))
        .arg(flag(batch.only_earlier))
        .arg(terms.reason_code)
        .arg(flag(terms.by_moderator))
        .arg(keys::statistics_prefix(terms.site))
}

fn packed(ids: &[CommentId]) -> Vec<u8> {
    ids.iter().flat_map(|id| *id.as_bytes()).collect()
}

/// 16 bits for each of so many events.
pub(in crate::store) fn random_bits(events: usize) -> Vec<u8> {
    let mut bytes = vec![0; 2 * events];
    // As for [`events::random_bits`].
    let _ = getrandom::fill(&mut bytes);
    bytes
}

pub(in crate::store) fn flag(set: bool) -> &'static str {
    if set { "1" } else { "" }
}

pub(in crate::store) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
