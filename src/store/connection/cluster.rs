//! A Redis Cluster: several primaries, each with its share of the slots.
//!
//! Every key of a site is in one slot, and so is what is no site's, so each call goes to one primary. What a node answers
//! for another (`MOVED`, `ASK`, `TRYAGAIN`) was not executed, and goes where it belongs; nothing else is sent twice.

pub(super) mod slots;

mod survey;
mod topology;
mod view;
mod watch;

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use redis::{Cmd, FromRedisValue, Pipeline};
use tokio::{
    sync::{Notify, watch as channel},
    time::{Instant, sleep, timeout_at},
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use super::{
    address::{Door, HostPort},
    failure::{Failure, Redirect},
    health::Health,
    node::Node,
    request::Request,
    settings::StoreSettings,
    whereabouts::Whereabouts,
};
use crate::store::{backoff::Backoff, error::StoreError, keys};
use topology::{Member, Topology};

/// How often one call follows a slot to where it is said to be. A slot that moves on and on is none to write to.
const HOPS: u32 = 5;

/// A cluster's primaries, and who has which slot.
pub(in crate::store) struct Cluster {
    shared: Arc<Shared>,
    tasks: TaskTracker,
    closing: CancellationToken,
    _ends_with_the_last_clone: DropGuard,
}

/// What the cluster's calls and its watch have in common.
struct Shared {
    settings: StoreSettings,
    seeds: Vec<HostPort>,
    door: Door,
    topology: ArcSwap<Topology>,
    /// For changes of the topology, which are rare.
    changing: Mutex<()>,
    /// Raised when the topology should be looked at.
    alarm: Notify,
    /// Raised when a node's health changes.
    told: Arc<Notify>,
    /// Of the node that has what is no site's: without it nobody can be let in.
    health: channel::Sender<Health>,
}

impl Cluster {
    /// Asks the seeds, connects to every primary, and follows the cluster from then on.
    ///
    /// # Errors
    /// [`StoreError::Away`] when no seed answers, [`StoreError::Refused`] when one does not let us in or is no cluster.
    pub(super) async fn open(
        settings: StoreSettings,
        seeds: Vec<HostPort>,
        door: Door,
    ) -> Result<Arc<Self>, StoreError> {
        let cause = StoreError::Away("not connected yet".to_owned());
        let shared = Arc::new(Shared {
            settings,
            seeds,
            door,
            topology: ArcSwap::from_pointee(Topology::default()),
            changing: Mutex::default(),
            alarm: Notify::new(),
            told: Arc::default(),
            health: channel::Sender::new(Health::from(&cause)),
        });
        shared.look().await?;
        let closing = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(watch::keep(Arc::clone(&shared), closing.clone()));
        tasks.close();
        Ok(Arc::new(Self {
            shared,
            tasks,
            _ends_with_the_last_clone: closing.clone().drop_guard(),
            closing,
        }))
    }

    /// One request to whoever has its slot; what has none goes to who has what is no site's.
    pub(super) async fn send<T: FromRedisValue>(
        &self,
        request: Request<'_>,
    ) -> Result<T, StoreError> {
        let slot = request.slot().unwrap_or_else(topology::global_slot);
        let until = Instant::now() + self.shared.settings.timeout;
        let sending = self.shared.send(request, slot);
        timeout_at(until, sending)
            .await
            .unwrap_or(Err(StoreError::TimedOut))
    }

    /// Commands with keys of any slots, each of them repeatable: one round trip a primary, in order. The replies are in the
    /// order of the commands.
    pub(super) async fn each<T: FromRedisValue>(
        &self,
        commands: &[Cmd],
    ) -> Result<Vec<T>, StoreError> {
        let slots: Vec<u16> = commands
            .iter()
            .map(|cmd| Request::Command(cmd).slot())
            .map(|slot| slot.unwrap_or_else(topology::global_slot))
            .collect();
        let mut order: Vec<usize> = (0..commands.len()).collect();
        let owners = self.shared.topology.load_full();
        let owner = |place: &usize| owners.place_of(slots[*place]);
        order.sort_by_key(owner);
        let mut replies = Vec::with_capacity(commands.len());
        for group in order.chunk_by(|one, other| owner(one) == owner(other)) {
            let mut pipe = Pipeline::with_capacity(group.len());
            for place in group {
                pipe.add_command(commands[*place].clone());
            }
            let (Some(node), Some(first)) = (owners.owner(slots[group[0]]), group.first()) else {
                return Err(uncovered());
            };
            match node.send::<Vec<T>>(Request::Pipeline(&pipe), false).await {
                Ok(found) => replies.extend(group.iter().copied().zip(found)),
                Err(Failure::Failed(error)) => return Err(self.shared.noted(error)),
                // Rare: one by one, each to where it belongs by now.
                Err(Failure::Redirected(_)) => {
                    tracing::debug!(slot = slots[*first], "cluster.slots_moved");
                    for place in group {
                        let reply = self.send(Request::Command(&commands[*place])).await?;
                        replies.push((*place, reply));
                    }
                }
            }
        }
        replies.sort_by_key(|(place, _)| *place);
        Ok(replies.into_iter().map(|(_, reply)| reply).collect())
    }

    /// The primaries, as far as they are known.
    pub(super) fn nodes(&self) -> Vec<Arc<Node>> {
        self.shared.topology.load().nodes()
    }

    /// All but the one that has what is no site's.
    pub(super) fn nodes_of_sites_alone(&self) -> Vec<Arc<Node>> {
        let topology = self.shared.topology.load();
        let owner = topology.owner(topology::global_slot());
        let is_owner = |node: &Arc<Node>| owner.as_ref().is_some_and(|o| Arc::ptr_eq(o, node));
        let nodes = topology.nodes().into_iter();
        nodes.filter(|node| !is_owner(node)).collect()
    }

    pub(super) fn health(&self) -> &channel::Sender<Health> {
        &self.shared.health
    }

    /// Tries out who has what is no site's.
    pub(super) async fn try_out(&self) -> Result<(), StoreError> {
        let owner = self.shared.topology.load().owner(topology::global_slot());
        let tried = match owner {
            Some(node) => node.try_out().await,
            None => Err(uncovered()),
        };
        self.shared.report();
        tried
    }

    /// Ends the watch and all connections.
    pub(super) async fn close(&self) {
        self.closing.cancel();
        self.tasks.wait().await;
        for node in self.nodes() {
            node.close().await;
        }
        self.shared.report();
    }
}

impl Shared {
    async fn send<T: FromRedisValue>(
        &self,
        request: Request<'_>,
        slot: u16,
    ) -> Result<T, StoreError> {
        let mut backoff = Backoff::new(
            self.settings.backoff_least,
            self.settings.backoff_least * 10,
        );
        let mut hops = 0;
        loop {
            let member = self.topology.load().member(slot).ok_or_else(uncovered);
            let Member { at, node } = member.map_err(|error| self.noted(error))?;
            let redirect = match node.send(request, false).await {
                Ok(reply) => return Ok(reply),
                Err(Failure::Failed(error)) => return Err(self.noted(error)),
                Err(Failure::Redirected(redirect)) => redirect,
            };
            match redirect {
                Redirect::Moved { slot: moved, to } if moved == slot && hops < HOPS => {
                    hops += 1;
                    let to = to.from(&at).ok_or_else(uncovered)?;
                    self.learn(slot, to).await?;
                }
                // Two slots in one request: a defect of ours.
                Redirect::Moved { slot: moved, .. } if moved != slot => {
                    return Err(StoreError::Refused(
                        "a request has keys of several slots".to_owned(),
                    ));
                }
                Redirect::Moved { .. } => return Err(self.noted(rearranged())),
                // Some keys of a pipeline may still be here, and would seem to be missing there.
                Redirect::Ask(to) if !matches!(request, Request::Pipeline(_)) => {
                    let to = to.from(&at).ok_or_else(uncovered)?;
                    let taker = self.node_at(&to)?;
                    taker.settled(self.settings.connect_timeout).await;
                    match taker.send(request, true).await {
                        Ok(reply) => return Ok(reply),
                        Err(Failure::Failed(error)) => return Err(self.noted(error)),
                        Err(Failure::Redirected(_)) => sleep(backoff.next_pause()).await,
                    }
                }
                Redirect::Ask(_) | Redirect::TryAgain => sleep(backoff.next_pause()).await,
            }
        }
    }

    /// An error that may mean that somebody else has the slot has the topology looked at.
    fn noted(&self, error: StoreError) -> StoreError {
        if matches!(error, StoreError::Away(_) | StoreError::ReadOnly(_)) {
            self.alarm.notify_one();
        }
        error
    }

    /// The slot is there now, as a node that had it says.
    async fn learn(&self, slot: u16, to: HostPort) -> Result<(), StoreError> {
        let node = {
            let _one_at_a_time = self.changing();
            let topology = self.topology.load_full();
            let is_known = topology.member(slot).is_some_and(|member| member.at == to);
            if is_known {
                return Ok(());
            }
            let node = self.node_in(&topology, &to)?;
            self.topology
                .store(Arc::new(topology.with(slot, to, Arc::clone(&node))));
            node
        };
        self.alarm.notify_one();
        node.settled(self.settings.connect_timeout).await;
        Ok(())
    }

    fn changing(&self) -> std::sync::MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn node_at(&self, at: &HostPort) -> Result<Arc<Node>, StoreError> {
        let _one_at_a_time = self.changing();
        let topology = self.topology.load_full();
        let node = self.node_in(&topology, at)?;
        if topology.node(at).is_none() {
            let more = topology.with_member(at.clone(), Arc::clone(&node));
            self.topology.store(Arc::new(more));
        }
        Ok(node)
    }

    /// The one that is known, or a new one, which connects by itself.
    fn node_in(&self, topology: &Topology, at: &HostPort) -> Result<Arc<Node>, StoreError> {
        if let Some(node) = topology.node(at) {
            return Ok(node);
        }
        let whereabouts = Whereabouts::node(&self.door, at, &self.settings)?;
        let probe_key = keys::probe();
        let told = Arc::clone(&self.told);
        Ok(Node::start(&self.settings, whereabouts, probe_key, told))
    }

    /// Says how the node is that has what is no site's.
    fn report(&self) {
        let owner = self.topology.load().owner(topology::global_slot());
        let health = match owner {
            Some(node) => node.health().borrow().clone(),
            None => Health::from(&uncovered()),
        };
        self.health.send_if_modified(|known| {
            let is_new = *known != health;
            *known = health;
            is_new
        });
    }
}

fn uncovered() -> StoreError {
    StoreError::ReadOnly("no node of the cluster has this slot".to_owned())
}

fn rearranged() -> StoreError {
    StoreError::ReadOnly("the cluster is being rearranged".to_owned())
}
