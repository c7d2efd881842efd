//! The audit log: a stream with dense ids for each site, and one for what concerns no site alone. Scripts append to it
//! (`scripts/parts/audit.lua`) in the same step as they change what it tells of.

use data_encoding::HEXLOWER;
use redis::streams::{StreamId, StreamRangeReply};

use crate::{
    comment::{
        audit::{Actor, AuditAction, AuditEntry, CommentChange},
        event::Cursor,
        ids::{CommentId, KeyId, SiteId},
        state::{CommentState, Timestamp, Version, Word},
    },
    proto::store::AuditRecord,
    store::{connection::Store, error::StoreError, keys, reply::id_bytes},
};
use prost::Message;

const UNREADABLE: StoreError = StoreError::Corrupt {
    what: "an audit entry",
};

/// Which log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditLog {
    /// A site's.
    Site(SiteId),
    /// What concerns no site alone: access keys.
    Global,
}

impl AuditLog {
    fn key(&self) -> Vec<u8> {
        match self {
            Self::Site(site) => keys::audit(site),
            Self::Global => keys::global_audit(),
        }
    }
}

/// In which order a log is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditOrder {
    /// From the oldest entry on.
    OldestFirst,
    /// From the newest entry back.
    NewestFirst,
}

impl Store {
    /// At most `count` entries after a sequence in this order; from the order's beginning without one. One bounded read.
    ///
    /// # Errors
    /// As [`StoreError`] says; `Corrupt` for an entry that we did not write.
    pub async fn audit_entries(
        &self,
        log: &AuditLog,
        order: AuditOrder,
        after: Option<u64>,
        count: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let mut range = match order {
            AuditOrder::OldestFirst => redis::cmd("XRANGE"),
            AuditOrder::NewestFirst => redis::cmd("XREVRANGE"),
        };
        range.arg(log.key());
        match (order, after) {
            (AuditOrder::OldestFirst, None) => range.arg("-").arg("+"),
            (AuditOrder::NewestFirst, None) => range.arg("+").arg("-"),
            (AuditOrder::OldestFirst, Some(after)) => range.arg(after.saturating_add(1)).arg("+"),
            // An id without its second half is the last of its sequence as an end, and the first as a beginning.
            (AuditOrder::NewestFirst, Some(after)) => range.arg(format!("({after}-0")).arg("-"),
        };
        let found: StreamRangeReply = self.query(range.arg("COUNT").arg(count)).await?;
        self.whole(log, &found.ids).await
    }

    /// The oldest and the newest entry of a log; `None` for an empty one. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; `Corrupt` for an entry that we did not write.
    pub async fn audit_ends(
        &self,
        log: &AuditLog,
    ) -> Result<Option<(AuditEntry, AuditEntry)>, StoreError> {
        let mut pipe = redis::Pipeline::with_capacity(2);
        for (command, from, to) in [("XRANGE", "-", "+"), ("XREVRANGE", "+", "-")] {
            let range = pipe.cmd(command).arg(log.key()).arg(from).arg(to);
            range.arg("COUNT").arg(1);
        }
        let (oldest, newest): (StreamRangeReply, StreamRangeReply) = self.pipeline(&pipe).await?;
        match (oldest.ids.first(), newest.ids.first()) {
            (Some(oldest), Some(newest)) => {
                Ok(Some((read_entry(oldest)?.0, read_entry(newest)?.0)))
            }
            (_, None) | (None, _) => Ok(None),
        }
    }

    /// Entries of a log by their sequences; those that are not there are left out. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; `Corrupt` for an entry that we did not write.
    pub async fn audit_at(
        &self,
        log: &AuditLog,
        sequences: &[u64],
    ) -> Result<Vec<AuditEntry>, StoreError> {
        if sequences.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipe = redis::Pipeline::with_capacity(sequences.len());
        for sequence in sequences {
            let range = pipe.cmd("XRANGE").arg(log.key());
            range.arg(sequence).arg(sequence).arg("COUNT").arg(1);
        }
        let found: Vec<StreamRangeReply> = self.pipeline(&pipe).await?;
        let entries: Vec<StreamId> = found
            .into_iter()
            .flat_map(|reply| reply.ids.into_iter().next())
            .collect();
        self.whole(log, &entries).await
    }

    /// Forgets entries from before a time, at most `batch` of them, with what lies apart from them; never the newest. Returns
    /// how many. Two round trips, and one more where texts lie apart.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn trim_audit(
        &self,
        log: &AuditLog,
        before: Timestamp,
        batch: usize,
    ) -> Result<u64, StoreError> {
        let mut oldest = redis::cmd("XRANGE");
        oldest.arg(log.key()).arg("-").arg("+");
        let oldest: StreamRangeReply = self.query(oldest.arg("COUNT").arg(batch + 1)).await?;
        let entries: Result<Vec<_>, _> = oldest.ids.iter().map(read_entry).collect();
        let entries = entries?;
        // The first that stays; the last read one stays in any case, and with it the newest.
        let stays = entries.iter().position(|(entry, _)| entry.at >= before);
        let gone = stays.unwrap_or(entries.len().saturating_sub(1));
        let Some(keep) = oldest.ids.get(gone).filter(|_| gone > 0) else {
            return Ok(0);
        };
        let mut pipe = redis::Pipeline::new();
        for (entry, is_apart) in &entries[..gone] {
            if let (true, Some(key)) = (is_apart, texts_of(log, entry)) {
                pipe.cmd("HDEL").arg(key).arg(entry.sequence).ignore();
            }
        }
        if !pipe.is_empty() {
            let () = self.pipeline(&pipe).await?;
        }
        let mut trim = redis::cmd("XTRIM");
        trim.arg(log.key()).arg("MINID").arg(&keep.id);
        self.query(&trim).await
    }

    /// Entries with what lies apart from them, as far as that is still there. One read if there is such a one.
    async fn whole(
        &self,
        log: &AuditLog,
        entries: &[StreamId],
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let entries: Result<Vec<_>, _> = entries.iter().map(read_entry).collect();
        let (mut whole, mut pipe) = (Vec::new(), redis::Pipeline::new());
        let mut apart = Vec::new();
        for (entry, is_apart) in entries? {
            if let (true, Some(key)) = (is_apart, texts_of(log, &entry)) {
                pipe.cmd("HGET").arg(key).arg(entry.sequence);
                apart.push(whole.len());
            }
            whole.push(entry);
        }
        if apart.is_empty() {
            return Ok(whole);
        }
        let texts: Vec<Option<Vec<u8>>> = self.pipeline(&pipe).await?;
        for (at, text) in apart.into_iter().zip(texts) {
            let text =
                AuditRecord::decode(&text.unwrap_or_default()[..]).map_err(|_| UNREADABLE)?;
            let entry = &mut whole[at];
            (entry.note, entry.before, entry.after) = (text.note, text.before, text.after);
        }
        Ok(whole)
    }
}

/// What the log calls authors by.
const AUTHOR: &str = "author ";

/// A reference for an author who has none yet: the log names authors by what goes with them. 16 hexadecimal digits.
pub(super) fn author_reference() -> String {
    let mut bytes = [0; 8];
    // Without random numbers authors share a reference: the log tells them apart no more, and nothing else is lost.
    let _ = getrandom::fill(&mut bytes);
    HEXLOWER.encode(&bytes)
}

/// Where the texts of an entry lie that lie apart.
fn texts_of(log: &AuditLog, entry: &AuditEntry) -> Option<Vec<u8>> {
    let AuditLog::Site(site) = log else {
        return None;
    };
    let of_comment = entry
        .change
        .map(|change| change.comment.as_bytes().to_vec());
    let of_author = || {
        entry
            .subject
            .strip_prefix(AUTHOR)
            .map(|reference| reference.into())
    };
    Some(keys::audit_texts(site, &of_comment.or_else(of_author)?))
}

/// What an entry says beyond its fixed fields of who did something.
pub(super) fn details_by(actor: &Actor, note: &str) -> AuditRecord {
    AuditRecord {
        actor: actor.label.to_string(),
        key_id: actor.key.as_bytes().to_vec(),
        note: note.to_owned(),
        ..AuditRecord::default()
    }
}

/// What was changed, if not a comment: how it stood before and after.
#[derive(Debug, Clone, Copy)]
pub struct Changed<'a> {
    /// By whom.
    pub actor: &'a Actor,
    /// What: a thread, a policy's version, a key.
    pub subject: &'a str,
    /// How it stood; may be empty.
    pub before: &'a str,
    /// How it stands then; may be empty.
    pub after: &'a str,
}

impl Changed<'_> {
    /// The details of an entry that tells of it.
    pub(super) fn details(&self) -> Vec<u8> {
        AuditRecord {
            subject: self.subject.to_owned(),
            before: self.before.to_owned(),
            after: self.after.to_owned(),
            ..details_by(self.actor, "")
        }
        .encode_to_vec()
    }
}

/// An entry, and whether its texts lie apart.
fn read_entry(entry: &StreamId) -> Result<(AuditEntry, bool), StoreError> {
    let number = |field: &str| entry.get::<i64>(field).ok_or(UNREADABLE);
    let cursor: Cursor = entry.id.parse().map_err(|_| UNREADABLE)?;
    let details = entry.get::<Vec<u8>>("x").ok_or(UNREADABLE)?;
    let details = AuditRecord::decode(&details[..]).map_err(|_| UNREADABLE)?;
    let action = u8::try_from(number("k")?).map_err(|_| UNREADABLE)?;
    let key = <[u8; 8]>::try_from(&details.key_id[..]).map_err(|_| UNREADABLE)?;
    let entry = AuditEntry {
        sequence: cursor.sequence(),
        at: Timestamp(number("t")?),
        action: AuditAction::from_number(action).ok_or(UNREADABLE)?,
        actor: Actor {
            key: KeyId::from_bytes(key),
            label: details.actor.into(),
        },
        change: read_change(entry)?,
        word: u8::try_from(details.verdict)
            .ok()
            .and_then(Word::from_number),
        reason_code: details.reason_code,
        note: details.note,
        subject: details.subject,
        before: details.before,
        after: details.after,
    };
    Ok((entry, details.apart))
}

fn read_change(entry: &StreamId) -> Result<Option<CommentChange>, StoreError> {
    let Some(comment) = entry.get::<Vec<u8>>("c") else {
        return Ok(None);
    };
    let state = |field: &str| {
        let number = entry.get::<u8>(field).ok_or(UNREADABLE)?;
        CommentState::from_number(number).ok_or(UNREADABLE)
    };
    Ok(Some(CommentChange {
        comment: CommentId::from_bytes(id_bytes(&comment)?),
        before: state("b")?,
        after: state("s")?,
        version: entry.get::<u32>("v").and_then(Version::new),
        event: entry.get("e"),
    }))
}
