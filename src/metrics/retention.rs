//! What was forgotten for its age.

use std::time::Duration;

use super::{
    catalogue::{RETENTION_LAG, RETENTION_REMOVED},
    exposition::Page,
    instruments::{Counter, Level},
};

/// What was forgotten for its age.
#[derive(Default)]
pub struct Retained {
    /// Comments.
    pub texts: Counter,
    /// Contact data of comments.
    pub contacts: Counter,
    /// Data keys.
    pub data_keys: Counter,
    /// Entries of audit logs.
    pub audit_entries: Counter,
    lag_ms: Level,
}

impl Retained {
    /// How late the last round was.
    pub fn lag(&self, lag: Duration) {
        let millis = u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
        self.lag_ms.set(millis);
    }

    pub(super) fn write(&self, page: &mut Page) {
        let mut samples = page.family(&RETENTION_REMOVED);
        for (word, counter) in [
            ("texts", &self.texts),
            ("contacts", &self.contacts),
            ("data_keys", &self.data_keys),
            ("audit_entries", &self.audit_entries),
        ] {
            samples.count(&[word], counter.get());
        }
        let lag = Duration::from_millis(self.lag_ms.get()).as_secs_f64();
        page.family(&RETENTION_LAG).number(&[], lag);
    }
}
