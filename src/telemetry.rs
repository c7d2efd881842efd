//! The service's log: to standard error, as text or JSON. No contact data reaches it, since no such type prints itself.

use std::{
    io::IsTerminal,
    sync::{Mutex, OnceLock, PoisonError},
};

use tracing_subscriber::{EnvFilter, filter::ParseError, reload};

use crate::config::log::{LogConfig, LogFormat, directives};

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The directives do not parse.
    #[error("log.level is not right: {0}")]
    Level(#[from] ParseError),
    /// Something else in this process logs already.
    #[error("the log is already started: {0}")]
    Started(#[from] tracing_subscriber::util::TryInitError),
}

/// Why the level is not changed.
#[derive(Debug, thiserror::Error)]
pub enum LevelError {
    /// The directives do not parse.
    #[error("{0}")]
    Directives(String),
    /// The log is not this process's, or not started.
    #[error("the log of this process was not started by the service")]
    NotStarted,
}

/// tonic prints a `grpc-timeout` header that it cannot read, whatever a caller put there: at no level may that be logged.
const SILENT: &str = "tonic::transport::service::grpc_timeout=off";

/// The level of the process's one log.
struct Level {
    replace: Box<dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync>,
    directives: Mutex<String>,
}

/// A process has one subscriber, and so one level.
static LEVEL: OnceLock<Level> = OnceLock::new();

/// Starts it, once in a process.
///
/// # Errors
/// As [`TelemetryError`] says.
pub fn init(config: &LogConfig) -> Result<(), TelemetryError> {
    use tracing_subscriber::util::SubscriberInitExt;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter(&config.level)?)
        // A log that nobody reads any more must not end the service: the message about it would panic.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    let replace: Box<dyn Fn(EnvFilter) -> _ + Send + Sync> = match config.format {
        LogFormat::Text => {
            let builder = builder
                .with_ansi(std::io::stderr().is_terminal())
                .with_filter_reloading();
            let level = builder.reload_handle();
            builder.finish().try_init()?;
            Box::new(move |filter| level.reload(filter))
        }
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true).with_filter_reloading();
            let level = builder.reload_handle();
            builder.finish().try_init()?;
            Box::new(move |filter| level.reload(filter))
        }
    };
    let directives = Mutex::new(config.level.clone());
    // The subscriber was set, which happens once.
    let _ = LEVEL.set(Level {
        replace,
        directives,
    });
    Ok(())
}

fn filter(level: &str) -> Result<EnvFilter, ParseError> {
    Ok(EnvFilter::try_new(level)?.add_directive(SILENT.parse()?))
}

/// The directives in force; `None` where the log was not started here.
#[must_use]
pub fn level() -> Option<String> {
    let level = LEVEL.get()?;
    let directives = level.directives.lock();
    Some(directives.unwrap_or_else(PoisonError::into_inner).clone())
}

/// Puts other directives in force, until the process ends.
///
/// # Errors
/// As [`LevelError`] says; those in force stay.
pub fn set_level(wanted: &str) -> Result<(), LevelError> {
    let level = LEVEL.get().ok_or(LevelError::NotStarted)?;
    let wanted = directives(wanted).map_err(LevelError::Directives)?;
    let filter = filter(&wanted).map_err(|error| LevelError::Directives(error.to_string()))?;
    let mut known = level
        .directives
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    (level.replace)(filter).map_err(|_| LevelError::NotStarted)?;
    tracing::warn!(from = %known, to = %wanted, "log.level_changed");
    *known = wanted;
    Ok(())
}
