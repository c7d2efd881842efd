//! Snapshots: where a replica starts, and behind which the log is trimmed.

use super::{Shared, apply::AtMark};
use crate::{
    comment::{event::Cursor, lease::LeaseToken},
    spam::model::Model,
    store::{
        error::StoreError,
        model_snapshot::{FoundSnapshot, LogState, Snapshot, Which},
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
pub(super) fn is_due(shared: &Shared, state: &LogState) -> bool {
    let sequence = |cursor: Option<Cursor>| cursor.map_or(0, Cursor::sequence);
    let settings = &shared.settings;
    let waiting = state.last.saturating_sub(sequence(state.snapshot));
    let untrimmed = state.last_lesson > sequence(state.snapshot_before);
    let age_ms = state
        .kept_at
        .map_or(i64::MAX, |at| state.now.0.saturating_sub(at.0));
    let old = u128::try_from(age_ms).unwrap_or(0) >= settings.snapshot_every.as_millis();
    // A negative age is a clock that jumped back: it must not put snapshots off.
    waiting >= settings.snapshot_lessons || (untrimmed && (old || age_ms < 0))
}

/// Keeps the model at a mark; `false` if another is the trainer.
pub(super) async fn keep(
    shared: &Shared,
    token: LeaseToken,
    mark: &AtMark,
) -> Result<bool, StoreError> {
    let Some(model) = &mark.snapshot else {
        return Ok(true);
    };
    let snapshot = Snapshot {
        position: mark.position,
        model: model.clone(),
    };
    let kept = shared
        .store
        .keep_snapshot(token, &snapshot, mark.digest)
        .await?;
    if kept {
        shared.counters.snapshots.one();
        let (position, bytes) = (mark.position.to_string(), model.len());
        tracing::info!(%position, bytes, "model.snapshot_kept");
    }
    Ok(kept)
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
