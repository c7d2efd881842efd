//! What a refusal says, taken apart.

use std::time::Duration;

use replydesk::cli::client::explain;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Code and stable reason.
pub fn told(status: &Status) -> (Code, String) {
    (status.code(), explain::reason(status))
}

/// One value of the metadata.
pub fn metadata(status: &Status, key: &str) -> String {
    explain::metadata(status, key)
        .unwrap_or_else(|| panic!("{status:?} has no {key} in its metadata"))
}

/// How long to wait.
pub fn wait(status: &Status) -> Duration {
    explain::retry_delay(status).unwrap_or_else(|| panic!("{status:?} has no RetryInfo"))
}

/// Whose quota is used up.
pub fn quotas(status: &Status) -> Vec<String> {
    let quota = status.get_details_quota_failure();
    let quota = quota.unwrap_or_else(|| panic!("{status:?} has no QuotaFailure"));
    quota.violations.into_iter().map(|v| v.subject).collect()
}

/// Field paths and what is wrong with each.
pub fn violations(status: &Status) -> Vec<(String, String)> {
    let request = status.get_details_bad_request();
    let request = request.unwrap_or_else(|| panic!("{status:?} has no BadRequest"));
    let violations = request.field_violations.into_iter();
    violations.map(|v| (v.field, v.description)).collect()
}

/// That a caller may come again, and when: the store or the replica is away.
pub fn assert_unavailable(status: &Status) {
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    assert!(wait(status) > Duration::ZERO);
    assert!(!explain::reason(status).is_empty(), "{status:?}");
}
