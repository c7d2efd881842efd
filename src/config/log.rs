//! `[log]`: the service's own log.

use tracing_subscriber::EnvFilter;

use crate::config::{reader::Reader, values::word};

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: an object a line.
    Json,
}

/// The service's own log.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// Directives of `tracing_subscriber::EnvFilter`; they parse.
    pub level: String,
    /// How a line looks.
    pub format: LogFormat,
}

impl LogConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let level = reader.take("log.level", directives);
        let words = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        let format = reader.take("log.format", word(&words));
        Some(Self {
            level: level?,
            format: format?,
        })
    }
}

/// The filter takes any lone word for a module's name, and so a typo for "everything of that module": here a lone word
/// must be a level.
pub(crate) fn directives(text: &str) -> Result<String, String> {
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    let clear = |part: &str| levels.contains(&part) || part.contains('=');
    if text.split(',').all(clear) && EnvFilter::try_new(text).is_ok() {
        Ok(text.to_owned())
    } else {
        Err("must be error, warn, info, debug, trace, off, or directives such as info,replydesk=debug".to_owned())
    }
}
