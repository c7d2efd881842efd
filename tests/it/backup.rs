//! A backup taken under load is whole, comes back as it was, and nothing that is damaged is written.

mod cluster;
mod commands;
mod damaged;
mod encodings;
mod load;
mod refused;
mod ways;

use std::{path::Path, sync::Arc};

use replydesk::{
    backup::{
        BackupError, Destination, Progress, RestoreError, Restored, Restoring, Taken, Taking,
        Target,
    },
    store::{
        connection::StoreSettings,
        durability::Durability,
        identity::{Configured, Identity},
    },
};
use tokio_util::sync::CancellationToken;

use crate::harness::redis_server::RedisServer;

/// A backup of a Redis into a file.
async fn take(redis: &RedisServer, file: &Path) -> Result<Taken, BackupError> {
    // By default it waits 5 s for more replicas before it forks.
    let () = redis.ask(&["CONFIG", "SET", "repl-diskless-sync-delay", "0"]);
    take_from(StoreSettings::new(redis.url()), file).await
}

async fn take_from(settings: StoreSettings, file: &Path) -> Result<Taken, BackupError> {
    let taking = Taking {
        settings,
        destination: Destination::File(file.to_owned()),
        progress: Arc::default(),
        cancelled: CancellationToken::new(),
    };
    taking.run().await
}

/// A restore to do, for these secrets.
fn restoring(redis: &RedisServer, file: &Path, identity: Identity, erase: bool) -> Restoring {
    Restoring {
        file: file.to_owned(),
        target: Target {
            settings: StoreSettings::new(redis.url()),
            durability: Durability::Disk,
            allow_unsafe: false,
            identity,
            erase,
        },
        looking: Arc::new(Progress::default()),
        writing: Arc::new(Progress::default()),
        cancelled: CancellationToken::new(),
    }
}

/// A Redis of an installation whose pepper is `pepper` and whose privacy key is `key`.
fn claimed() -> RedisServer {
    let redis = RedisServer::start();
    let claim = ["HSET", IDENTITY, "pepper", "pepper", "privacy_key", "key"];
    let () = redis.ask(&claim);
    redis
}

const IDENTITY: &str = "{replydesk}:identity";

/// The secrets of [`claimed`].
fn its_own() -> Identity {
    let alone = |current: &str| Configured {
        current: current.to_owned(),
        previous: None,
        next: None,
    };
    Identity {
        pepper: alone("pepper"),
        privacy_key: alone("key"),
    }
}

async fn restore(redis: &RedisServer, file: &Path) -> Result<Restored, RestoreError> {
    restoring(redis, file, its_own(), false).run().await
}

/// What is in it, but for what health's probe writes.
fn keys(redis: &RedisServer) -> Vec<Vec<u8>> {
    let mut keys = redis.keys();
    keys.retain(|key| key != b"{replydesk}:probe");
    keys.sort();
    keys
}
