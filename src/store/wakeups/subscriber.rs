//! The task that subscribes, and subscribes again.

use std::{sync::Arc, time::Duration};

use redis::{
    RedisError,
    aio::{PubSubSink, PubSubStream},
};
use tokio::time::{error::Elapsed, sleep, timeout};
use tokio_stream::StreamExt;
use tokio_util::sync::CancellationToken;

use super::{CHANNEL, bells::Bells};
use crate::store::{
    backoff::Backoff,
    connection::{Store, StoreSettings},
    error::StoreError,
};

/// How often a silent subscription is asked for a sign of life: a half-open one gives none.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

pub(super) struct Subscriber {
    pub(super) store: Store,
    pub(super) settings: StoreSettings,
    pub(super) bells: Arc<Bells>,
    pub(super) closing: CancellationToken,
}

/// Why a subscription ended. All are answered in the same way.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("{0}")]
    Redis(#[from] RedisError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("no answer in time")]
    Silent(#[from] Elapsed),
    #[error("the connection was closed")]
    Closed,
}

impl Subscriber {
    /// Until it is closed.
    pub(super) async fn run(self) {
        self.closing
            .run_until_cancelled(self.stay_subscribed())
            .await;
    }

    async fn stay_subscribed(&self) {
        let first = || Backoff::new(self.settings.backoff_least, self.settings.backoff_most);
        let mut backoff = first();
        let mut told = false;
        loop {
            let lost = match self.subscribe().await {
                Ok((sink, stream)) => {
                    (backoff, told) = (first(), false);
                    self.bells.ring_all();
                    self.listen(sink, stream).await
                }
                Err(lost) => lost,
            };
            if !told {
                tracing::warn!(error = %lost, "wakeups.lost");
                told = true;
            }
            sleep(backoff.next_pause()).await;
        }
    }

    async fn subscribe(&self) -> Result<(PubSubSink, PubSubStream), Lost> {
        let wait = self.settings.connect_timeout;
        let client = self.store.client().await?;
        let mut connection = timeout(wait, client.get_async_pubsub()).await??;
        timeout(wait, connection.subscribe(CHANNEL)).await??;
        Ok(connection.split())
    }

    async fn listen(&self, mut sink: PubSubSink, mut stream: PubSubStream) -> Lost {
        loop {
            match timeout(SIGN_OF_LIFE, stream.next()).await {
                Ok(Some(message)) => self.bells.ring(message.get_payload_bytes()),
                Ok(None) => return Lost::Closed,
                Err(Elapsed { .. }) => {
                    match timeout(self.settings.timeout, sink.ping::<redis::Value>()).await {
                        Ok(Ok(_)) => {}
                        Ok(Err(error)) => return error.into(),
                        Err(elapsed) => return elapsed.into(),
                    }
                }
            }
        }
    }
}
