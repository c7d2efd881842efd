//! What a Redis says of itself, for the head of a backup.

use std::collections::HashMap;

use crate::store::{connection::Store, error::StoreError, keys};

/// What a backup says of where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// `redis` or `valkey`, and its version.
    pub server: String,
    /// Redis's clock, in milliseconds since 1970.
    pub now_ms: i64,
    /// The hash `{replydesk}:identity`; empty where there is none.
    pub identity: HashMap<String, String>,
    /// Whether a restore has not finished.
    pub is_restoring: bool,
    /// Its role, as `INFO` says it: `master` or `slave`.
    pub role: String,
}

impl Facts {
    /// Asks for them. Three round trips.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn ask(store: &Store) -> Result<Self, StoreError> {
        let info: String = store.query(&redis::cmd("INFO")).await?;
        let field = |name: &str| {
            let lines = info.lines().filter_map(|line| line.split_once(':'));
            let mut found = lines.filter(|(key, _)| *key == name);
            found.next().map(|(_, value)| value.trim().to_owned())
        };
        let server = match (field("valkey_version"), field("redis_version")) {
            (Some(version), _) => format!("valkey {version}"),
            (None, Some(version)) => format!("redis {version}"),
            (None, None) => "unknown".to_owned(),
        };
        let mut pipe = redis::pipe();
        pipe.hgetall(keys::identity()).exists(keys::restore());
        let (identity, is_restoring) = store.pipeline(&pipe).await?;
        Ok(Self {
            server,
            now_ms: store.now().await?.0,
            identity,
            is_restoring,
            role: field("role").unwrap_or_default(),
        })
    }
}
