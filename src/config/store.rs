//! `[store]`: Redis.

use std::{fmt, path::PathBuf, time::Duration};

use zeroize::Zeroizing;

use crate::{
    config::{
        password,
        reader::Reader,
        values::{milliseconds, number, switch, word},
    },
    store::{connection::check_address, durability::Durability},
};

/// Where Redis is. May hold a password: `Debug` shows none.
#[derive(Clone)]
pub struct RedisUrl(Zeroizing<String>);

impl RedisUrl {
    /// The whole address, for the client only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&password::without(&self.0))
    }
}

/// Redis, and what is asked of it.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// `None` runs a private `redis-server` in [`StoreConfig::data_dir`].
    pub redis_url: Option<RedisUrl>,
    /// Where the private `redis-server` and the made secrets live.
    pub data_dir: PathBuf,
    /// What an OK promises.
    pub durability: Durability,
    /// Whether a Redis that evicts or has no append-only file is used all the same.
    pub allow_unsafe_redis: bool,
    /// The longest that a command may take.
    pub timeout: Duration,
    /// Commands at once.
    pub max_in_flight: usize,
}

impl StoreConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let redis_url = reader.optional("store.redis_url", redis_url);
        let data_dir = reader.take("store.data_dir", |text| match text {
            "" => Err("must name a directory".to_owned()),
            text => Ok(PathBuf::from(text)),
        });
        let replicas = reader.take("store.replicas", number(1..=16));
        let words = [
            ("disk", Durability::Disk),
            (
                "replica",
                Durability::Replica {
                    replicas: replicas.unwrap_or(1),
                },
            ),
            ("relaxed", Durability::Relaxed),
        ];
        let durability = reader.take("store.durability", word(&words));
        let on_replicas = matches!(durability, Some(Durability::Replica { .. }));
        if on_replicas && !reader.is_set("store.redis_url") {
            let message = "cannot be replica without store.redis_url: the private redis-server has no replicas";
            reader.refuse("store.durability", message);
        }
        let allow_unsafe_redis = reader.take("store.allow_unsafe_redis", switch);
        let timeout = reader.take("store.timeout_ms", milliseconds(50..=60_000));
        let max_in_flight = reader.take("store.max_in_flight", number(1..=65_536));
        replicas?;
        Some(Self {
            redis_url: redis_url?,
            data_dir: data_dir?,
            durability: durability?,
            allow_unsafe_redis: allow_unsafe_redis?,
            timeout: timeout?,
            max_in_flight: max_in_flight?,
        })
    }
}

fn redis_url(text: &str) -> Result<RedisUrl, String> {
    check_address(text)?;
    Ok(RedisUrl(Zeroizing::new(text.to_owned())))
}
