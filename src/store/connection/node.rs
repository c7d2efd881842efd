//! One primary: the line to it, the task that keeps the line, and which calls it carried.

use std::{cell::RefCell, sync::Arc, time::Duration};

use redis::{Client, Cmd, FromRedisValue};
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use super::{
    failure::Failure, health::Health, keeper::Keeper, line::Line, request::Request,
    settings::StoreSettings, whereabouts::Whereabouts,
};
use crate::store::error::StoreError;

/// A primary, shared by all clones of a store. Its task ends with the last of them at the latest.
pub(in crate::store) struct Node {
    line: Arc<Line>,
    whereabouts: Arc<Whereabouts>,
    tasks: TaskTracker,
    closing: CancellationToken,
    _ends_with_the_last_clone: DropGuard,
}

impl Node {
    /// Connects, and keeps connected from then on.
    ///
    /// # Errors
    /// As for `Store::open`.
    pub(super) async fn open(
        settings: &StoreSettings,
        whereabouts: Whereabouts,
        probe_key: Vec<u8>,
    ) -> Result<Arc<Self>, StoreError> {
        let (node, keeper) = Self::new(settings, whereabouts, probe_key, None, Arc::default());
        let (link, tried) = keeper.open().await?;
        node.line.install(link, &tried);
        match tried {
            Err(error @ StoreError::Refused(_)) => return Err(error),
            // Asks for a better server, as any call there would.
            Err(StoreError::ReadOnly(_)) => drop(node.line.try_out().await),
            Ok(()) | Err(_) => {}
        }
        node.keep(keeper);
        Ok(Arc::new(node))
    }

    /// One of several, named in the log. Connects in the background; `told` is raised at each change of its health.
    pub(super) fn start(
        settings: &StoreSettings,
        whereabouts: Whereabouts,
        probe_key: Vec<u8>,
        told: Arc<Notify>,
    ) -> Arc<Self> {
        let name = whereabouts.shown();
        let (node, keeper) = Self::new(settings, whereabouts, probe_key, Some(name), told);
        node.keep(keeper);
        Arc::new(node)
    }

    fn new(
        settings: &StoreSettings,
        whereabouts: Whereabouts,
        probe_key: Vec<u8>,
        name: Option<String>,
        told: Arc<Notify>,
    ) -> (Self, Keeper) {
        let line = Arc::new(Line::new(settings.timeout, probe_key, name, told));
        let whereabouts = Arc::new(whereabouts);
        let closing = CancellationToken::new();
        let keeper = Keeper {
            line: Arc::clone(&line),
            whereabouts: Arc::clone(&whereabouts),
            settings: settings.clone(),
            closing: closing.clone(),
        };
        let node = Self {
            line,
            whereabouts,
            tasks: TaskTracker::new(),
            _ends_with_the_last_clone: closing.clone().drop_guard(),
            closing,
        };
        (node, keeper)
    }

    fn keep(&self, keeper: Keeper) {
        self.tasks.spawn(keeper.keep());
        self.tasks.close();
    }

    /// One request, sent once. `asking` is for a node that is taking over the request's slot.
    pub(super) async fn send<T: FromRedisValue>(
        self: &Arc<Self>,
        request: Request<'_>,
        asking: bool,
    ) -> Result<T, Failure> {
        let link = self.line.link()?;
        note(self, link.generation());
        let mut connection = link.connection();
        let run = async {
            if asking {
                Box::pin(request.run_asking(&mut connection)).await
            } else {
                request.run(&mut connection).await
            }
        };
        let ended = timeout(self.line.timeout, run).await;
        self.line.judge(&link, ended)
    }

    /// One command to this very primary, sent once, whatever its key.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub(in crate::store) async fn query<T: FromRedisValue>(
        self: &Arc<Self>,
        cmd: &Cmd,
    ) -> Result<T, StoreError> {
        let sent = self.send(Request::Command(cmd), false).await;
        sent.map_err(Failure::without_cluster)
    }

    /// Which of the connections to it is the current one: the same before and after a call means that one connection
    /// carried it. `None` while there is none.
    pub(in crate::store) fn generation(&self) -> Option<u64> {
        self.line.link().ok().map(|link| link.generation())
    }

    /// How many connections replaced an earlier one.
    pub(super) fn reconnects(&self) -> u64 {
        self.line.made().saturating_sub(1)
    }

    /// What makes further connections to it.
    ///
    /// # Errors
    /// [`StoreError::Away`] when nobody knows where it is.
    pub(in crate::store) async fn client(&self) -> Result<Client, StoreError> {
        self.whereabouts.client().await
    }

    /// Where its probe writes.
    pub(in crate::store) fn probe_key(&self) -> Vec<u8> {
        self.line.probe_key()
    }

    /// Where it is, for messages.
    pub(in crate::store) fn shown(&self) -> String {
        self.whereabouts.shown()
    }

    pub(super) fn is_up(&self) -> bool {
        self.line.health().borrow().is_up()
    }

    pub(super) fn health(&self) -> watch::Receiver<Health> {
        self.line.health().subscribe()
    }

    /// Until the first connection is made, but no longer than this.
    pub(super) async fn settled(&self, wait: Duration) {
        let mut health = self.health();
        // Whoever sends to it finds out by itself.
        let _ = timeout(wait, health.wait_for(Health::is_up)).await;
    }

    pub(super) async fn try_out(&self) -> Result<(), StoreError> {
        let tried = self.line.try_out().await;
        tried.map_err(Failure::without_cluster)
    }

    /// Probes write there from now on.
    pub(super) fn probe_at(&self, key: Vec<u8>) {
        self.line.probe_at(key);
    }

    /// Ends the keeper; further calls fail at once.
    pub(super) async fn close(&self) {
        self.closing.cancel();
        self.tasks.wait().await;
    }
}

/// One connection to one primary.
#[derive(Clone)]
pub(in crate::store) struct Carrier {
    /// The primary.
    pub(in crate::store) node: Arc<Node>,
    /// Which of the connections to it.
    pub(in crate::store) generation: u64,
}

tokio::task_local! {
    static CARRIERS: RefCell<Vec<Carrier>>;
}

/// Does the work, and tells which connections carried its calls. What the work hands to other tasks is not seen.
pub(in crate::store) async fn carried<T>(work: impl Future<Output = T>) -> (T, Vec<Carrier>) {
    let kept = async {
        let done = work.await;
        (done, CARRIERS.with(RefCell::take))
    };
    CARRIERS.scope(RefCell::default(), kept).await
}

/// Notes who is about to carry a call, where somebody wants to know.
fn note(node: &Arc<Node>, generation: u64) {
    // Outside of `carried` nobody does.
    let _ = CARRIERS.try_with(|carriers| {
        let mut carriers = carriers.borrow_mut();
        let is_known = carriers
            .iter()
            .any(|carrier| carrier.generation == generation && Arc::ptr_eq(&carrier.node, node));
        if !is_known {
            carriers.push(Carrier {
                node: Arc::clone(node),
                generation,
            });
        }
    });
}
