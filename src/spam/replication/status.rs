//! How a replica's model stands.

use super::{Counts, Published, Replication};
use crate::{
    comment::{event::Cursor, state::Timestamp},
    spam::model::Validation,
    store::error::StoreError,
};

/// How a replica's model stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelStatus {
    /// SHA-256 of the weights that it scores by: the same on all replicas at the same position.
    pub digest: [u8; 32],
    /// The last entry of the log that it scores by.
    pub position: Cursor,
    /// How many lessons it has learnt since the prior.
    pub lessons: u64,
    /// How right it was about decisions before it learnt from them.
    pub validation: Validation,
    /// Entries of the log that it does not score by yet.
    pub behind: u64,
    /// Whether it has caught up with the log once since it started.
    pub caught_up: bool,
    /// Whether it is the trainer.
    pub trains: bool,
    /// Whether any replica holds the trainer's lease, or held it last.
    pub has_trainer: bool,
    /// Where the newest snapshot was made, and when it was kept.
    pub snapshot: Option<(Cursor, Timestamp)>,
    /// Redis's time.
    pub now: Timestamp,
    /// What happened since this replica started.
    pub counts: Counts,
}

impl Replication {
    /// How this replica's model stands.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn status(&self) -> Result<ModelStatus, StoreError> {
        let shared = &self.shared;
        let published = shared.published.borrow().clone();
        let state = shared.store.log_state().await?;
        Ok(ModelStatus {
            digest: published.digest().await?,
            position: published.position,
            lessons: published.model.lessons(),
            validation: *published.model.validation(),
            behind: state.last.saturating_sub(published.position.sequence()),
            caught_up: *shared.caught_up.borrow(),
            trains: shared.trains(),
            has_trainer: state.has_trainer,
            snapshot: state.snapshot.zip(state.kept_at),
            now: state.now,
            counts: shared.counters.read(),
        })
    }
}

impl Published {
    /// Computed once, however many ask, and however soon they go away again.
    async fn digest(&self) -> Result<[u8; 32], StoreError> {
        if let Some(digest) = self.digest.get() {
            return Ok(*digest);
        }
        let (model, digest) = (self.model.clone(), self.digest.clone());
        // Megabytes to read: not where calls are answered.
        let hashing = tokio::task::spawn_blocking(move || *digest.get_or_init(|| model.digest()));
        hashing
            .await
            .map_err(|_| StoreError::Corrupt { what: "the model" })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::spam::model::Model;

    #[tokio::test]
    async fn a_model_is_hashed_once_however_often_it_is_asked_for() {
        let model = Arc::new(Model::prior().unwrap());
        let published = Published::new(model.clone(), Cursor::START);
        let asked = published.clone();
        assert_eq!(asked.digest().await, Ok(model.digest()));
        assert_eq!(published.digest.get(), Some(&model.digest()));
        // What is kept is what is told: nothing is read again.
        let known = Published {
            digest: Arc::new([7; 32].into()),
            ..published
        };
        assert_eq!(known.digest().await, Ok([7; 32]));
    }
}
