//! Threads' settings and counts in Redis.

use redis::Pipeline;

use crate::{
    comment::{
        ids::{SiteId, ThreadId},
        mode::ModerationMode,
        state::Timestamp,
        stored::ThreadDetails,
        thread::{Closing, ModeOverride, StateCounts, Thread},
    },
    store::{
        connection::Store,
        error::StoreError,
        keys,
        observe::{AUTHOR_FIELDS, saturate},
        script::{Script, ScriptCall},
    },
};

static CLOSE: Script = Script::new("thread_close.lua", include_str!("scripts/thread_close.lua"));
static MODE: Script = Script::new("thread_mode.lua", include_str!("scripts/thread_mode.lua"));

/// What became of a change of a thread's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadSet {
    /// The version of the thread's settings now.
    Done(u32),
    /// No such site.
    Missing,
    /// The time until when it should hold is not ahead, or too far.
    OutOfTime,
}

/// The fields that make a [`Thread`], before its counts.
const FIELDS: [&str; 7] = ["closed", "f", "mo", "mu", "url", "title", "lang"];

impl Store {
    /// Closes a thread, or opens it again whatever its age. The version rises only if that changes what was said last.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn set_thread_closed(
        &self,
        site: &SiteId,
        thread: &ThreadId,
        closed: bool,
    ) -> Result<ThreadSet, StoreError> {
        let call = ScriptCall::new()
            .key(keys::site(site))
            .key(keys::thread(site, thread))
            .arg(u8::from(closed));
        thread_set(self.call(&CLOSE, &call).await?)
    }

    /// Says how a thread is moderated until a time, or (`None`) that it is moderated as the site again. The version rises
    /// only if that changes anything.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn set_thread_mode(
        &self,
        site: &SiteId,
        thread: &ThreadId,
        mode: Option<ModeOverride>,
    ) -> Result<ThreadSet, StoreError> {
        let number = mode.map(|set| set.mode.number().to_string());
        let until = mode.map(|set| set.until.0.to_string());
        let call = ScriptCall::new()
            .key(keys::site(site))
            .key(keys::thread(site, thread))
            .arg(number.unwrap_or_default())
            .arg(until.unwrap_or_default())
            .arg(ModeOverride::LONGEST.as_millis().to_string());
        thread_set(self.call(&MODE, &call).await?)
    }

    /// A thread as it stands; one that nobody has commented on or said anything about is empty.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn thread(&self, site: &SiteId, thread: &ThreadId) -> Result<Thread, StoreError> {
        let mut pipe = Pipeline::with_capacity(2);
        pipe.cmd("TIME");
        pipe.cmd("HMGET")
            .arg(keys::thread(site, thread))
            .arg(&FIELDS)
            .arg(&AUTHOR_FIELDS[..6]);
        let (time, fields): ((i64, i64), Vec<Option<String>>) = self.pipeline(&pipe).await?;
        let text = |at: usize| fields.get(at).cloned().flatten().unwrap_or_default();
        let number = |at: usize| text(at).parse::<i64>().ok();
        Ok(Thread {
            closing: closing(&text(0)),
            first_comment_at: number(1).map(Timestamp),
            mode_override: mode_override(&text(2), &text(3)),
            details: ThreadDetails {
                url: text(4),
                title: text(5),
                language: text(6),
            },
            counts: counts((7..13).map(number)),
            now: Timestamp(time.0 * 1_000 + time.1 / 1_000),
        })
    }

    /// The comments of some threads, in the same order; zeros for a thread without any. One round trip, and a read of one
    /// hash a thread: bound them.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn thread_counts(
        &self,
        site: &SiteId,
        threads: &[ThreadId],
    ) -> Result<Vec<StateCounts>, StoreError> {
        let mut pipe = Pipeline::with_capacity(threads.len());
        for thread in threads {
            pipe.cmd("HMGET")
                .arg(keys::thread(site, thread))
                .arg(&AUTHOR_FIELDS[..6]);
        }
        let found: Vec<Vec<Option<i64>>> = self.pipeline(&pipe).await?;
        Ok(found.into_iter().map(counts).collect())
    }
}

fn thread_set(reply: (u8, u32)) -> Result<ThreadSet, StoreError> {
    match reply {
        (0, _) => Ok(ThreadSet::Missing),
        (1, version) => Ok(ThreadSet::Done(version)),
        (2, _) => Ok(ThreadSet::OutOfTime),
        (_, _) => Err(StoreError::Corrupt {
            what: "a reply of thread_close.lua or thread_mode.lua",
        }),
    }
}

fn closing(field: &str) -> Closing {
    match field {
        "1" => Closing::Closed,
        "0" => Closing::Open,
        _ => Closing::ByAge,
    }
}

/// From the fields `mo` and `mu`.
pub(super) fn mode_override(mode: &str, until: &str) -> Option<ModeOverride> {
    Some(ModeOverride {
        mode: ModerationMode::from_number(mode.parse().ok()?)?,
        until: Timestamp(until.parse().ok()?),
    })
}

fn counts(fields: impl IntoIterator<Item = Option<i64>>) -> StateCounts {
    let mut counts = [0; 6];
    for (count, field) in counts.iter_mut().zip(fields) {
        *count = field.map_or(0, saturate);
    }
    counts
}
