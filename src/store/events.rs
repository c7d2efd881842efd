//! The feed of a site: a stream whose ids are dense, and whose cursors are verified at every read.

use prost::Message;
use redis::streams::StreamId;

use crate::{
    comment::{
        audit::Actor,
        event::{Cause, Cursor, Event, Untaught},
        ids::{CommentId, SiteId, ThreadId},
        reason::Reason,
        state::{CommentState, Outcome, Timestamp, Verdict, Version},
    },
    proto::store::EventRecord,
    store::{connection::Store, dense, error::StoreError, keys, record, reply::id_bytes},
};

const UNREADABLE: StoreError = StoreError::Corrupt { what: "an event" };

/// `EventRecord.cause`: its author withdrew the comment.
pub(super) const CAUSE_RETRACTED: u32 = 1;
/// Its author wrote it anew.
pub(super) const CAUSE_REVISED: u32 = 2;
/// A moderator blacked out a part of it.
pub(super) const CAUSE_REDACTED: u32 = 3;
/// It was erased for its author.
pub(super) const CAUSE_ERASED: u32 = 4;
/// Nobody decided on it for as long as texts are kept.
pub(super) const CAUSE_EXPIRED: u32 = 5;

/// What a read of the feed found.
#[derive(Debug, PartialEq, Eq)]
pub enum FeedPage {
    /// The events after the cursor, oldest first; fewer than asked for at the feed's end.
    Events(Vec<Event>),
    /// The feed does not reach back to the cursor, or never gave it out.
    OutOfRange {
        /// Where to go on from.
        head: Cursor,
    },
}

impl Store {
    /// Reads at most `count` events after a cursor, or from the oldest that is kept.
    ///
    /// The read starts *at* the cursor's event: were it gone or another, reading after it would skip what is missing
    /// in silence.
    ///
    /// # Errors
    /// As [`StoreError`] says; `Corrupt` for an event that we did not write.
    pub async fn read_events(
        &self,
        site: &SiteId,
        after: Option<Cursor>,
        count: usize,
    ) -> Result<FeedPage, StoreError> {
        let range = dense::range(keys::events(site), after, count);
        let found: Vec<StreamId> = entries(self.query(&range).await?)?;
        let mut events = found
            .iter()
            .map(read_event)
            .collect::<Result<Vec<_>, _>>()?;
        let cursors: Vec<Cursor> = events.iter().map(|event| event.cursor).collect();
        let before = usize::from(dense::is_at_entry(after));
        if dense::run(after, &cursors).is_none_or(|dense| dense + before < cursors.len()) {
            return self.out_of_range(site).await;
        }
        events.drain(..before);
        Ok(FeedPage::Events(events))
    }

    async fn out_of_range(&self, site: &SiteId) -> Result<FeedPage, StoreError> {
        let head = self.feed_head(site).await?;
        Ok(FeedPage::OutOfRange { head })
    }

    /// The place after the newest event.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn feed_head(&self, site: &SiteId) -> Result<Cursor, StoreError> {
        let mut last = redis::cmd("XREVRANGE");
        last.arg(keys::events(site))
            .arg("+")
            .arg("-")
            .arg("COUNT")
            .arg(1);
        let last = entries(self.query(&last).await?)?;
        let newest = last.first().map(read_event).transpose()?;
        Ok(newest.map_or(Cursor::START, |event| event.cursor))
    }

    /// Forgets events from before a time, at most `batch` of them, and never the newest. Returns how many.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn trim_events(
        &self,
        site: &SiteId,
        before: Timestamp,
        batch: usize,
    ) -> Result<u64, StoreError> {
        let mut oldest = redis::cmd("XRANGE");
        oldest
            .arg(keys::events(site))
            .arg("-")
            .arg("+")
            .arg("COUNT")
            .arg(batch + 1);
        let oldest = entries(self.query(&oldest).await?)?;
        let events = oldest
            .iter()
            .map(read_event)
            .collect::<Result<Vec<_>, _>>()?;
        // The first that stays; the last read one stays in any case, and with it the newest.
        let keep = events
            .iter()
            .find(|event| event.at >= before)
            .or(events.last());
        let Some(keep) =
            keep.filter(|keep| Some(keep.cursor) != events.first().map(|first| first.cursor))
        else {
            return Ok(0);
        };
        let mut trim = redis::cmd("XTRIM");
        trim.arg(keys::events(site))
            .arg("MINID")
            .arg(keep.cursor.to_string());
        self.query(&trim).await
    }
}

fn entries(reply: redis::streams::StreamRangeReply) -> Result<Vec<StreamId>, StoreError> {
    Ok(reply.ids)
}

fn read_event(entry: &StreamId) -> Result<Event, StoreError> {
    let number = |field: &str| entry.get::<i64>(field).ok_or(UNREADABLE);
    let state = u8::try_from(number("s")?)
        .ok()
        .and_then(CommentState::from_number)
        .ok_or(UNREADABLE)?;
    let version = u32::try_from(number("v")?)
        .ok()
        .and_then(Version::new)
        .ok_or(UNREADABLE)?;
    let details = entry.get::<Vec<u8>>("x").ok_or(UNREADABLE)?;
    let details = EventRecord::decode(&details[..]).map_err(|_| UNREADABLE)?;
    Ok(Event {
        cursor: entry.id.parse().map_err(|_| UNREADABLE)?,
        comment: CommentId::from_bytes(id_bytes(&entry.get::<Vec<u8>>("c").ok_or(UNREADABLE)?)?),
        thread: details.thread_id.parse().map_err(|_| UNREADABLE)?,
        state,
        version,
        at: Timestamp(number("t")?),
        untaught: Untaught {
            verdict: details.untaught,
            earlier: details.earlier_untaught,
        },
        cause: read_cause(details)?,
    })
}

fn read_cause(details: EventRecord) -> Result<Cause, StoreError> {
    let number = |n: u32| u8::try_from(n).map_err(|_| UNREADABLE);
    match details.cause {
        CAUSE_RETRACTED => return Ok(Cause::Retracted),
        CAUSE_REDACTED => {
            return Ok(Cause::Redacted {
                moderator: details.moderator,
                note: details.note,
            });
        }
        CAUSE_ERASED => return Ok(Cause::Erased { expired: false }),
        CAUSE_EXPIRED => return Ok(Cause::Erased { expired: true }),
        0 | CAUSE_REVISED => {}
        _ => return Err(UNREADABLE),
    }
    if details.outcome != 0 {
        let outcome = Outcome::from_number(number(details.outcome)?).ok_or(UNREADABLE)?;
        let reasons = record::decode_reasons(details.reasons);
        return Ok(match details.cause {
            CAUSE_REVISED => Cause::Revised { outcome, reasons },
            _ => Cause::Submitted { outcome, reasons },
        });
    }
    let verdict = |n: u32| Verdict::from_number(number(n)?).ok_or(UNREADABLE);
    let earlier = match details.earlier_verdict {
        0 => None,
        earlier => Some(verdict(earlier)?),
    };
    let operation = match details.operation.as_str() {
        "" => None,
        operation => Some(operation.parse().map_err(|_| UNREADABLE)?),
    };
    if details.undone_verdict != 0 {
        return Ok(Cause::Undone {
            verdict: verdict(details.undone_verdict)?,
            earlier,
            moderator: details.moderator,
            note: details.note,
            operation,
        });
    }
    Ok(Cause::Decided {
        verdict: verdict(details.verdict)?,
        earlier,
        moderator: details.moderator,
        reason_code: details.reason_code,
        reason_text: details.reason_text,
        note: details.note,
        operation,
    })
}

/// What the event of a submission says beyond its fixed fields.
pub(super) fn submitted_details(
    thread: &ThreadId,
    outcome: Outcome,
    reasons: &[Reason],
) -> Vec<u8> {
    EventRecord {
        thread_id: thread.as_str().to_owned(),
        outcome: outcome as u32,
        reasons: record::encode_reasons(reasons),
        ..EventRecord::default()
    }
    .encode_to_vec()
}

/// What the event of what a person did says beyond its fixed fields; the script appends the thread, which it alone knows.
pub(super) fn details_by(actor: &Actor, note: &str) -> EventRecord {
    EventRecord {
        moderator: actor.label.to_string(),
        note: note.to_owned(),
        ..EventRecord::default()
    }
}

/// The bits that tell an event from another that takes the same sequence after a fail-over.
pub(super) fn random_bits() -> u16 {
    let mut bytes = [0; 2];
    // Without random numbers the ids are still dense and unique; only a fail-over's replacements would not be told.
    let _ = getrandom::fill(&mut bytes);
    u16::from_le_bytes(bytes)
}
