//! tonic knows no service config: deadlines and retries are read from it here.

use std::{fs, path::PathBuf, time::Duration};

use replydesk::cli::failure::Failure;
use serde::Deserialize;

/// Names another file than the repository's.
const VARIABLE: &str = "BLOG_SERVICE_CONFIG";

/// What a service config says of methods.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConfig {
    method_config: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    name: Vec<Name>,
    timeout: Option<String>,
    retry_policy: Option<RetryPolicy>,
}

#[derive(Debug, Deserialize)]
struct Name {
    service: String,
    method: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RetryPolicy {
    max_attempts: u32,
    initial_backoff: String,
    max_backoff: String,
    backoff_multiplier: f64,
    retryable_status_codes: Vec<String>,
}

/// How one method is called.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// For all attempts together; none for a stream.
    pub timeout: Option<Duration>,
    pub retry: Option<Retry>,
}

/// When a call is sent again.
#[derive(Debug, Clone)]
pub struct Retry {
    pub attempts: u32,
    pub first: Duration,
    pub longest: Duration,
    pub multiplier: f64,
    /// Such as `UNAVAILABLE`.
    pub codes: Vec<String>,
}

impl ServiceConfig {
    /// The file that the environment names, else the repository's.
    pub fn load() -> Result<Self, Failure> {
        let path = std::env::var_os(VARIABLE)
            .filter(|path| !path.is_empty())
            .map_or_else(
                || {
                    PathBuf::from(concat!(
                        env!("CARGO_MANIFEST_DIR"),
                        "/docs/service-config.json"
                    ))
                },
                PathBuf::from,
            );
        let cannot = |why: String| Failure::usage(format!("cannot read {}: {why}", path.display()));
        let text = fs::read_to_string(&path).map_err(|error| cannot(error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| cannot(error.to_string()))
    }

    /// What it says of a method, such as `SubmitComment` of `replydesk.v1.CommentService`.
    pub fn policy(&self, service: &str, method: &str) -> Policy {
        let is_it = |name: &Name| name.service == service && name.method == method;
        let entry = self
            .method_config
            .iter()
            .find(|entry| entry.name.iter().any(is_it));
        entry.map_or_else(Policy::default, |entry| Policy {
            timeout: entry.timeout.as_deref().and_then(duration),
            retry: entry.retry_policy.as_ref().and_then(Retry::parse),
        })
    }
}

impl Retry {
    fn parse(policy: &RetryPolicy) -> Option<Self> {
        Some(Self {
            attempts: policy.max_attempts.clamp(1, 5),
            first: duration(&policy.initial_backoff)?,
            longest: duration(&policy.max_backoff)?,
            multiplier: policy.backoff_multiplier,
            codes: policy.retryable_status_codes.clone(),
        })
    }
}

/// Such as `0.2s`.
fn duration(text: &str) -> Option<Duration> {
    let seconds = text.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
