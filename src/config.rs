//! Configuration: defaults < TOML file < environment < flags, checked as a whole, every problem reported at once.

pub mod access;
pub mod events;
pub mod learning;
pub mod log;
pub mod moderation;
pub mod ops;
mod password;
pub mod privacy;
pub mod problem;
pub mod server;
pub mod settings;
pub mod sources;
pub mod store;
pub mod throttle;
pub mod tls;
pub mod tokens;

mod effective;
mod environment;
mod file;
mod gather;
mod layers;
mod reader;
mod values;

use access::AccessConfig;
use effective::Effective;
use events::EventsConfig;
use learning::LearningConfig;
use log::LogConfig;
use moderation::ModerationConfig;
use ops::OpsConfig;
use privacy::PrivacyConfig;
use problem::ConfigError;
use reader::Reader;
use server::ServerConfig;
use sources::Sources;
use store::StoreConfig;
use throttle::ThrottleConfig;
use tls::TlsConfig;
use tokens::TokensConfig;

/// Everything that the service is told. `Debug` shows no secret.
#[derive(Debug)]
pub struct Config {
    /// Where and how it listens.
    pub server: ServerConfig,
    /// The port for those who run it.
    pub ops: OpsConfig,
    /// `None`: it speaks plain text.
    pub tls: Option<TlsConfig>,
    /// Its Redis.
    pub store: StoreConfig,
    /// The pepper and the officer's public key.
    pub privacy: PrivacyConfig,
    /// The first admin key.
    pub access: AccessConfig,
    /// Sign-in with the newsroom's identity provider.
    pub tokens: TokensConfig,
    /// What protects this replica.
    pub throttle: ThrottleConfig,
    /// The review queue.
    pub moderation: ModerationConfig,
    /// The event feed.
    pub events: EventsConfig,
    /// The model.
    pub learning: LearningConfig,
    /// Its own log.
    pub log: LogConfig,
    effective: Effective,
}

impl Config {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// All problems at once, each with its key and source.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let layers = gather::gather(sources);
        let mut reader = Reader::new(&layers);
        let server = ServerConfig::read(&mut reader);
        let ops = OpsConfig::read(&mut reader);
        let tls = TlsConfig::read(&mut reader);
        let store = StoreConfig::read(&mut reader);
        let privacy = PrivacyConfig::read(&mut reader);
        let access = AccessConfig::read(&mut reader);
        let tokens = TokensConfig::read(&mut reader);
        let throttle = ThrottleConfig::read(&mut reader);
        let moderation = ModerationConfig::read(&mut reader);
        let events = EventsConfig::read(&mut reader);
        let learning = LearningConfig::read(&mut reader);
        let log = LogConfig::read(&mut reader);
        require_what_redis_needs(&mut reader);
        let mut problems = reader.finish();
        problems.extend(layers.problems.iter().cloned());
        let config = || {
            Some(Self {
                server: server?,
                ops: ops?,
                tls: tls?,
                store: store?,
                privacy: privacy?,
                access: access?,
                tokens: tokens?,
                throttle: throttle?,
                moderation: moderation?,
                events: events?,
                learning: learning?,
                log: log?,
                effective: Effective::of(&layers),
            })
        };
        match config() {
            Some(config) if problems.is_empty() => Ok(config),
            Some(_) | None => Err(ConfigError::new(problems)),
        }
    }

    /// Reads and checks `[store]` alone: for commands that speak to Redis and need no secret of ReplyDesk's.
    ///
    /// # Errors
    /// All problems of that section, and of how the configuration is written.
    pub fn load_store(sources: &Sources) -> Result<StoreConfig, ConfigError> {
        let layers = gather::gather(sources);
        let mut reader = Reader::new(&layers);
        let store = StoreConfig::read(&mut reader);
        let mut problems = reader.finish();
        problems.extend(layers.problems.iter().cloned());
        match store {
            Some(store) if problems.is_empty() => Ok(store),
            Some(_) | None => Err(ConfigError::new(problems)),
        }
    }

    /// The files that settings name, by their keys.
    #[must_use]
    pub fn files(&self) -> &[(&'static str, std::path::PathBuf)] {
        self.effective.files()
    }

    /// The effective configuration as TOML, secrets redacted, each value's source behind it.
    #[must_use]
    pub fn to_toml(&self) -> String {
        self.effective.to_toml()
    }
}

/// Only the embedded default makes its own secrets: replicas that share a Redis must share them too.
fn require_what_redis_needs(reader: &mut Reader<'_>) {
    if !reader.is_set("store.redis_url") {
        return;
    }
    for (keys, how) in [
        (
            ["privacy.pepper", "privacy.pepper_file"],
            "must be set where store.redis_url is: the same on every replica (or privacy.pepper_file). \
             `replydesk privacy keygen` makes one",
        ),
        (
            ["privacy.public_key", "privacy.public_key_file"],
            "must be set where store.redis_url is: the privacy officer's (or privacy.public_key_file). \
             `replydesk privacy keygen` makes the pair",
        ),
        (
            ["access.admin_key_hash", "access.admin_key_hash"],
            "must be set where store.redis_url is: without it nobody can create a site. \
             `replydesk key generate` makes a key and prints its hash",
        ),
    ] {
        if !keys.iter().any(|key| reader.is_set(key)) {
            reader.refuse(keys[0], how);
        }
    }
}

#[cfg(test)]
mod tests;
