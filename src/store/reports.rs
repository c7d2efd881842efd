//! Readers' reports: the typed twin of `report.lua`, and what moderators read of them.

use std::{collections::HashMap, time::Duration};

use prost::Message;

use crate::{
    comment::{
        audit::Actor,
        ids::{CommentId, KeyedHash, SiteId},
        report::{ReportLimit, Reports, ToldReport},
        state::Timestamp,
    },
    proto::store::ReportRecord,
    store::{
        audit,
        connection::Store,
        error::StoreError,
        events, keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, change_script},
    },
};

static REPORT: Script = change_script!("report.lua");

/// How a value begins: how it was answered, and when.
const HEAD: usize = 9;

/// A report that is to be noted.
pub struct NewReport<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// Of which comment.
    pub comment: CommentId,
    /// The reader, for the limit.
    pub reader: &'a KeyedHash,
    /// The reader and the comment: who reads Redis can't tell what else a reader reported.
    pub report: &'a KeyedHash,
    /// The blog's own code.
    pub reason: &'a str,
    /// In the reader's words; may be empty.
    pub text: &'a str,
    /// Which blog's key.
    pub actor: &'a Actor,
    /// How long after its arrival an item is due with one report, with two …; never empty.
    pub due_in: &'a [Duration],
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// Noted.
    Done {
        /// The comment waits for a moderator.
        queued: bool,
        /// This reader had reported it before.
        replayed: bool,
    },
    /// No such comment.
    NotFound,
    /// This reader has reported too much.
    Refused {
        /// How long to wait.
        retry_after: Duration,
    },
}

impl Store {
    /// Notes a report: atomic, durable when it returns, and safe to repeat. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be noted, and the same call again will tell.
    pub async fn report(&self, new: &NewReport<'_>) -> Result<Reported, StoreError> {
        let reply: Reply = self.call(&REPORT, &report_call(new)).await?;
        Ok(match reply.word()?.as_str() {
            "REPORTED" => Reported::Done {
                queued: reply.get::<u8>(1)? == 1,
                replayed: reply.get::<u8>(2)? == 1,
            },
            "NOT_FOUND" => Reported::NotFound,
            "REFUSED" => Reported::Refused {
                retry_after: Duration::from_micros(reply.get(1)?),
            },
            _ => return Err(unexpected()),
        })
    }

    /// What readers said of a comment lately. One read of at most a thousand fields.
    ///
    /// # Errors
    /// As [`StoreError`] says; `Corrupt` for a report that we did not write.
    pub async fn reports(&self, site: &SiteId, comment: CommentId) -> Result<Reports, StoreError> {
        let mut get = redis::cmd("HGETALL");
        get.arg(keys::reports(site, &comment));
        let fields: HashMap<Vec<u8>, Vec<u8>> = self.query(&get).await?;
        read(&fields).ok_or(StoreError::Corrupt { what: "a report" })
    }
}

fn read(fields: &HashMap<Vec<u8>, Vec<u8>>) -> Option<Reports> {
    let mut reports = Reports::default();
    let Some(readers) = fields.get(&b"n"[..]) else {
        return fields.is_empty().then_some(reports);
    };
    reports.readers = std::str::from_utf8(readers).ok()?.parse().ok()?;
    // Marks have names of one byte.
    for (_, value) in fields.iter().filter(|(name, _)| name.len() == 16) {
        let (head, said) = value.split_first_chunk::<HEAD>()?;
        let mut at = [0; 8];
        at.copy_from_slice(&head[1..]);
        let at = Timestamp(i64::from_le_bytes(at));
        let (first, last) = reports.between.unwrap_or((at, at));
        reports.between = Some((first.min(at), last.max(at)));
        if !said.is_empty() {
            let ReportRecord { reason, text } = ReportRecord::decode(said).ok()?;
            reports.told.push(ToldReport { reason, text, at });
        }
    }
    reports
        .told
        .sort_by(|a, b| (b.at, &b.reason, &b.text).cmp(&(a.at, &a.reason, &a.text)));
    Some(reports)
}

fn report_call(new: &NewReport<'_>) -> ScriptCall {
    let said = ReportRecord {
        reason: new.reason.to_owned(),
        text: new.text.to_owned(),
    };
    let due: Vec<u8> = new
        .due_in
        .iter()
        .flat_map(|due| (due.as_secs_f64() * 1_000.0).round().to_le_bytes())
        .collect();
    let mut audit = audit::details_by(new.actor, "");
    new.reason.clone_into(&mut audit.reason_code);
    ScriptCall::change(new.site)
        .key(keys::reports(new.site, &new.comment))
        .key(keys::reporter_rate(new.site, new.reader))
        .arg(&new.comment.as_bytes()[..])
        .arg(&new.report.as_bytes()[..])
        .arg(events::random_bits())
        .arg(audit.encode_to_vec())
        .arg(new.site.as_str())
        .arg(said.encode_to_vec())
        .arg(u64::try_from(ReportLimit::INTERVAL.as_micros()).unwrap_or(u64::MAX))
        .arg(ReportLimit::BURST)
        .arg(&due[..])
        .arg(keys::statistics_prefix(new.site))
}
