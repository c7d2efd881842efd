//! Snapshots: where a replica starts, and behind which the log is trimmed.

use super::{ReplicationSettings, Shared, apply::AtMark};
use crate::{
    comment::{event::Cursor, lease::LeaseToken},
    spam::model::Model,
    store::{
        error::StoreError,
        model_snapshot::{FoundSnapshot, Keeping, LogState, Snapshot, Which},
    },
};

/// Where a replica starts.
pub(super) struct Start {
    pub(super) model: Model,
    /// The last entry that the model has learnt.
    pub(super) position: Cursor,
}

impl Start {
    /// Before the first lesson.
    pub(super) fn prior(shared: &Shared) -> Self {
        Self {
            model: Model::new(shared.live.load().prior_weights().clone()),
            position: Cursor::START,
        }
    }
}

/// The newest snapshot that can be used, if any.
pub(super) async fn load(shared: &Shared) -> Result<Option<Start>, StoreError> {
    for which in [Which::Newest, Which::Before] {
        let found = match shared.store.snapshot(which).await? {
            FoundSnapshot::None => continue,
            FoundSnapshot::Corrupt => Err("it doesn't match its checksum".to_owned()),
            FoundSnapshot::Whole(snapshot) => restore(Start::prior(shared), snapshot).await,
        };
        match found {
            Ok(start) => return Ok(Some(start)),
            Err(error) => {
                tracing::error!(snapshot = ?which, error, "model.snapshot_corrupt");
                shared.counters.snapshots_corrupt.one();
            }
        }
    }
    Ok(None)
}

/// A few megabytes of work: not where calls are answered.
async fn restore(prior: Start, snapshot: Snapshot) -> Result<Start, String> {
    let Snapshot { position, model } = snapshot;
    let restoring = tokio::task::spawn_blocking(move || {
        let mut restored = prior.model;
        restored.restore(&model).map(|()| restored)
    });
    let restored = restoring.await.map_err(|error| error.to_string())?;
    let model = restored.map_err(|error| error.to_string())?;
    Ok(Start { model, position })
}

/// Whether a snapshot should be made: many lessons wait, or some have waited for long. What only the newest snapshot
/// holds counts as waiting, since the log is trimmed behind the one before it.
pub(super) fn is_due(settings: &ReplicationSettings, state: &LogState) -> bool {
    let sequence = |cursor: Option<Cursor>| cursor.map_or(0, Cursor::sequence);
    let waiting = state.last.saturating_sub(sequence(state.snapshot));
    let untrimmed = state.last_lesson > sequence(state.snapshot_before);
    let age_ms = state
        .kept_at
        .map_or(i64::MAX, |at| state.now.0.saturating_sub(at.0));
    let old = u128::try_from(age_ms).unwrap_or(0) >= settings.snapshot_every.as_millis();
    // A negative age is a clock that jumped back: it must not put snapshots off.
    waiting >= settings.snapshot_lessons || (untrimmed && (old || age_ms < 0))
}

/// Keeps the model at a mark, if nothing newer is kept.
pub(super) async fn keep(
    shared: &Shared,
    token: LeaseToken,
    mark: &AtMark,
) -> Result<Keeping, StoreError> {
    let Some(model) = &mark.snapshot else {
        return Ok(Keeping::Outdated);
    };
    let snapshot = Snapshot {
        position: mark.position,
        model: model.clone(),
    };
    let keeping = shared
        .store
        .keep_snapshot(token, &snapshot, mark.digest)
        .await?;
    let (position, bytes) = (mark.position.to_string(), model.len());
    match keeping {
        Keeping::Kept => {
            shared.counters.snapshots.one();
            tracing::info!(%position, bytes, "model.snapshot_kept");
        }
        Keeping::Outdated => tracing::warn!(%position, "model.snapshot_outdated"),
        Keeping::LeaseLost => {}
    }
    Ok(keeping)
}

/// Forgets what both snapshots hold, a bounded part of it. Whether there may be more.
pub(super) async fn trim(shared: &Shared, state: &LogState) -> Result<bool, StoreError> {
    let Some(before) = state.snapshot_before else {
        return Ok(false);
    };
    let trimmed = shared.store.trim_model_log(before).await?;
    if trimmed > 0 {
        shared.counters.trimmed.add(trimmed);
        tracing::debug!(entries = trimmed, "model.log_trimmed");
    }
    Ok(trimmed > 0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::comment::state::Timestamp;

    #[test]
    fn no_lesson_waits_for_long_and_a_log_of_marks_is_left_alone() {
        const MINUTE: i64 = 60_000;
        let settings = ReplicationSettings {
            lease: Duration::from_secs(5),
            poll: Duration::from_secs(1),
            publish_every: Duration::from_millis(150),
            snapshot_every: Duration::from_secs(600),
            snapshot_lessons: 100,
        };
        // The log's end, the last lesson in it, the two snapshots (0: none), and the newest's age in minutes.
        for (last, lesson, snapshot, before, age, due) in [
            (0, 0, 0, 0, 0, false),
            (1, 1, 0, 0, 0, true),
            (2, 1, 2, 0, 9, false),
            (2, 1, 2, 0, 10, true),
            (3, 1, 3, 2, 10, false),
            (3, 1, 3, 2, 100_000, false),
            (4, 4, 3, 2, 9, false),
            (4, 4, 3, 2, 10, true),
            (4, 4, 3, 2, -1, true),
            (102, 102, 3, 2, 0, false),
            (103, 103, 3, 2, 0, true),
        ] {
            let place = |sequence| (sequence > 0).then(|| Cursor::new(sequence, 1));
            let state = LogState {
                last,
                last_lesson: lesson,
                snapshot: place(snapshot),
                snapshot_before: place(before),
                kept_at: place(snapshot).map(|_| Timestamp(1_000 * MINUTE)),
                now: Timestamp((1_000 + age) * MINUTE),
                ..LogState::default()
            };
            assert_eq!(is_due(&settings, &state), due, "{state:?}");
        }
    }
}
