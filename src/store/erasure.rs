//! A data subject's comments and what else is known of their authors, and how all that goes: the typed twin of `erase.lua`
//! and `forget_author.lua`.

use prost::Message;

use crate::{
    comment::{
        ids::{CommentId, KeyedHash, SiteId, WaveId},
        state::Version,
        subject::Subject,
    },
    proto::store::EventRecord,
    store::{
        connection::Store,
        error::StoreError,
        events::{self, CAUSE_ERASED},
        keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, change_script},
    },
};

static ERASE: Script = change_script!(allow_oom "erase.lua", "removal.lua");
static FORGET: Script = Script::new(
    "forget_author.lua",
    concat!(
        "#!lua flags=allow-oom\nlocal call, sub = redis.call, string.sub\n",
        include_str!("scripts/parts/aliases.lua"),
        include_str!("scripts/forget_author.lua")
    ),
);

static FORGET_ACCOUNTS: Script = Script::new(
    "forget_accounts.lua",
    include_str!("scripts/forget_accounts.lua"),
);

/// How many comments go in one step: Redis answers nobody else meanwhile.
pub const BATCH: usize = 8;

/// How many accounts are read at a time.
const ACCOUNTS: usize = 500;

/// A comment that is to go, and where else it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Which.
    pub comment: CommentId,
    /// As it was read: what changed since is read again.
    pub version: Version,
    /// The wave that it is of.
    pub wave: Option<WaveId>,
    /// The hashes of what it said, now and before; none without an author.
    pub said: Vec<KeyedHash>,
}

/// What became of a comment that was to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// It went now.
    Now,
    /// It changed since it was read.
    Changed,
    /// It was gone before.
    Before,
    /// A legal hold keeps it.
    Held,
    /// It is not old enough.
    NotDue,
}

impl Removed {
    pub(super) fn from_number(number: u64) -> Result<Self, StoreError> {
        match number {
            1 => Ok(Self::Now),
            2 => Ok(Self::Changed),
            3 => Ok(Self::Before),
            4 => Ok(Self::Held),
            5 => Ok(Self::NotDue),
            _ => Err(unexpected()),
        }
    }
}

/// What became of an author who was to be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgotten {
    /// Nothing is known of the author any more.
    Done,
    /// There are comments left.
    Left,
    /// A legal hold keeps it.
    Held,
}

impl Store {
    /// Erases at most [`BATCH`] comments: atomic, durable when it returns, and safe to repeat. Returns what became of each.
    /// One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` they may be erased, and the same call again will tell.
    pub async fn erase(
        &self,
        site: &SiteId,
        comments: &[Removal],
    ) -> Result<Vec<Removed>, StoreError> {
        let event = EventRecord {
            cause: CAUSE_ERASED,
            ..EventRecord::default()
        };
        let mut call = keys::removal(site)
            .into_iter()
            .fold(ScriptCall::change(site), ScriptCall::key)
            .arg(events::random_bits())
            .arg(event.encode_to_vec())
            .arg(site.as_str());
        for comment in comments {
            call = around(
                call.arg(&comment.comment.as_bytes()[..])
                    .arg(comment.version.get()),
                comment,
            );
        }
        let became: Vec<u64> = self.call(&ERASE, &call).await?;
        became.into_iter().map(Removed::from_number).collect()
    }

    /// Forgets an author none of whose comments is left. `reporters` is what the author's reports are limited by, under
    /// each pepper in use. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again is harmless.
    pub async fn forget_author(
        &self,
        site: &SiteId,
        author: &KeyedHash,
        reporters: &[KeyedHash],
    ) -> Result<Forgotten, StoreError> {
        let own = ScriptCall::new()
            .key(keys::author(site, author))
            .key(keys::author_comments(site, author))
            .key(keys::standings(site))
            .key(keys::standing_ends(site))
            .key(keys::audit_texts(site, b""));
        let call = keys::recognition(site)
            .into_iter()
            .fold(own, ScriptCall::key)
            .key(keys::author_notes(site, author))
            .key(keys::author_strikes(site, author))
            .key(keys::author_rate(site, author));
        let call = reporters
            .iter()
            .fold(call, |call, reporter| {
                call.key(keys::reporter_rate(site, reporter))
            })
            .arg(Subject::Author(*author).to_bytes());
        let reply: Reply = self.call(&FORGET, &call).await?;
        match reply.word()?.as_str() {
            "FORGOTTEN" => Ok(Forgotten::Done),
            "LEFT" => Ok(Forgotten::Left),
            "HELD" => Ok(Forgotten::Held),
            _ => Err(unexpected()),
        }
    }

    /// The accounts that were used with an e-mail address, each by its author's hash. A read for each 500.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn accounts_of(
        &self,
        site: &SiteId,
        email: &KeyedHash,
    ) -> Result<Vec<KeyedHash>, StoreError> {
        let (mut accounts, mut cursor) = (Vec::new(), 0_u64);
        loop {
            let mut scan = redis::cmd("SSCAN");
            scan.arg(keys::email_accounts(site, email)).arg(cursor);
            let (next, found): (u64, Vec<Vec<u8>>) =
                self.query(scan.arg("COUNT").arg(ACCOUNTS)).await?;
            for account in found {
                let account = <[u8; 16]>::try_from(&account[..]).map_err(|_| unexpected())?;
                let account = KeyedHash::from_bytes(account);
                // A scan may tell a member twice.
                if !accounts.contains(&account) {
                    accounts.push(account);
                }
            }
            cursor = next;
            if cursor == 0 {
                return Ok(accounts);
            }
        }
    }

    /// An address was not used with these accounts any more. A round trip for each 500.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn forget_accounts_of(
        &self,
        site: &SiteId,
        email: &KeyedHash,
        accounts: &[KeyedHash],
    ) -> Result<(), StoreError> {
        for some in accounts.chunks(ACCOUNTS) {
            let call = ScriptCall::new()
                .key(keys::email_accounts(site, email))
                .arg(&email.as_bytes()[..]);
            let call = some.iter().fold(call, |call, account| {
                call.key(keys::author(site, account))
                    .arg(&account.as_bytes()[..])
            });
            let _: Reply = self.call(&FORGET_ACCOUNTS, &call).await?;
        }
        Ok(())
    }

    /// How many comments an author has. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn author_size(&self, site: &SiteId, author: &KeyedHash) -> Result<u64, StoreError> {
        let mut pipe = redis::Pipeline::with_capacity(2);
        pipe.cmd("ZCARD").arg(keys::author_comments(site, author));
        pipe.cmd("HEXISTS").arg(keys::author(site, author)).arg("c");
        let (many, only): (u64, u64) = self.pipeline(&pipe).await?;
        Ok(many + only)
    }
}

/// Appends where else a comment is known.
pub(super) fn around(call: ScriptCall, comment: &Removal) -> ScriptCall {
    let wave = comment.wave.map(|wave| wave.to_string());
    let said = comment.said.iter().flat_map(KeyedHash::as_bytes);
    call.arg(wave.unwrap_or_default())
        .arg(said.copied().collect::<Vec<u8>>())
}
