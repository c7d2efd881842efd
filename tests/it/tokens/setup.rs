//! What a service is told of its identity provider.

use std::{fs, path::PathBuf};

use replydesk::{
    access::token::{TokenSettings, Tokens, error::TokenError},
    config::{Config, sources::Sources},
};
use tempfile::TempDir;

use crate::harness::{Desk, comments::everything_waits};

use super::provider::{AUDIENCE, GRANTS, ISSUER};

/// A directory with a file of keys and one of grants.
pub struct Files {
    directory: TempDir,
}

impl Files {
    pub fn with_keys(document: &str) -> Self {
        let files = Self {
            directory: TempDir::new().unwrap(),
        };
        files.publish(document);
        fs::write(files.path("grants.toml"), GRANTS).unwrap();
        files
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Puts a new file of keys in the place of the old one, whole.
    pub fn publish(&self, document: &str) {
        fs::write(self.path("next.json"), document).unwrap();
        fs::rename(self.path("next.json"), self.path("jwks.json")).unwrap();
    }

    /// The settings of a desk that reads these files.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = self.settings_for("tokens.jwks_url", "");
        settings.retain(|(key, _)| *key != "tokens.jwks_url");
        let keys = self.path("jwks.json").display().to_string();
        settings.push(("tokens.jwks_file", keys));
        settings
    }

    /// The settings of a desk that reads keys elsewhere.
    pub fn settings_for(&self, key: &'static str, value: &str) -> Vec<(&'static str, String)> {
        vec![
            ("tokens.issuer", ISSUER.to_owned()),
            ("tokens.audience", AUDIENCE.to_owned()),
            (
                "tokens.grants_file",
                self.path("grants.toml").display().to_string(),
            ),
            (key, value.to_owned()),
        ]
    }
}

/// A desk with one site, that is told this.
pub async fn desk(replicas: usize, settings: &[(&str, String)]) -> Desk {
    let settings: Vec<_> = settings
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    let desk = Desk::with(replicas, &settings).await;
    desk.site("gazette", everything_waits()).await;
    desk
}

/// As the configuration reads them.
pub fn parsed(settings: &[(&str, String)]) -> TokenSettings {
    let flags = settings
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()));
    let sources = Sources {
        flags: flags.collect(),
        ..Default::default()
    };
    Config::load(&sources).unwrap().tokens.settings.unwrap()
}

/// Tokens alone, without a service around them, by a file of keys.
pub async fn tokens(document: &str) -> Tokens {
    let files = Files::with_keys(document);
    // What read the file has no more to do.
    let (tokens, _keeper) = Tokens::open(parsed(&files.settings())).await.unwrap();
    tokens
}

/// Why a text is not let in.
pub async fn refused(tokens: &Tokens, text: &str) -> TokenError {
    tokens.authenticate(text).await.unwrap_err()
}
