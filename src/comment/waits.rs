//! How long comments waited for a decision, as a histogram that can be added up over hours and replicas.

use std::time::Duration;

/// Buckets of a quarter of an octave: bucket `k` is from 2^((k - 8) / 4) to 2^((k - 7) / 4) seconds. The first also has
/// all that is shorter than a quarter of a second, the last all that is longer than 389 days.
///
/// A quantile lies in the bucket of the true one, so it is off by a fifth at most (2^(1/4) = 1.19), half of that on
/// average: enough to tell minutes from hours, in a few numbers an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits([u64; Waits::BUCKETS]);

impl Default for Waits {
    fn default() -> Self {
        Self([0; Self::BUCKETS])
    }
}

impl Waits {
    /// How many buckets there are; the same number is in `parts/statistics.lua`.
    pub const BUCKETS: usize = 109;

    /// So many more waits in a bucket; beyond the last there is none, and they are left out.
    pub fn record(&mut self, bucket: usize, count: u64) {
        if let Some(have) = self.0.get_mut(bucket) {
            *have = have.saturating_add(count);
        }
    }

    /// The waits of both.
    pub fn add(&mut self, other: &Self) {
        for (bucket, count) in other.0.iter().enumerate() {
            self.record(bucket, *count);
        }
    }

    /// How many waits there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The wait that a share (above 0, at most 1) of all did not exceed, by interpolation in its bucket; `None` without
    /// waits.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let rank = share.clamp(0.0, 1.0) * as_f64(self.total());
        let mut before = 0.0;
        for (bucket, &count) in self.0.iter().enumerate().filter(|(_, count)| **count > 0) {
            let after = before + as_f64(count);
            if after >= rank {
                let (low, high) = (lower(bucket), lower(bucket + 1));
                let within = (rank - before) / as_f64(count);
                return Duration::try_from_secs_f64(low + (high - low) * within).ok();
            }
            before = after;
        }
        None
    }
}

/// Where a bucket begins, in seconds.
fn lower(bucket: usize) -> f64 {
    if bucket == 0 {
        return 0.0;
    }
    // At most 109.
    let bucket = f64::from(u32::try_from(bucket).unwrap_or(u32::MAX));
    2f64.powf((bucket - 8.0) / 4.0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of an installation's comments are far below 2^53"
)]
fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// Where a wait belongs, by looking at all bounds.
    fn bucket_of(seconds: f64) -> usize {
        (1..Waits::BUCKETS)
            .take_while(|bucket| lower(*bucket) <= seconds)
            .last()
            .unwrap_or(0)
    }

    fn of(waits: &[f64]) -> Waits {
        let mut all = Waits::default();
        for seconds in waits {
            all.record(bucket_of(*seconds), 1);
        }
        all
    }

    #[test]
    fn a_quantile_is_found_in_the_bucket_where_it_lies() {
        for (waits, share, low, high) in [
            (&[4.0][..], 0.5, 4.0, 4.76),
            (&[0.01], 0.99, 0.0, 0.298),
            (&[1.0, 60.0, 3_600.0], 0.5, 53.0, 64.0),
            (&[1.0, 60.0, 3_600.0], 0.9, 3_440.0, 4_096.0),
            (&[1.0, 1.0, 1.0, 1.0], 1.0, 1.18, 1.19),
            (&[9e9], 0.5, 2f64.powf(25.0), 2f64.powf(25.25)),
        ] {
            let found = of(waits).quantile(share).unwrap().as_secs_f64();
            assert!(
                (low..=high).contains(&found),
                "{waits:?} {share}: {found}, not {low} to {high}"
            );
        }
        assert_eq!(Waits::default().quantile(0.5), None);
    }

    #[test]
    fn what_is_beyond_the_last_bucket_is_left_out() {
        let mut waits = Waits::default();
        waits.record(Waits::BUCKETS, 7);
        assert_eq!(waits.total(), 0);
        waits.record(0, u64::MAX);
        waits.record(0, 1);
        waits.record(1, 1);
        assert_eq!(waits.total(), u64::MAX);
        assert!(waits.quantile(1.0).is_some());
    }

    proptest! {
        #[test]
        fn a_quantile_is_off_by_a_fifth_at_most(
            waits in vec(0.25..3e7_f64, 1..300),
            share in 0.01..=1.0_f64,
        ) {
            let found = of(&waits).quantile(share).unwrap().as_secs_f64();
            let mut sorted = waits;
            sorted.sort_by(f64::total_cmp);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 300")]
            let rank = (share * as_f64(sorted.len() as u64)).ceil() as usize;
            let truth = sorted[rank.clamp(1, sorted.len()) - 1];
            let ratio = found / truth;
            prop_assert!((0.84..=1.19).contains(&ratio), "{found} for {truth}");
        }

        #[test]
        fn quantiles_never_fall_and_sums_keep_every_wait(
            first in vec(0.0..1e8_f64, 0..50),
            second in vec(0.0..1e8_f64, 1..50),
        ) {
            let mut sum = of(&first);
            sum.add(&of(&second));
            prop_assert_eq!(&sum, &of(&[first, second].concat()));
            let found: Vec<_> = (1..=100_u8).map(|share| sum.quantile(f64::from(share) / 100.0)).collect();
            prop_assert!(found.is_sorted());
        }
    }
}
