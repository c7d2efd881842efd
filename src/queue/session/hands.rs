//! What a moderator holds, and has held.

use std::collections::{HashMap, VecDeque};

use tokio::time::Instant;

use crate::{
    comment::{ids::CommentId, lease::LeaseToken, state::Version},
    queue::dialogue::SiteNumber,
    store::leases,
};

/// How many leases that are over a session remembers: a verdict may be on its way while a lease runs out.
const REMEMBERED: usize = 500;

/// An item of a site.
pub(super) type Item = (SiteNumber, CommentId);

/// An item in a moderator's hands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) token: LeaseToken,
    /// As it was delivered.
    pub(super) version: Version,
    pub(super) since: Instant,
}

/// A moderator's hands.
#[derive(Default)]
pub(super) struct Hands {
    held: HashMap<Item, Held>,
    /// The last leases that are over, the oldest first.
    past: VecDeque<(Item, LeaseToken)>,
}

impl Hands {
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    pub(super) fn take(&mut self, item: Item, held: Held) {
        self.drop(item);
        self.held.insert(item, held);
    }

    pub(super) fn get(&self, item: Item) -> Option<Held> {
        self.held.get(&item).copied()
    }

    /// Out of the hands, but not out of mind.
    pub(super) fn drop(&mut self, item: Item) -> Option<Held> {
        let held = self.held.remove(&item)?;
        if self.past.len() == REMEMBERED {
            self.past.pop_front();
        }
        self.past.push_back((item, held.token));
        Some(held)
    }

    /// Whether the item is or was held under this token.
    pub(super) fn knows(&self, item: Item, token: LeaseToken) -> bool {
        self.get(item).is_some_and(|held| held.token == token)
            || self.past.iter().rev().any(|past| *past == (item, token))
    }

    /// What is held of a site, with its token.
    pub(super) fn of(&self, site: SiteNumber) -> Vec<leases::Held> {
        let held = self.held.iter().filter(|((of, _), _)| *of == site);
        held.map(|((_, comment), held)| (*comment, held.token))
            .collect()
    }

    /// What of a site is held since before a time.
    pub(super) fn since_before(&self, site: SiteNumber, time: Instant) -> Vec<leases::Held> {
        let held = self.held.iter();
        held.filter(|((of, _), held)| *of == site && held.since <= time)
            .map(|((_, comment), held)| (*comment, held.token))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_past_lease_is_remembered_for_a_while_under_its_own_token() {
        let mut hands = Hands::default();
        let token = |n: usize| LeaseToken::from_bytes((n as u64 + 1).to_le_bytes()).unwrap();
        let item = |n: u8| (0, CommentId::from_bytes([n; 16]));
        let held = |n| Held {
            token: token(n),
            version: Version::FIRST,
            since: Instant::now(),
        };
        hands.take(item(1), held(1));
        hands.drop(item(1));
        hands.take(item(1), held(2));
        assert!(hands.knows(item(1), token(1)) && hands.knows(item(1), token(2)));
        assert!(!hands.knows(item(2), token(1)) && !hands.knows((1, item(1).1), token(1)));
        for n in 0..=REMEMBERED {
            hands.take(item(3), held(10 + n));
        }
        assert!(!hands.knows(item(1), token(1)), "bounded");
        assert_eq!(hands.len(), 2);
    }
}
