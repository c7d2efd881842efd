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
        audit::Changed,
        connection::Store,
        counts::{AUTHOR_FIELDS, by_state},
        error::StoreError,
        events, keys,
        script::{Script, ScriptCall, audited_script},
    },
};

static CHANGE: Script = audited_script!("thread_change.lua");

/// What is to be changed of a thread's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadField {
    /// Whether it takes comments.
    Closing(Closing),
    /// How it is moderated for a while.
    Mode(Option<ModeOverride>),
}

/// What became of a change of a thread's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadSet {
    /// The version of the thread's settings now.
    Done(u32),
    /// Another change came first.
    Stale,
    /// No such site.
    Missing,
}

/// The fields that make a [`Thread`], before its counts.
const FIELDS: [&str; 8] = ["closed", "f", "mo", "mu", "url", "title", "lang", "v"];

impl Store {
    /// Changes a thread's settings if `expected` is their current version, raises it, and tells the audit log.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn change_thread(
        &self,
        site: &SiteId,
        thread: &ThreadId,
        expected: u32,
        field: ThreadField,
        changed: Changed<'_>,
    ) -> Result<ThreadSet, StoreError> {
        let call = ScriptCall::new()
            .key(keys::site(site))
            .key(keys::thread(site, thread))
            .key(keys::audit(site))
            .key(keys::counters(site))
            .arg(expected)
            .arg(events::random_bits())
            .arg(changed.details());
        let call = match field {
            ThreadField::Closing(closing) => call.arg("closed").arg(closing_field(closing)),
            ThreadField::Mode(mode) => {
                let number = mode.map(|set| set.mode.number().to_string());
                let until = mode.map(|set| set.until.0.to_string());
                call.arg("mo")
                    .arg(number.unwrap_or_default())
                    .arg("mu")
                    .arg(until.unwrap_or_default())
            }
        };
        match self.call(&CHANGE, &call).await? {
            (0, _) => Ok(ThreadSet::Missing),
            (1, version) => Ok(ThreadSet::Done(version)),
            (2, _) => Ok(ThreadSet::Stale),
            (_, _) => Err(StoreError::Corrupt {
                what: "a reply of thread_change.lua",
            }),
        }
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
            version: text(7).parse().unwrap_or(0),
            closing: closing(&text(0)),
            first_comment_at: number(1).map(Timestamp),
            mode_override: mode_override(&text(2), &text(3)),
            details: ThreadDetails {
                url: text(4),
                title: text(5),
                language: text(6),
            },
            counts: by_state((8..14).map(number)),
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
        Ok(found.into_iter().map(by_state).collect())
    }
}

fn closing(field: &str) -> Closing {
    match field {
        "1" => Closing::Closed,
        "0" => Closing::Open,
        _ => Closing::ByAge,
    }
}

fn closing_field(closing: Closing) -> &'static str {
    match closing {
        Closing::Closed => "1",
        Closing::Open => "0",
        Closing::ByAge => "",
    }
}

/// From the fields `mo` and `mu`.
pub(super) fn mode_override(mode: &str, until: &str) -> Option<ModeOverride> {
    Some(ModeOverride {
        mode: ModerationMode::from_number(mode.parse().ok()?)?,
        until: Timestamp(until.parse().ok()?),
    })
}
