//! What a status means: its code, its stable reason, and the google.rpc details that tell what to do.

use std::{collections::HashMap, fmt, time::Duration};

use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Match on `code` and `reason`; `message` is for the log.
#[derive(Debug)]
pub struct Refusal {
    pub code: Code,
    pub reason: String,
    pub message: String,
    /// Of `ErrorInfo`.
    pub metadata: HashMap<String, String>,
    /// Field path and what is wrong there.
    pub violations: Vec<(String, String)>,
    /// Such as `author`.
    pub limit: Option<String>,
    pub retry_after: Option<Duration>,
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.code_name(), self.reason, self.message)
    }
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info().cloned();
        let (reason, metadata) = info
            .map(|info| (info.reason, info.metadata))
            .unwrap_or_default();
        let fields = details
            .bad_request()
            .map(|bad| bad.field_violations.clone());
        let quota = details
            .quota_failure()
            .and_then(|quota| quota.violations.first());
        Self {
            code: status.code(),
            reason,
            message: status.message().to_owned(),
            metadata,
            violations: fields
                .unwrap_or_default()
                .into_iter()
                .map(|violation| (violation.field, violation.description))
                .collect(),
            limit: quota.map(|limit| limit.subject.trim_start_matches("limit:").to_owned()),
            retry_after: details.retry_info().and_then(|retry| retry.retry_delay),
        }
    }
}

impl Refusal {
    /// What passes by itself. `Unknown` and `Cancelled` are what a torn connection looks like from here.
    pub fn is_outage(&self) -> bool {
        matches!(
            self.code,
            Code::Unavailable | Code::DeadlineExceeded | Code::Unknown | Code::Cancelled
        )
    }

    /// What passes once somebody has mended it: a key that expired, a site that is misspelt.
    pub fn is_defect(&self) -> bool {
        matches!(
            self.code,
            Code::Unauthenticated
                | Code::PermissionDenied
                | Code::NotFound
                | Code::Internal
                | Code::Unimplemented
        )
    }

    /// How long to wait where a limit was hit. Without `RetryInfo` waiting does not help: the message is too large, say.
    pub fn limited_for(&self) -> Option<Duration> {
        self.retry_after
            .filter(|_| self.code == Code::ResourceExhausted)
    }

    pub fn code_name(&self) -> String {
        code_name(self.code)
    }
}

/// As service configs and logs spell it: `DEADLINE_EXCEEDED`.
pub fn code_name(code: Code) -> String {
    let mut name = String::new();
    for sign in format!("{code:?}").chars() {
        if sign.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(sign.to_ascii_uppercase());
    }
    name
}
