//! The model, as a worker last saw it.

use std::sync::{Mutex, PoisonError};

use super::{
    catalogue::{
        MODEL_AGREEMENT, MODEL_CALIBRATION, MODEL_DIGEST, MODEL_EVENTS, MODEL_LAG, MODEL_LESSONS,
        TRAINER,
    },
    exposition::Page,
};

/// How a replica's model stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelNow {
    /// Entries of the log that it does not score by yet.
    pub lag: u64,
    /// Lessons that it has learnt.
    pub lessons: u64,
    /// SHA-256 of its weights.
    pub digest: [u8; 32],
    /// How often it agreed with moderators; `None` before any decision.
    pub agreement: Option<f64>,
    /// How far its probabilities are off; `None` before any decision.
    pub calibration_error: Option<f64>,
    /// Whether this replica is the trainer.
    pub trains: bool,
    /// What happened, by name.
    pub events: Vec<(&'static str, u64)>,
}

/// Nothing until it was looked at for the first time.
#[derive(Default)]
pub struct Model(Mutex<Option<ModelNow>>);

impl Model {
    /// How it stands.
    pub fn saw(&self, now: ModelNow) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    pub(super) fn write(&self, page: &mut Page) {
        let now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.as_ref();
        let mut count = |family, value: fn(&ModelNow) -> u64| {
            let mut samples = page.family(family);
            if let Some(now) = now {
                samples.count(&[], value(now));
            }
        };
        count(&MODEL_LAG, |now| now.lag);
        count(&MODEL_LESSONS, |now| now.lessons);
        count(&MODEL_DIGEST, |now| beginning(&now.digest));
        count(&TRAINER, |now| now.trains.into());
        let agreement = now.and_then(|now| now.agreement);
        let calibration = now.and_then(|now| now.calibration_error);
        for (family, value) in [
            (&MODEL_AGREEMENT, agreement),
            (&MODEL_CALIBRATION, calibration),
        ] {
            let mut samples = page.family(family);
            if let Some(value) = value {
                samples.number(&[], value);
            }
        }
        let mut samples = page.family(&MODEL_EVENTS);
        for (event, count) in now.iter().flat_map(|now| &now.events) {
            samples.count(&[event], *count);
        }
    }
}

/// As many bits as every reader of numbers keeps: Prometheus's have 53.
fn beginning(digest: &[u8; 32]) -> u64 {
    let first = digest.iter().take(7);
    first.fold(0, |number, byte| number << 8 | u64::from(*byte)) >> 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_begins_with_its_first_bits_and_is_told_exactly() {
        let mut digest = [0; 32];
        digest[0] = 0x12;
        digest[6] = 0xff;
        assert_eq!(beginning(&digest), 0x12 << 44 | 0xf);
        assert!(beginning(&[0xff; 32]) < 1 << 53);
    }
}
