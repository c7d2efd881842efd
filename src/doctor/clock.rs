//! Clocks: this machine's, and how far Redis's is from it.

use std::time::{Duration, SystemTime};

use super::{Check, Level};

const NAME: &str = "clock";

/// 1 January 2026: this release did not exist before.
const RELEASED: Duration = Duration::from_secs(1_767_225_600);

/// From so much on, times in Redis and in the log tell different stories.
const WARN: Duration = Duration::from_secs(1);

/// From so much on, tokens and certificates are judged by a wrong time.
const FAIL: Duration = Duration::from_secs(30);

const MEND: &str = "keep both machines' clocks right (chrony, systemd-timesyncd)";

/// Whether this machine knows what year it is.
pub(super) fn plausible(now: SystemTime) -> Option<Check> {
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    let is_past = since.is_ok_and(|since| since > RELEASED);
    (!is_past).then(|| Check::failure(NAME, "this machine's clock is before 2026", MEND))
}

/// How far apart two clocks are, where asking took so long.
pub(super) fn difference(here: SystemTime, redis_ms: i64, took: Duration) -> Check {
    let here = here
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let here = i64::try_from(here.as_millis()).unwrap_or(i64::MAX);
    let apart = Duration::from_millis(here.abs_diff(redis_ms)).saturating_sub(took);
    let found = format!("{} ms apart from Redis's", apart.as_millis());
    let level = match apart {
        apart if apart >= FAIL => Level::Failure,
        apart if apart >= WARN => Level::Warning,
        _ => return Check::ok(NAME, found),
    };
    Check {
        name: NAME,
        level,
        found,
        mend: MEND.to_owned(),
    }
}
