//! How long to wait before the next attempt.

use std::time::Duration;

use super::service_config::Retry;

/// Grows from attempt to attempt, with jitter, so that a thousand clients of a replica that went don't come back at once.
#[derive(Debug)]
pub struct Pause {
    attempts: i32,
    first: Duration,
    longest: Duration,
    multiplier: f64,
}

impl Pause {
    /// From 0.2 s to 10 s: between streams, and between the calls of one comment.
    pub fn new() -> Self {
        Self {
            attempts: 0,
            first: Duration::from_millis(200),
            longest: Duration::from_secs(10),
            multiplier: 2.0,
        }
    }

    /// Between the attempts of one call.
    pub fn of(retry: &Retry) -> Self {
        Self {
            attempts: 0,
            first: retry.first,
            longest: retry.longest,
            multiplier: retry.multiplier,
        }
    }

    /// The next wait, never sooner than the service asked for.
    pub fn next(&mut self, asked: Option<Duration>) -> Duration {
        let grown = self.first.as_secs_f64() * self.multiplier.powi(self.attempts);
        self.attempts = self.attempts.saturating_add(1);
        let own = grown.min(self.longest.as_secs_f64()) * jitter();
        Duration::from_secs_f64(own).max(asked.unwrap_or_default())
    }

    pub fn reset(&mut self) {
        self.attempts = 0;
    }
}

/// Half to the whole, by chance.
fn jitter() -> f64 {
    let mut draw = [0];
    // Without random numbers all wait equally long.
    let _ = getrandom::fill(&mut draw);
    0.5 + f64::from(draw[0]) / 510.0
}
