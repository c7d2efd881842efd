//! What is kept for too long, and how it goes: the typed twin of `purge.lua` and `purge_contact.lua`.
//!
//! How far a site's retention has come is a hash of two places in the order of arrival: `t` for texts, `c` for contact data.
//! What is behind a place is gone, or a legal hold keeps it.

use std::time::Duration;

use prost::Message;

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        lease::LeaseToken,
        state::{CommentState, Timestamp},
    },
    proto::store::EventRecord,
    store::{
        connection::Store,
        erasure::{Removal, Removed, around},
        error::StoreError,
        events::{self, CAUSE_EXPIRED},
        keys,
        read::LIST,
        reply::id_bytes,
        script::{Script, ScriptCall, change_script},
    },
};

static PURGE: Script = change_script!(allow_oom "purge.lua", "removal.lua", "aliases.lua");
static LEASE: Script = Script::new(
    "retention_lease.lua",
    include_str!("scripts/retention_lease.lua"),
);
static PURGE_CONTACT: Script = change_script!(allow_oom "purge_contact.lua");

/// What of a comment has its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// All that it says.
    Text,
    /// Its sealed contact data, and the hash of its IP address.
    Contact,
}

impl Kept {
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Text => "t",
            Self::Contact => "c",
        }
    }
}

/// A comment in the order of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Which.
    pub comment: CommentId,
    /// Its place.
    pub place: u64,
}

impl Store {
    /// Whether the caller is who enforces retention for so long from now on. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn take_retention_lease(
        &self,
        token: LeaseToken,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let call = ScriptCall::new()
            .key(keys::retention_lease())
            .arg(&token.as_bytes()[..])
            .arg(lease.as_millis().to_string());
        let is_taken: u8 = self.call(&LEASE, &call).await?;
        Ok(is_taken == 1)
    }

    /// The next comments in the order of arrival, in whatever state but erased. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn arrivals(
        &self,
        site: &SiteId,
        after: u64,
        count: usize,
    ) -> Result<Vec<Arrival>, StoreError> {
        let states = CommentState::ALL.into_iter();
        let states = states.filter(|state| *state != CommentState::Erased);
        let call = states
            .map(|state| keys::index(site, state, None))
            .fold(ScriptCall::new(), ScriptCall::key)
            .arg(after)
            .arg(count);
        let pages: Vec<Vec<(Vec<u8>, f64)>> = self.call(&LIST, &call).await?;
        let mut merged: Vec<(Vec<u8>, f64)> = pages.into_iter().flatten().collect();
        merged.sort_by(|a, b| a.1.total_cmp(&b.1));
        merged.truncate(count);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "we wrote a whole number"
        )]
        let arrival = |(id, place): (Vec<u8>, f64)| {
            Ok(Arrival {
                comment: CommentId::from_bytes(id_bytes(&id)?),
                place: place as u64,
            })
        };
        merged.into_iter().map(arrival).collect()
    }

    /// When comments were submitted; `None` for what is gone. One round trip, 26 bytes of each comment.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn submitted_at(
        &self,
        site: &SiteId,
        comments: &[Arrival],
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        if comments.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipe = redis::Pipeline::with_capacity(comments.len());
        for arrival in comments {
            let get = pipe.cmd("GETRANGE");
            get.arg(keys::comment(site, &arrival.comment))
                .arg(7)
                .arg(14);
        }
        let found: Vec<Vec<u8>> = self.pipeline(&pipe).await?;
        let time = |bytes: &Vec<u8>| {
            let bytes = <[u8; 8]>::try_from(&bytes[..]).ok()?;
            Some(Timestamp(i64::from_le_bytes(bytes)))
        };
        Ok(found.iter().map(time).collect())
    }

    /// Forgets some comments that came before a time. Returns what became of each. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again is harmless.
    pub async fn purge(
        &self,
        site: &SiteId,
        before: Timestamp,
        comments: &[Removal],
    ) -> Result<Vec<Removed>, StoreError> {
        let event = EventRecord {
            cause: CAUSE_EXPIRED,
            ..EventRecord::default()
        };
        let keys = keys::removal(site).into_iter().chain(keys::purge(site));
        let mut call = keys
            .fold(ScriptCall::change(site), ScriptCall::key)
            .arg(events::random_bits())
            .arg(event.encode_to_vec())
            .arg(site.as_str())
            .arg(before.0);
        for comment in comments {
            call = around(call.arg(&comment.comment.as_bytes()[..]), comment);
        }
        let became: Vec<u64> = self.call(&PURGE, &call).await?;
        became.into_iter().map(Removed::from_number).collect()
    }

    /// Forgets the contact data of some comments that came before a time. Returns what became of each, `Changed` for one
    /// that had none. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again is harmless.
    pub async fn purge_contact(
        &self,
        site: &SiteId,
        before: Timestamp,
        comments: &[CommentId],
    ) -> Result<Vec<Removed>, StoreError> {
        let mut call = ScriptCall::change(site)
            .key(keys::data_keys(site))
            .key(keys::held_data_keys(site))
            .arg(before.0);
        for comment in comments {
            call = call.arg(&comment.as_bytes()[..]);
        }
        let became: Vec<u64> = self.call(&PURGE_CONTACT, &call).await?;
        became.into_iter().map(Removed::from_number).collect()
    }

    /// How many data keys a site has that came before a time.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn old_data_keys(&self, site: &SiteId, before: Timestamp) -> Result<u64, StoreError> {
        let mut count = redis::cmd("ZCOUNT");
        count.arg(keys::data_keys(site)).arg("-inf");
        count.arg(format!("({}", before.0));
        self.query(&count).await
    }
}
