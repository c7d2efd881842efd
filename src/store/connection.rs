//! The one connection type. THE INTERFACE IS FIXED, THE INSIDE IS BEING WRITTEN (own reconnect, deadlines).

use redis::{Cmd, FromRedisValue, Pipeline, aio::MultiplexedConnection};

use crate::store::{
    error::StoreError,
    script::{Script, ScriptCall},
};

/// A shared connection to the primary. Cheap to clone; commands of all clones are pipelined on one socket.
#[derive(Clone)]
pub struct Store {
    connection: MultiplexedConnection,
}

impl Store {
    /// Connects.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let client = redis::Client::open(url)?;
        Ok(Self {
            connection: client.get_multiplexed_async_connection().await?,
        })
    }

    /// One command, sent once.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn query<T: FromRedisValue>(&self, cmd: &Cmd) -> Result<T, StoreError> {
        Ok(cmd.query_async(&mut self.connection.clone()).await?)
    }

    /// Several commands in one round trip, each sent once; not atomic.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn pipeline<T: FromRedisValue>(&self, pipe: &Pipeline) -> Result<T, StoreError> {
        Ok(pipe.query_async(&mut self.connection.clone()).await?)
    }

    /// One script, run once: by its digest, and by its text only where Redis answers that it does not know it.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn call<T: FromRedisValue>(
        &self,
        script: &'static Script,
        call: &ScriptCall,
    ) -> Result<T, StoreError> {
        let by_digest = call.command("EVALSHA", script.digest());
        match by_digest.query_async(&mut self.connection.clone()).await {
            Err(error) if error.code() == Some("NOSCRIPT") => Ok(call
                .command("EVAL", script.source())
                .query_async(&mut self.connection.clone())
                .await?),
            other => Ok(other?),
        }
    }
}
