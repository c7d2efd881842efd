//! What a restore does in Redis: look whether it may, mark that it has begun, write keys as they were dumped, and take the
//! mark away.
//!
//! While the mark (`{replydesk}:restore`) is there, no service works on the data: see `identity.lua`.

use std::{collections::HashMap, sync::Arc};

use crate::store::{
    connection::{Node, Store},
    error::StoreError,
    keys,
    reply::unexpected,
};

/// The channel that every running replica listens on.
const WAKEUPS: &str = "replydesk:wakeups";

/// What `proto-max-bulk-len` is where nobody changed it, in bytes.
const DEFAULT_MAX_VALUE: u64 = 512 * 1024 * 1024;

/// A key to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dumped {
    /// Its name.
    pub key: Vec<u8>,
    /// When it expires, in milliseconds since 1970.
    pub expires_at_ms: Option<i64>,
    /// As `DUMP` gives it.
    pub dump: Vec<u8>,
}

/// How a Redis is before a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetState {
    /// Keys in its database, without the health probe's and the mark.
    pub keys: u64,
    /// Whether a restore was begun and has not finished.
    pub is_restoring: bool,
    /// How many replicas of ReplyDesk listen to it.
    pub listeners: u64,
    /// The hash `{replydesk}:identity`; empty where there is none.
    pub identity: HashMap<String, String>,
    /// Redis's clock, in milliseconds since 1970.
    pub now_ms: i64,
    /// The newest version of a dump that it takes.
    pub rdb_version: u32,
    /// The most memory that it may take, in bytes; 0 is without a bound.
    pub max_memory_bytes: u64,
    /// The largest value that it takes at once, in bytes.
    pub max_value_bytes: u64,
}

impl TargetState {
    /// Asks for it. Seven round trips, in a cluster three more for each further primary.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn ask(store: &Store) -> Result<Self, StoreError> {
        // Health's probe may not have come yet, and a dump needs a key.
        store.probe().await?;
        let mut pipe = redis::pipe();
        pipe.exists(keys::restore())
            .hgetall(keys::identity())
            .cmd("DUMP")
            .arg(keys::probe());
        let (is_restoring, identity, dump): (bool, _, Vec<u8>) = store.pipeline(&pipe).await?;
        let (mut size, mut listeners) = (0, 0);
        for node in store.nodes() {
            size += keys_of(&node).await?;
            let mut numsub = redis::cmd("PUBSUB");
            numsub.arg("NUMSUB").arg(WAKEUPS);
            // Each replica listens to one primary.
            let (_, here): (String, u64) = node.query(&numsub).await?;
            listeners += here;
        }
        Ok(Self {
            keys: size.saturating_sub(u64::from(is_restoring)),
            is_restoring,
            listeners,
            identity,
            now_ms: store.now().await?.0,
            rdb_version: version(&dump)?,
            max_memory_bytes: setting(store, "maxmemory").await?.unwrap_or(0),
            max_value_bytes: setting(store, "proto-max-bulk-len")
                .await?
                .unwrap_or(DEFAULT_MAX_VALUE),
        })
    }
}

/// Keys on one primary, without what its probe writes.
async fn keys_of(node: &Arc<Node>) -> Result<u64, StoreError> {
    let size: u64 = node.query(&redis::cmd("DBSIZE")).await?;
    let mut exists = redis::cmd("EXISTS");
    let probes: u64 = node.query(exists.arg(node.probe_key())).await?;
    Ok(size.saturating_sub(probes))
}

/// Behind a dump stand its version (2 bytes) and a checksum (8).
fn version(dump: &[u8]) -> Result<u32, StoreError> {
    match dump {
        [.., low, high, _, _, _, _, _, _, _, _] => Ok(u32::from(u16::from_le_bytes([*low, *high]))),
        _ => Err(unexpected()),
    }
}

/// `None` where `CONFIG` is forbidden.
async fn setting(store: &Store, name: &str) -> Result<Option<u64>, StoreError> {
    let mut get = redis::cmd("CONFIG");
    get.arg("GET").arg(name);
    match store.query::<HashMap<String, u64>>(&get).await {
        Ok(mut found) => Ok(found.remove(name)),
        Err(StoreError::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Store {
    /// Marks that a restore of this name begins. With `erase`, everything in the database goes in the same step; in a cluster,
    /// what other primaries have goes next.
    ///
    /// Whether it is ours: another restore may have been first.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn begin_restore(&self, name: &str, erase: bool) -> Result<bool, StoreError> {
        let mut pipe = redis::pipe();
        pipe.atomic();
        if erase {
            pipe.cmd("FLUSHDB").arg("ASYNC").ignore();
        }
        pipe.hset_nx(keys::restore(), "name", name);
        let (is_ours,): (bool,) = self.pipeline(&pipe).await?;
        // Behind the mark: what is broken off here does not pass for whole.
        if erase && is_ours {
            let mut flush = redis::cmd("FLUSHDB");
            flush.arg("ASYNC");
            for node in self.nodes_of_sites_alone() {
                let () = node.query(&flush).await?;
            }
        }
        Ok(is_ours)
    }

    /// Writes keys that are not there yet. One round trip, in a cluster one a primary.
    ///
    /// # Errors
    /// As [`StoreError`] says; [`StoreError::Refused`] with `BUSYKEY` where a key is there.
    pub async fn put_dumped(&self, dumped: &[Dumped]) -> Result<(), StoreError> {
        let restores = dumped.iter().map(|key| {
            let mut restore = redis::cmd("RESTORE");
            restore
                .arg(&key.key)
                .arg(key.expires_at_ms.unwrap_or(0))
                .arg(&key.dump)
                .arg("ABSTTL");
            restore
        });
        let _: Vec<redis::Value> = self.each(restores.collect()).await?;
        Ok(())
    }

    /// Takes the mark away: the data is whole. Whether the mark was still ours.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn finish_restore(&self, name: &str) -> Result<bool, StoreError> {
        let mut get = redis::cmd("HGET");
        get.arg(keys::restore()).arg("name");
        let found: Option<String> = self.query(&get).await?;
        if found.as_deref() != Some(name) {
            return Ok(false);
        }
        let mut del = redis::cmd("DEL");
        del.arg(keys::restore());
        self.query(&del).await
    }
}
