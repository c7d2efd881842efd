//! The model's status on the wire.

use std::time::Duration;

use crate::{
    proto::v1,
    spam::{
        model::Validation,
        replication::{Counts, ModelStatus},
    },
};

/// A replica's status as a message.
#[must_use]
pub fn status_to_proto(status: &ModelStatus) -> v1::ModelStatus {
    let age = status.snapshot.map(|(_, kept_at)| {
        let millis = status.now.0.saturating_sub(kept_at.0);
        // A clock that jumped back makes nothing younger than now.
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    });
    v1::ModelStatus {
        digest: data_encoding::HEXLOWER.encode(&status.digest),
        position: status.position.to_string(),
        lessons: status.lessons,
        behind: status.behind,
        caught_up: status.caught_up,
        trains: status.trains,
        has_trainer: status.has_trainer,
        snapshot_position: status.snapshot.map(|(at, _)| at.to_string()),
        snapshot_age: age.and_then(|age| age.try_into().ok()),
        counts: Some(counts(&status.counts)),
        validation: Some(validation(&status.validation)),
    }
}

fn validation(validation: &Validation) -> v1::ModelValidation {
    let ranges = (0_u32..).zip(&validation.ranges);
    v1::ModelValidation {
        decisions: validation.decisions(),
        log_loss: validation.log_loss(),
        mistakes: validation.mistakes(),
        calibration_error: validation.calibration_error(),
        ranges: ranges
            .map(|(n, range)| v1::ProbabilityRange {
                from: f64::from(n) / 10.0,
                decisions: range.decisions,
                predicted: range.predicted(),
                observed: range.observed(),
            })
            .collect(),
    }
}

fn counts(counts: &Counts) -> v1::ModelCounts {
    let Counts {
        appended,
        comments_gone,
        sources_cut,
        imports_corrupt,
        entries_corrupt,
        snapshots_corrupt,
        reloads,
        gaps,
        diverged,
        snapshots,
        trimmed,
        tenures,
    } = *counts;
    v1::ModelCounts {
        appended,
        comments_gone,
        sources_cut,
        imports_corrupt,
        entries_corrupt,
        snapshots_corrupt,
        reloads,
        gaps,
        diverged,
        snapshots,
        trimmed,
        tenures,
    }
}
