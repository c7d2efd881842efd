//! Pauses between attempts: they double, and no two replicas come back in step.

use std::time::Duration;

/// The pauses of one series of attempts.
pub(in crate::store) struct Backoff {
    next: Duration,
    most: Duration,
}

impl Backoff {
    pub(in crate::store) fn new(least: Duration, most: Duration) -> Self {
        Self {
            next: least.min(most),
            most,
        }
    }

    /// Between half and the whole of the current pause, which doubles for the next time.
    pub(in crate::store) fn next_pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.most);
        // Without random numbers the whole pause is as good as any.
        let share = getrandom::u32().map_or(1.0, |bits| f64::from(bits) / f64::from(u32::MAX));
        pause.mul_f64(0.5 + share / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_most() {
        let (least, most) = (Duration::from_millis(20), Duration::from_millis(100));
        let mut backoff = Backoff::new(least, most);
        for whole in [20, 40, 80, 100, 100] {
            let whole = Duration::from_millis(whole);
            let pause = backoff.next_pause();
            assert!(
                pause >= whole / 2 && pause <= whole,
                "{pause:?} of {whole:?}"
            );
        }
    }
}
