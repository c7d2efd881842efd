//! The model log: one stream for all sites, whose ids are dense and verified as a feed's. Every replica applies it in
//! order.

use std::collections::HashMap;

use redis::streams::{StreamId, StreamRangeReply};
use sha2::{Digest, Sha256};

use crate::{
    comment::{event::Cursor, ids::SiteId, lease::LeaseToken},
    store::{
        connection::Store,
        dense,
        error::StoreError,
        events::random_bits,
        keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall},
    },
};

static APPEND: Script = Script::new("model_append.lua", include_str!("scripts/model_append.lua"));

/// An entry's one field: a checksum of [`CHECKSUM`] bytes, then the lesson.
const FIELD: &str = "l";
const CHECKSUM: usize = 8;
/// Entries forgotten in one step, so that no step blocks Redis for long.
const TRIM_BATCH: u64 = 1_000;

/// What lessons come from. Each has a cursor of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LessonSource {
    /// The decisions in a site's feed.
    Decisions(SiteId),
    /// Lessons that an import left for a site.
    Import(SiteId),
}

impl LessonSource {
    /// Whose lessons.
    #[must_use]
    pub fn site(&self) -> &SiteId {
        match self {
            Self::Decisions(site) | Self::Import(site) => site,
        }
    }

    /// Its field among the cursors.
    fn field(&self) -> String {
        match self {
            Self::Decisions(site) => format!("e:{site}"),
            Self::Import(site) => format!("i:{site}"),
        }
    }

    fn of_field(field: &str) -> Option<Self> {
        let (kind, site) = field.split_once(':')?;
        let site = site.parse().ok()?;
        match kind {
            "e" => Some(Self::Decisions(site)),
            "i" => Some(Self::Import(site)),
            _ => None,
        }
    }
}

/// What is to be appended, and what must still be true for it.
#[derive(Debug)]
pub struct NewLessons<'a> {
    /// Proves that the caller is the trainer.
    pub token: LeaseToken,
    /// Where they come from.
    pub source: &'a LessonSource,
    /// The source's cursor as the caller knows it.
    pub from: Option<Cursor>,
    /// Where it is once these are taught.
    pub to: Cursor,
    /// The lessons; may be none.
    pub lessons: &'a [Vec<u8>],
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// Written; the log's last sequence.
    Done(u64),
    /// Another is the trainer.
    LeaseLost,
    /// The source's cursor is another than the expected one: read it anew.
    CursorMoved,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its place.
    pub position: Cursor,
    /// What it holds.
    pub content: EntryContent,
}

/// What an entry of the log holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryContent {
    /// A lesson's bytes, as they were written.
    Lesson(Vec<u8>),
    /// Nothing to learn: a place for a snapshot.
    Mark,
    /// Not what was written.
    Corrupt,
}

/// Where to read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFrom {
    /// The first lesson ever taught.
    Start,
    /// What comes after this entry, which must still be there.
    After(Cursor),
    /// Whatever comes after this sequence: what is missing before it is known to be.
    Past(u64),
}

/// What a read of the log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogPage {
    /// The entries that follow without a gap, oldest first; none at the log's end.
    Entries(Vec<LogEntry>),
    /// The log does not go on from there: it was trimmed, lost its tail, or has a gap.
    Broken,
}

impl Store {
    /// Appends the lessons of one stretch of a source and moves its cursor, or does neither: so each decision teaches
    /// exactly once, whatever crashes.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be written, and the source's cursor tells.
    pub async fn append_lessons(&self, new: &NewLessons<'_>) -> Result<Appended, StoreError> {
        let text = |cursor: Option<Cursor>| cursor.map(|c| c.to_string()).unwrap_or_default();
        let mut call = append_call(new.token)
            .arg(new.source.field())
            .arg(text(new.from))
            .arg(text(Some(new.to)));
        for lesson in new.lessons {
            call = call.arg(random_bits()).arg(sealed(lesson));
        }
        self.append(call).await
    }

    /// Appends an entry that teaches nothing: the place of the next snapshot.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn append_mark(&self, token: LeaseToken) -> Result<Appended, StoreError> {
        let call = append_call(token)
            .arg("")
            .arg("")
            .arg("")
            .arg(random_bits())
            .arg(sealed(b""));
        self.append(call).await
    }

    async fn append(&self, call: ScriptCall) -> Result<Appended, StoreError> {
        let reply: Reply = self.call(&APPEND, &call).await?;
        Ok(match reply.word()?.as_str() {
            "APPENDED" => Appended::Done(reply.get(1)?),
            "LOST" => Appended::LeaseLost,
            "MOVED" => Appended::CursorMoved,
            _ => return Err(unexpected()),
        })
    }

    /// How far each source has been taught. One whose cursor can't be read is named with `None`: from any other place it
    /// would teach things twice or leave them out.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn lesson_cursors(
        &self,
    ) -> Result<HashMap<LessonSource, Option<Cursor>>, StoreError> {
        let fields: HashMap<String, String> = self
            .query(redis::cmd("HGETALL").arg(keys::model_cursors()))
            .await?;
        let read = |(field, cursor): (String, String)| {
            Some((LessonSource::of_field(&field)?, cursor.parse().ok()))
        };
        Ok(fields.into_iter().filter_map(read).collect())
    }

    /// At most `count` entries from a place on.
    ///
    /// # Errors
    /// As [`StoreError`] says; `Corrupt` for ids that are not ours.
    pub async fn read_model_log(&self, from: LogFrom, count: usize) -> Result<LogPage, StoreError> {
        let (range, after) = match from {
            LogFrom::Start => (log_range(Some(Cursor::START), count), Some(Cursor::START)),
            LogFrom::After(cursor) => (log_range(Some(cursor), count), Some(cursor)),
            LogFrom::Past(sequence) => (past(sequence, count), None),
        };
        let found: StreamRangeReply = self.query(&range).await?;
        let mut entries = found
            .ids
            .iter()
            .map(read_entry)
            .collect::<Result<Vec<_>, _>>()?;
        let ids: Vec<Cursor> = entries.iter().map(|entry| entry.position).collect();
        let Some(dense) = dense::run(after, &ids) else {
            return Ok(LogPage::Broken);
        };
        if dense::is_at_entry(after) {
            entries.remove(0);
        }
        entries.truncate(dense);
        Ok(LogPage::Entries(entries))
    }

    /// Forgets entries before a place, at most a bounded number of them. Returns how many; 0 when all are gone.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn trim_model_log(&self, before: Cursor) -> Result<u64, StoreError> {
        let mut oldest = redis::cmd("XRANGE");
        oldest.arg(keys::model_log()).arg("-").arg("+");
        oldest.arg("COUNT").arg(1);
        let oldest: StreamRangeReply = self.query(&oldest).await?;
        let Some(oldest) = oldest.ids.first() else {
            return Ok(0);
        };
        let oldest = read_entry(oldest)?.position.sequence();
        let to = oldest.saturating_add(TRIM_BATCH).min(before.sequence());
        if to <= oldest {
            return Ok(0);
        }
        let mut trim = redis::cmd("XTRIM");
        trim.arg(keys::model_log())
            .arg("MINID")
            .arg(format!("{to}-0"));
        self.query(&trim).await
    }
}

fn append_call(token: LeaseToken) -> ScriptCall {
    ScriptCall::new()
        .key(keys::model())
        .key(keys::model_log())
        .key(keys::model_cursors())
        .arg(&token.as_bytes()[..])
}

fn log_range(after: Option<Cursor>, count: usize) -> redis::Cmd {
    dense::range(keys::model_log(), after, count)
}

fn past(sequence: u64, count: usize) -> redis::Cmd {
    let mut range = redis::cmd("XRANGE");
    range
        .arg(keys::model_log())
        .arg(format!("{}-0", sequence.saturating_add(1)))
        .arg("+")
        .arg("COUNT")
        .arg(count);
    range
}

/// With a checksum before it, so that a byte that changed is noticed wherever it is.
fn sealed(lesson: &[u8]) -> Vec<u8> {
    let mut entry = Vec::with_capacity(CHECKSUM + lesson.len());
    entry.extend(checksum(lesson));
    entry.extend(lesson);
    entry
}

fn checksum(lesson: &[u8]) -> [u8; CHECKSUM] {
    let mut sum = [0; CHECKSUM];
    sum.copy_from_slice(&Sha256::digest(lesson)[..CHECKSUM]);
    sum
}

fn read_entry(entry: &StreamId) -> Result<LogEntry, StoreError> {
    let position = entry.id.parse().map_err(|_| StoreError::Corrupt {
        what: "an id of the model log",
    })?;
    let value = entry.get::<Vec<u8>>(FIELD).unwrap_or_default();
    let content = match value.split_first_chunk::<CHECKSUM>() {
        Some((sum, lesson)) if *sum == checksum(lesson) => match lesson {
            [] => EntryContent::Mark,
            lesson => EntryContent::Lesson(lesson.to_vec()),
        },
        Some(_) | None => EntryContent::Corrupt,
    };
    Ok(LogEntry { position, content })
}
