//! The task that owns the connection for `WAIT` to one primary.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use redis::{AsyncConnectionConfig, aio::MultiplexedConnection};
use tokio::sync::{mpsc, oneshot};

use crate::store::{
    connection::{Node, StoreSettings},
    error::StoreError,
};

/// One caller's question.
pub(super) struct Ask {
    /// The connection that carried the caller's write.
    pub(super) generation: u64,
    pub(super) answer: oneshot::Sender<Result<(), StoreError>>,
}

pub(super) struct Waiter {
    /// Not held: a primary that left the cluster is let go.
    pub(super) node: Weak<Node>,
    pub(super) settings: StoreSettings,
    pub(super) replicas: u32,
    pub(super) wait: Duration,
    /// How many questions one batch takes.
    pub(super) most: usize,
}

/// A connection to the same server process as the node's connection of this generation.
struct Primary {
    connection: MultiplexedConnection,
    generation: u64,
}

impl Waiter {
    pub(super) async fn serve(self, mut asked: mpsc::Receiver<Ask>) {
        let mut primary = None;
        let mut batch = Vec::new();
        // Whoever asks while a batch waits is in the next one.
        while asked.recv_many(&mut batch, self.most).await > 0 {
            let received = self.received(&mut primary).await;
            for ask in batch.drain(..) {
                // A caller that has gone does not care.
                let _ = ask.answer.send(self.verdict(&received, ask.generation));
            }
        }
    }

    fn verdict(
        &self,
        received: &Result<(u32, u64), StoreError>,
        wrote_on: u64,
    ) -> Result<(), StoreError> {
        let (received, waited_on) = received.clone()?;
        // A count for another connection says nothing about this write.
        let received = if waited_on == wrote_on { received } else { 0 };
        if received >= self.replicas {
            return Ok(());
        }
        Err(StoreError::Unreplicated {
            received,
            wanted: self.replicas,
        })
    }

    fn unconfirmed(&self) -> StoreError {
        StoreError::Unreplicated {
            received: 0,
            wanted: self.replicas,
        }
    }

    /// How many replicas have received everything written so far, and on which generation.
    async fn received(&self, primary: &mut Option<Primary>) -> Result<(u32, u64), StoreError> {
        let gone = || StoreError::Away("the primary left the cluster".to_owned());
        let node = self.node.upgrade().ok_or_else(gone)?;
        // A connection that is being replaced confirms nothing.
        let generation = node.generation().ok_or_else(|| self.unconfirmed())?;
        let current = primary.take().filter(|p| p.generation == generation);
        let mut current = match current {
            Some(current) => current,
            None => self.connect(&node, generation).await?,
        };
        let millis = u64::try_from(self.wait.as_millis()).unwrap_or(u64::MAX);
        let mut pipe = redis::pipe();
        pipe.cmd("PING").ignore();
        // Zero would wait for ever.
        pipe.cmd("WAIT").arg(self.replicas).arg(millis.max(1));
        let waited: Result<(u32,), _> = pipe.query_async(&mut current.connection).await;
        let (received,) = match waited.map_err(StoreError::from) {
            // It has just become a replica itself, and a replica waits for nobody.
            Err(StoreError::Refused(_)) => return Err(self.unconfirmed()),
            waited => waited?,
        };
        // Only a connection that has just answered is used again.
        *primary = Some(current);
        Ok((received, generation))
    }

    async fn connect(&self, node: &Arc<Node>, generation: u64) -> Result<Primary, StoreError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.settings.connect_timeout))
            .set_response_timeout(Some(self.wait + self.settings.timeout));
        let client = node.client().await?;
        let mut connection = client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        let mut info = redis::cmd("INFO");
        info.arg("server");
        let here: String = info.query_async(&mut connection).await?;
        let there: String = node.query(&info).await?;
        let same = run_id(&here).is_some() && run_id(&here) == run_id(&there);
        if !same || node.generation() != Some(generation) {
            return Err(self.unconfirmed());
        }
        Ok(Primary {
            connection,
            generation,
        })
    }
}

/// Names one server process: an address can lead to another after a fail-over.
fn run_id(info: &str) -> Option<&str> {
    info.lines().find_map(|line| line.strip_prefix("run_id:"))
}
