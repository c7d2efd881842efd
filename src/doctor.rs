//! What `replydesk doctor` looks at: everything that `serve` needs, and how to mend what is wrong. It changes nothing but
//! what a health probe writes.

mod certificates;
mod clock;
mod disk;
mod files;
mod memory;
mod ports;
mod redis;
mod tokens;

use std::time::SystemTime;

use crate::config::{Config, sources::Sources};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works now; somebody should look.
    Warning,
    /// The service would not start, would lose something, or is about to.
    Failure,
}

impl Level {
    /// For people and scripts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

/// What was looked at, and what was found. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at, such as `redis memory`.
    pub name: &'static str,
    /// How it is.
    pub level: Level,
    /// What was found.
    pub found: String,
    /// How to mend it; empty where nothing is to be mended.
    pub mend: String,
}

impl Check {
    fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self {
            name,
            level: Level::Ok,
            found: found.into(),
            mend: String::new(),
        }
    }

    fn warning(name: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            name,
            level: Level::Warning,
            found: found.into(),
            mend: mend.into(),
        }
    }

    fn failure(name: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            name,
            level: Level::Failure,
            found: found.into(),
            mend: mend.into(),
        }
    }
}

/// Looks at everything, from the configuration on. Takes some seconds at most where something does not answer.
pub async fn examine(sources: &Sources, now: SystemTime) -> Vec<Check> {
    let config = match Config::load(sources) {
        Ok(config) => config,
        Err(error) => {
            let wrong = error.problems().iter();
            return wrong
                .map(|problem| {
                    let mend = "mend it; what depends on the configuration was not looked at";
                    Check::failure("configuration", problem.to_string(), mend)
                })
                .collect();
        }
    };
    let mut checks = vec![Check::ok("configuration", "can be used")];
    checks.extend(files::look(&config));
    checks.extend(certificates::look(&config, now));
    checks.extend(redis::look(&config, now).await);
    checks.extend(tokens::look(&config).await);
    checks.extend(ports::look(&config).await);
    checks.extend(disk::look(&config));
    checks.extend(clock::plausible(now));
    checks
}

/// The worst of all.
#[must_use]
pub fn worst(checks: &[Check]) -> Level {
    let levels = checks.iter().map(|check| check.level);
    levels.max().unwrap_or(Level::Ok)
}

/// A size for people.
fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes / (1024 * 1024))
}

#[cfg(test)]
mod tests;
