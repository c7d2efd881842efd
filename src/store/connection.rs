//! The one connection type: one socket a primary for all callers, a deadline on every call, and its own reconnect.
//!
//! A command is sent once. What may have been carried out is never sent again from here; whoever knows that a call is
//! idempotent repeats it. While Redis is away, calls fail at once and one task makes the new connection.
//!
//! There is one primary, at a fixed address or where Sentinels say ([`whereabouts`]), or several in a [`cluster`].

mod address;
mod cluster;
mod failure;
mod health;
mod keeper;
mod line;
mod node;
mod request;
mod sentinels;
mod settings;
mod whereabouts;

use std::{sync::Arc, time::Duration};

use redis::{Client, Cmd, FromRedisValue, Pipeline};
use tokio::sync::watch;

pub use health::Health;
pub(in crate::store) use node::{Carrier, Node, carried};
pub use settings::{StoreSettings, check_address};

use crate::{
    metrics::redis::Redis,
    store::{
        error::StoreError,
        keys,
        observed::observed,
        script::{Script, ScriptCall},
    },
};
use address::Address;
use cluster::Cluster;
use failure::Failure;
use request::Request;
use whereabouts::Whereabouts;

/// The shared connections to Redis. Cheap to clone; commands of all clones are pipelined on one socket a primary.
#[derive(Clone)]
pub struct Store {
    primaries: Primaries,
    timeout: Duration,
    metrics: Arc<Redis>,
}

#[derive(Clone)]
enum Primaries {
    One(Arc<Node>),
    Cluster(Arc<Cluster>),
}

impl Store {
    /// Connects to an address with the default settings.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::open(StoreSettings::new(url)).await
    }

    /// Connects, and keeps connected from then on. A server that answers but takes no writes is a success:
    /// [`Store::health`] says so, and the checks before the start say what to mend.
    ///
    /// # Errors
    /// [`StoreError::Away`] when nobody answers, [`StoreError::Refused`] when the address or the credentials are wrong,
    /// or do not allow a `PING` and a `SET`.
    pub async fn open(settings: StoreSettings) -> Result<Self, StoreError> {
        let (timeout, metrics) = (settings.timeout, Arc::clone(&settings.metrics));
        let primaries = match settings.parse()? {
            Address::Cluster { seeds, door } => {
                Primaries::Cluster(Cluster::open(settings, seeds, door).await?)
            }
            address @ (Address::Server(_) | Address::Sentinels { .. }) => {
                let whereabouts = Whereabouts::of(address, &settings)?;
                Primaries::One(Node::open(&settings, whereabouts, keys::probe()).await?)
            }
        };
        Ok(Self {
            primaries,
            timeout,
            metrics,
        })
    }

    /// One command, sent once.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn query<T: FromRedisValue>(&self, cmd: &Cmd) -> Result<T, StoreError> {
        self.send(Request::Command(cmd)).await
    }

    /// Several commands in one round trip, with keys of one slot; not atomic. Sent once, except that a cluster may have to
    /// be sent all of it again when the slot is moved in its midst: they are to be such that this does no harm.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn pipeline<T: FromRedisValue>(&self, pipe: &Pipeline) -> Result<T, StoreError> {
        self.send(Request::Pipeline(pipe)).await
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
        self.send(Request::Script(script, call)).await
    }

    /// Several commands with keys of any slots, in one round trip a primary; not atomic. The replies are in the order of
    /// the commands. As for [`Store::pipeline`], one more time must do no harm.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn each<T: FromRedisValue>(&self, commands: Vec<Cmd>) -> Result<Vec<T>, StoreError> {
        match &self.primaries {
            Primaries::One(_) => {
                let mut pipe = Pipeline::with_capacity(commands.len());
                for command in commands {
                    pipe.add_command(command);
                }
                self.pipeline(&pipe).await
            }
            Primaries::Cluster(cluster) => {
                let each = Box::pin(cluster.each(&commands));
                observed(&self.metrics, None, each).await
            }
        }
    }

    async fn send<T: FromRedisValue>(&self, request: Request<'_>) -> Result<T, StoreError> {
        let script = request.script();
        observed(&self.metrics, script, self.send_unseen(request)).await
    }

    async fn send_unseen<T: FromRedisValue>(&self, request: Request<'_>) -> Result<T, StoreError> {
        match &self.primaries {
            Primaries::One(node) => {
                let sent = node.send(request, false).await;
                sent.map_err(Failure::without_cluster)
            }
            // Apart, so that calls to the one primary, which most have, stay small.
            Primaries::Cluster(cluster) => Box::pin(cluster.send(request)).await,
        }
    }

    /// How long one call may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How many connections replaced an earlier one, of the primaries that are known.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        let nodes = self.nodes();
        nodes.iter().map(|node| node.reconnects()).sum()
    }

    /// Where its calls are counted.
    pub(in crate::store) fn metrics(&self) -> &Arc<Redis> {
        &self.metrics
    }

    /// All primaries that are known: one, or a cluster's.
    pub(in crate::store) fn nodes(&self) -> Vec<Arc<Node>> {
        match &self.primaries {
            Primaries::One(node) => vec![Arc::clone(node)],
            Primaries::Cluster(cluster) => cluster.nodes(),
        }
    }

    /// The primaries of a cluster that hold sites' data and nothing besides.
    pub(in crate::store) fn nodes_of_sites_alone(&self) -> Vec<Arc<Node>> {
        match &self.primaries {
            Primaries::One(_) => Vec::new(),
            Primaries::Cluster(cluster) => cluster.nodes_of_sites_alone(),
        }
    }

    /// What makes connections to each primary.
    ///
    /// # Errors
    /// [`StoreError::Away`] when nobody knows where one is.
    pub(in crate::store) async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        let mut clients = Vec::new();
        for node in self.nodes() {
            clients.push(node.client().await?);
        }
        Ok(clients)
    }

    /// What makes further connections to a primary, any one in a cluster.
    ///
    /// # Errors
    /// [`StoreError::Away`] when nobody knows where one is.
    pub(in crate::store) async fn client(&self) -> Result<Client, StoreError> {
        let nodes = self.nodes();
        let up = nodes.iter().find(|node| node.is_up());
        match up.or(nodes.first()) {
            Some(node) => node.client().await,
            None => Err(StoreError::Away("no primary is known".to_owned())),
        }
    }

    /// Whether the last probe could write and nothing has failed since.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.health().borrow().is_up()
    }

    /// How Redis is, now and at each change. In a cluster, of the primary that has what is no site's: without it nobody
    /// can be let in.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        match &self.primaries {
            Primaries::One(node) => node.health(),
            Primaries::Cluster(cluster) => cluster.health().subscribe(),
        }
    }

    /// Asks for an answer and a write, and lets [`Store::health`] know. It happens by itself every
    /// [`StoreSettings::probe_every`].
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn probe(&self) -> Result<(), StoreError> {
        match &self.primaries {
            Primaries::One(node) => node.try_out().await,
            Primaries::Cluster(cluster) => cluster.try_out().await,
        }
    }

    /// Ends what keeps the connections and refuses further calls; calls in flight end within their deadline.
    pub async fn shutdown(&self) {
        match &self.primaries {
            Primaries::One(node) => node.close().await,
            Primaries::Cluster(cluster) => cluster.close().await,
        }
    }
}
