//! Who has which slot.

use std::sync::{Arc, OnceLock};

use super::{
    slots::{SLOTS, slot},
    view::View,
};
use crate::store::{
    connection::{address::HostPort, node::Node},
    keys,
};

/// No node has it.
const NOBODY: u16 = u16::MAX;

/// The slot of what is no site's: access keys, the model, the list of sites.
pub(super) fn global_slot() -> u16 {
    static SLOT: OnceLock<u16> = OnceLock::new();
    *SLOT.get_or_init(|| slot(&keys::probe()))
}

/// One node of the cluster.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) at: HostPort,
    pub(super) node: Arc<Node>,
}

/// One state of the cluster, as it is known here. Never changed: a new one replaces it.
pub(super) struct Topology {
    /// For each slot the place of its owner in `members`.
    owners: Vec<u16>,
    members: Vec<Member>,
}

impl Default for Topology {
    fn default() -> Self {
        Self {
            owners: vec![NOBODY; usize::from(SLOTS)],
            members: Vec::new(),
        }
    }
}

impl Topology {
    /// From what a node said; `node` gives the connection to each.
    pub(super) fn of<E>(
        view: &View,
        mut node: impl FnMut(&HostPort) -> Result<Arc<Node>, E>,
    ) -> Result<Self, E> {
        let mut topology = Self::default();
        for (range, at) in &view.ranges {
            let place = match topology.members.iter().position(|m| m.at == *at) {
                Some(place) => place,
                None => {
                    let node = node(at)?;
                    topology.push(at.clone(), node)
                }
            };
            let place = u16::try_from(place).unwrap_or(NOBODY);
            for slot in range.clone() {
                if let Some(owner) = topology.owners.get_mut(usize::from(slot)) {
                    *owner = place;
                }
            }
        }
        topology.place_probes();
        Ok(topology)
    }

    /// The same, but this slot is there.
    pub(super) fn with(&self, slot: u16, at: HostPort, node: Arc<Node>) -> Self {
        let mut next = self.with_member(at.clone(), node);
        let place = next.members.iter().position(|member| member.at == at);
        let place = place.and_then(|place| u16::try_from(place).ok());
        if let (Some(place), Some(owner)) = (place, next.owners.get_mut(usize::from(slot))) {
            *owner = place;
        }
        next.place_probes();
        next
    }

    /// The same, with a node that has nothing yet.
    pub(super) fn with_member(&self, at: HostPort, node: Arc<Node>) -> Self {
        let mut next = Self {
            owners: self.owners.clone(),
            members: self.members.clone(),
        };
        if next.node(&at).is_none() {
            next.push(at, node);
        }
        next
    }

    fn push(&mut self, at: HostPort, node: Arc<Node>) -> usize {
        self.members.push(Member { at, node });
        self.members.len() - 1
    }

    /// Each node is probed with a key of its own.
    fn place_probes(&self) {
        for (place, member) in self.members.iter().enumerate() {
            if let Some(key) = self.key_of(place) {
                member.node.probe_at(key);
            }
        }
    }

    /// A key that this member has: what the global probe writes, if that is there, else a numbered one. Slots are as good as
    /// random, so among a share of them one is found soon; a node with hardly any is left to its callers.
    fn key_of(&self, place: usize) -> Option<Vec<u8>> {
        let is_there = |key: &[u8]| self.place_of(slot(key)).map(usize::from) == Some(place);
        if is_there(&keys::probe()) {
            return Some(keys::probe());
        }
        (0..SLOTS)
            .map(keys::numbered_probe)
            .find(|key| is_there(key))
    }

    /// The place of a slot's owner among the members.
    pub(super) fn place_of(&self, slot: u16) -> Option<u16> {
        let owner = self.owners.get(usize::from(slot)).copied();
        owner.filter(|owner| *owner != NOBODY)
    }

    /// A slot's owner, and where it is.
    pub(super) fn member(&self, slot: u16) -> Option<Member> {
        let place = usize::from(self.place_of(slot)?);
        self.members.get(place).cloned()
    }

    /// A slot's owner.
    pub(super) fn owner(&self, slot: u16) -> Option<Arc<Node>> {
        self.member(slot).map(|member| member.node)
    }

    /// The node at an address.
    pub(super) fn node(&self, at: &HostPort) -> Option<Arc<Node>> {
        let member = self.members.iter().find(|member| member.at == *at);
        member.map(|member| Arc::clone(&member.node))
    }

    /// All of them.
    pub(super) fn nodes(&self) -> Vec<Arc<Node>> {
        let nodes = self.members.iter();
        nodes.map(|member| Arc::clone(&member.node)).collect()
    }

    /// All of them, and where they are.
    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }
}
