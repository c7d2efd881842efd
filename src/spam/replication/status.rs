//! How a replica's model stands.

use super::{Counts, Replication};
use crate::{
    comment::{event::Cursor, state::Timestamp},
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
        let model = published.model.clone();
        // Megabytes to read: not where calls are answered.
        let hashing = tokio::task::spawn_blocking(move || (model.digest(), model.lessons()));
        let (digest, lessons) = hashing
            .await
            .map_err(|_| StoreError::Corrupt { what: "the model" })?;
        Ok(ModelStatus {
            digest,
            position: published.position,
            lessons,
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
