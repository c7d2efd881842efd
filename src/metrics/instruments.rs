//! Numbers that grow and change while they are read.

use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

/// A count that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn one(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// How many so far.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many there are now.
#[derive(Debug, Default)]
pub struct Level(AtomicI64);

impl Level {
    /// One more.
    pub fn rise(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// One less.
    pub fn fall(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// So many.
    pub fn set(&self, now: u64) {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        self.0.store(now, Ordering::Relaxed);
    }

    /// How many; a fall that is seen before its rise is none.
    #[must_use]
    pub fn get(&self) -> u64 {
        u64::try_from(self.0.load(Ordering::Relaxed)).unwrap_or(0)
    }
}

/// How often values fell into each of some ranges, and their sum.
#[derive(Debug)]
pub struct Histogram {
    /// Upper ends of the ranges, ascending; what is above the last has a range too.
    bounds: &'static [f64],
    counts: Box<[AtomicU64]>,
    /// In thousand-millionths: whole numbers add up without a lock, and to the same sum in any order.
    sum_nanos: AtomicU64,
}

impl Histogram {
    /// With these upper ends, ascending.
    #[must_use]
    pub fn new(bounds: &'static [f64]) -> Self {
        Self {
            bounds,
            counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sum_nanos: AtomicU64::new(0),
        }
    }

    /// A time, in seconds.
    pub fn time(&self, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.count(took.as_secs_f64(), nanos);
    }

    /// A value from 0 to 1.
    pub fn share(&self, value: f64) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to what fits"
        )]
        let nanos = (value.clamp(0.0, 1.0) * 1e9).round() as u64;
        self.count(value, nanos);
    }

    fn count(&self, value: f64, nanos: u64) {
        let range = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(range) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum_nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    /// How many values there were.
    #[must_use]
    pub fn len(&self) -> u64 {
        let counts = self.counts.iter();
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// Whether there was none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The ranges' upper ends, and how many values are in them or below; last all of them, above no end.
    pub(super) fn cumulated(&self) -> impl Iterator<Item = (Option<f64>, u64)> {
        let ends = self.bounds.iter().copied().map(Some).chain([None]);
        let mut below = 0;
        ends.zip(&self.counts).map(move |(end, count)| {
            below += count.load(Ordering::Relaxed);
            (end, below)
        })
    }

    /// The sum of all values.
    #[must_use]
    pub fn sum(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a sum of measurements")]
        let nanos = self.sum_nanos.load(Ordering::Relaxed) as f64;
        nanos / 1e9
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_up_to_the_end_of_its_range_that_is_its_own() {
        let histogram = Histogram::new(&[0.1, 0.5]);
        for millis in [0, 100, 101, 500, 501, 90_000] {
            histogram.time(Duration::from_millis(millis));
        }
        let told: Vec<_> = histogram.cumulated().collect();
        assert_eq!(told, [(Some(0.1), 2), (Some(0.5), 4), (None, 6)]);
        assert!((histogram.sum() - 91.202).abs() < 1e-9);
    }

    #[test]
    fn no_value_is_outside() {
        let histogram = Histogram::new(&[0.5]);
        for value in [f64::NAN, f64::INFINITY, -1.0, 0.25] {
            histogram.share(value);
        }
        histogram.time(Duration::MAX);
        assert_eq!(histogram.len(), 5);
    }

    #[test]
    fn a_level_is_never_below_nothing() {
        let level = Level::default();
        level.fall();
        assert_eq!(level.get(), 0);
        level.rise();
        level.rise();
        assert_eq!(level.get(), 1);
    }
}
