//! Calls to Redis are counted at one place, by how they end and how long they took.

use std::{sync::Arc, time::Instant};

use crate::{
    metrics::redis::{Confirmed, Failure, Redis},
    store::error::StoreError,
};

/// Counts a call, of a script by its file's name. Whatever makes a round trip for a caller goes through this.
pub(in crate::store) async fn observed<T>(
    redis: &Arc<Redis>,
    script: Option<&'static str>,
    call: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let waiting = redis.begin();
    let ended = call.await;
    waiting.ended(script, ended.as_ref().err().map(Failure::from));
    ended
}

/// Counts the wait for replicas.
pub(in crate::store) async fn confirmed(
    redis: &Arc<Redis>,
    wait: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    let began = Instant::now();
    let ended = wait.await;
    let result = match &ended {
        Ok(()) => Confirmed::Yes,
        Err(StoreError::Unreplicated { .. }) => Confirmed::TooFew,
        Err(
            StoreError::Away(_)
            | StoreError::TimedOut
            | StoreError::ReadOnly(_)
            | StoreError::Full(_)
            | StoreError::Refused(_)
            | StoreError::Corrupt { .. },
        ) => Confirmed::Failed,
    };
    redis.confirmed(result, began.elapsed());
    ended
}

impl From<&StoreError> for Failure {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Away(_) => Self::Away,
            StoreError::TimedOut => Self::TimedOut,
            StoreError::ReadOnly(_) => Self::ReadOnly,
            StoreError::Full(_) => Self::Full,
            StoreError::Unreplicated { .. } => Self::Unreplicated,
            StoreError::Refused(_) => Self::Refused,
            StoreError::Corrupt { .. } => Self::Corrupt,
        }
    }
}
