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
        let Some(replication) = &self.0 else {
            return write.await;
        };
        let ticket = replication.ticket();
        let done = write.await?;
        replication.confirm(ticket).await?;
        Ok(done)
    }

    /// Ends its task, if it has one.
    pub async fn shutdown(&self) {
        if let Some(replication) = &self.0 {
            replication.shutdown().await;
        }
    }
}
