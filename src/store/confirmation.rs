//! What an OK waits for besides the write itself.

use crate::store::{error::StoreError, replication::Replication};

/// Nothing more (the write is as durable as Redis's own settings make it), or that replicas have received it. Cheap to
/// clone.
#[derive(Clone, Default)]
pub struct Confirmation(Option<Replication>);

impl Confirmation {
    /// By the replicas.
    #[must_use]
    pub fn by(replication: Replication) -> Self {
        Self(Some(replication))
    }

    /// Runs a write and waits until it is confirmed. A write that only finds what an earlier one did waits too: the
    /// earlier one's OK may never have been given.
    ///
    /// # Errors
    /// The write's own, or `Unreplicated`: it is done on the primary, and the same again waits again.
    pub async fn of<T>(
        &self,
        write: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        match &self.0 {
            Some(replication) => replication.of(write).await,
            None => write.await,
        }
    }

    /// Runs a read whose news somebody outside will rely on, and waits until what it saw is confirmed; without news at once.
    ///
    /// # Errors
    /// As for [`Confirmation::of`].
    pub async fn of_news<T>(
        &self,
        read: impl Future<Output = Result<T, StoreError>>,
        is_news: impl FnOnce(&T) -> bool,
    ) -> Result<T, StoreError> {
        match &self.0 {
            Some(replication) => replication.of_some(read, is_news).await,
            None => read.await,
        }
    }

    /// Ends its tasks, if it has any.
    pub async fn shutdown(&self) {
        if let Some(replication) = &self.0 {
            replication.shutdown().await;
        }
    }
}
