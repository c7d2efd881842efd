//! What a session counts.

use std::time::Duration;

use super::{Current, Deed, Fate, Hold, Session};

impl Session {
    /// How many items are under a lease: the current one, if it still is, and those behind it.
    #[must_use]
    pub fn held(&self) -> usize {
        let is_ours = |current: &Current| current.hold == Hold::Ours;
        self.ahead.len() + usize::from(self.current.as_ref().is_some_and(is_ours))
    }

    /// How many decisions are on their way.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.unanswered.len()
    }

    /// Decided in this session, less what was undone here.
    #[must_use]
    pub fn decisions(&self) -> u32 {
        self.decided.values().sum()
    }

    /// Decisions an hour, over the last hour at most; `None` in the first minute.
    #[must_use]
    pub fn decisions_per_hour(&self) -> Option<u64> {
        let hour = Duration::from_secs(3_600);
        let since_began = self.now.duration_since(self.began?).ok()?;
        let span = since_began.min(hour);
        if span < Duration::from_secs(60) {
            return None;
        }
        let is_late = |deed: &&Deed| {
            self.now
                .duration_since(deed.at)
                .is_ok_and(|ago| ago <= hour)
        };
        let stands = |deed: &&Deed| deed.fate != Fate::Undone;
        let late = self.deeds.iter().filter(is_late).filter(stands).count();
        let late = u64::try_from(late).ok()?;
        Some(late.saturating_mul(hour.as_secs()) / span.as_secs())
    }
}
