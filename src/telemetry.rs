//! The service's log: to standard error, as text or JSON. No contact data reaches it, since no such type prints itself.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::log::{LogConfig, LogFormat};

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The directives do not parse.
    #[error("log.level is not right: {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    /// Something else in this process logs already.
    #[error("the log is already started: {0}")]
    Started(#[from] tracing_subscriber::util::TryInitError),
}

/// tonic prints a `grpc-timeout` header that it cannot read, whatever a caller put there: at no level may that be logged.
const SILENT: &str = "tonic::transport::service::grpc_timeout=off";

/// Starts it, once in a process.
///
/// # Errors
/// As [`TelemetryError`] says.
pub fn init(config: &LogConfig) -> Result<(), TelemetryError> {
    use tracing_subscriber::util::SubscriberInitExt;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&config.level)?.add_directive(SILENT.parse()?))
        // A log that nobody reads any more must not end the service: the message about it would panic.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match config.format {
        LogFormat::Text => builder
            .with_ansi(std::io::stderr().is_terminal())
            .finish()
            .try_init()?,
        LogFormat::Json => builder.json().flatten_event(true).finish().try_init()?,
    }
    Ok(())
}
