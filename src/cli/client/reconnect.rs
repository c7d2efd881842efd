//! When to connect again after a stream ended, and how long to wait before.

use std::time::{Duration, SystemTime};

use tonic::{Code, Status};

/// Whether connecting again can help.
#[must_use]
pub fn passes_by_itself(status: &Status) -> bool {
    // `Unknown` and `Cancelled` are what a torn connection looks like from here.
    matches!(
        status.code(),
        Code::Unavailable
            | Code::Unknown
            | Code::Cancelled
            | Code::DeadlineExceeded
            | Code::ResourceExhausted
    )
}

/// Waits between attempts: longer each time, with a jitter so that many clients don't come back at once.
#[derive(Debug, Default)]
pub struct Pause {
    attempts: u32,
}

impl Pause {
    /// The next wait: 0.2 s to 10 s.
    pub fn grow(&mut self) -> Duration {
        self.attempts = (self.attempts + 1).min(6);
        let base = Duration::from_millis(150) * 2_u32.pow(self.attempts);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let jitter = now.map_or(0, |now| now.subsec_nanos() % 300);
        base.mul_f64(0.85 + f64::from(jitter) / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_bounded() {
        let mut pause = Pause::default();
        let waits: Vec<Duration> = (0..20).map(|_| pause.grow()).collect();
        assert!(waits[0] < Duration::from_millis(400), "{waits:?}");
        assert!(
            waits.iter().all(|wait| *wait < Duration::from_secs(12)),
            "{waits:?}"
        );
        assert!(waits[19] > Duration::from_secs(7), "{waits:?}");
    }
}
