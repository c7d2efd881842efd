//! A small cache for what every request needs and seldom changes, such as access keys and policies: values are at most
//! a time to live old, one refresh runs at a time for each key, and when the source fails so does the answer.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::watch;

/// What a load came to; `None` while it runs.
type Outcome<V, E> = Option<Result<V, E>>;

enum Slot<V, E> {
    Ready(V),
    Loading {
        result: watch::Receiver<Outcome<V, E>>,
        /// What was here before, and since when: too old to be served, yet worth more to the next load than nothing.
        old: Option<(V, Instant)>,
    },
}

struct Entry<V, E> {
    slot: Slot<V, E>,
    since: Instant,
}

/// Values by key, none older than the time to live; "there is none" is a value too, if `V` can say so. Failures are
/// shared by those who wait for the same load, and never kept. Of a full shelf the oldest goes first.
pub struct Fresh<K, V, E> {
    ttl: Duration,
    is_known: fn(&V) -> bool,
    shelves: Mutex<Shelves<K, V, E>>,
}

/// What was found, and apart from it what was not, or not yet: who asks for what there is not, pushes out only that.
struct Shelves<K, V, E> {
    known: Shelf<K, V, E>,
    strange: Shelf<K, V, E>,
}

struct Shelf<K, V, E> {
    capacity: usize,
    entries: HashMap<K, Entry<V, E>>,
}

/// A load that runs.
struct Load<V, E> {
    sender: watch::Sender<Outcome<V, E>>,
    since: Instant,
}

enum Step<V, E> {
    Done(V),
    Follow(watch::Receiver<Outcome<V, E>>),
    Lead(Load<V, E>, Option<V>),
}

impl<K, V, E> Fresh<K, V, E>
where
    K: Hash + Eq + Clone,
    V: Clone,
    E: Clone,
{
    /// Empty. Holds at most `capacity` values, 0 counting as 1, and so many loads of what is not here yet.
    #[must_use]
    pub fn new(ttl: Duration, capacity: usize) -> Self {
        Self::with_strangers(ttl, capacity, capacity, |_| true)
    }

    /// Empty. Holds at most `capacity` values that are known, and apart from them `strangers` that are not, first loads
    /// among them: these never push out those.
    #[must_use]
    pub fn with_strangers(
        ttl: Duration,
        capacity: usize,
        strangers: usize,
        is_known: fn(&V) -> bool,
    ) -> Self {
        let shelf = |capacity: usize| Shelf {
            capacity: capacity.max(1),
            entries: HashMap::new(),
        };
        Self {
            ttl,
            is_known,
            shelves: Mutex::new(Shelves {
                known: shelf(capacity),
                strange: shelf(strangers),
            }),
        }
    }

    /// The value, if it is here and fresh: nothing is loaded, nobody waited for.
    #[must_use]
    pub fn peek(&self, key: &K) -> Option<V> {
        let shelves = self.lock();
        let entry = shelves.get(key)?;
        match &entry.slot {
            Slot::Ready(value) if entry.since.elapsed() < self.ttl => Some(value.clone()),
            Slot::Ready(_) | Slot::Loading { .. } => None,
        }
    }

    /// Whether a value that is known was found here once, however old by now.
    #[must_use]
    pub fn knows(&self, key: &K) -> bool {
        self.lock().known.entries.contains_key(key)
    }

    /// The value, from here while it is fresh, else from `load`. Who comes while a load of the same key runs waits for
    /// that one; when its caller goes away, one of those who wait loads instead. `load` gets the value that is too old,
    /// if there is one, and may give it back when it finds that it still holds: that saves what it costs to make.
    ///
    /// # Errors
    /// What `load` failed with: an old value is never served in its stead.
    pub async fn get<F>(&self, key: &K, load: impl Fn(Option<V>) -> F) -> Result<V, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        loop {
            match self.step(key) {
                Step::Done(value) => return Ok(value),
                Step::Follow(mut result) => {
                    if let Ok(outcome) = result.wait_for(Option::is_some).await
                        && let Some(outcome) = outcome.as_ref()
                    {
                        return outcome.clone();
                    }
                    // Its caller went away before it was done.
                    let mut shelves = self.lock();
                    if shelves.is_loading(key, &result) {
                        shelves.give_up(key);
                    }
                }
                Step::Lead(running, old) => {
                    let outcome = load(old).await;
                    self.settle(key, &running, &outcome);
                    running.sender.send_replace(Some(outcome.clone()));
                    return outcome;
                }
            }
        }
    }

    /// Drops what is known of a key, and what a load that runs now will bring: after a change made here.
    pub fn forget(&self, key: &K) {
        let mut shelves = self.lock();
        shelves.known.entries.remove(key);
        shelves.strange.entries.remove(key);
    }

    fn step(&self, key: &K) -> Step<V, E> {
        let mut shelves = self.lock();
        let old = match shelves.get(key) {
            Some(Entry {
                slot: Slot::Ready(value),
                since,
            }) if since.elapsed() < self.ttl => return Step::Done(value.clone()),
            Some(Entry {
                slot: Slot::Loading { result, .. },
                ..
            }) => return Step::Follow(result.clone()),
            Some(Entry {
                slot: Slot::Ready(value),
                since,
            }) => Some((value.clone(), *since)),
            None => None,
        };
        let (sender, result) = watch::channel(None);
        // Age counts from before the read: a value is never older than its entry says.
        let since = Instant::now();
        let previous = old.as_ref().map(|(value, _)| value.clone());
        let slot = Slot::Loading { result, old };
        let is_known = shelves.known.entries.contains_key(key);
        shelves.put(key, Entry { slot, since }, is_known, self.ttl);
        Step::Lead(Load { sender, since }, previous)
    }

    /// Keeps a load's value, unless the key was forgotten or taken over by another load meanwhile.
    fn settle(&self, key: &K, load: &Load<V, E>, outcome: &Result<V, E>) {
        let mut shelves = self.lock();
        if !shelves.is_loading(key, &load.sender.subscribe()) {
            return;
        }
        match outcome {
            Ok(value) => {
                let slot = Slot::Ready(value.clone());
                let since = load.since;
                shelves.put(key, Entry { slot, since }, (self.is_known)(value), self.ttl);
            }
            Err(_) => shelves.give_up(key),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shelves<K, V, E>> {
        // No code that can panic runs under the lock, and each entry is whole at any time.
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone, V, E> Shelves<K, V, E> {
    fn get(&self, key: &K) -> Option<&Entry<V, E>> {
        let known = self.known.entries.get(key);
        known.or_else(|| self.strange.entries.get(key))
    }

    fn put(&mut self, key: &K, entry: Entry<V, E>, is_known: bool, ttl: Duration) {
        let (to, other) = if is_known {
            (&mut self.known, &mut self.strange)
        } else {
            (&mut self.strange, &mut self.known)
        };
        other.entries.remove(key);
        if !to.entries.contains_key(key) && to.entries.len() >= to.capacity {
            to.make_room(ttl);
        }
        to.entries.insert(key.clone(), entry);
    }

    /// Whether this load of the key runs still.
    fn is_loading(&self, key: &K, load: &watch::Receiver<Outcome<V, E>>) -> bool {
        self.get(key).is_some_and(|entry| match &entry.slot {
            Slot::Loading { result, .. } => result.same_channel(load),
            Slot::Ready(_) => false,
        })
    }

    /// Takes a load out, and puts back what was there before it.
    fn give_up(&mut self, key: &K) {
        for shelf in [&mut self.known, &mut self.strange] {
            let Some(entry) = shelf.entries.remove(key) else {
                continue;
            };
            if let Slot::Loading {
                old: Some((value, since)),
                ..
            } = entry.slot
            {
                let slot = Slot::Ready(value);
                shelf.entries.insert(key.clone(), Entry { slot, since });
            }
        }
    }
}

impl<K: Hash + Eq + Clone, V, E> Shelf<K, V, E> {
    /// Drops what is too old to be served, or else the oldest entry.
    fn make_room(&mut self, ttl: Duration) {
        let before = self.entries.len();
        self.entries.retain(|_, entry| match entry.slot {
            Slot::Ready(_) => entry.since.elapsed() < ttl,
            Slot::Loading { .. } => true,
        });
        if self.entries.len() == before
            && let Some(oldest) = self
                .entries
                .iter()
                .min_by_key(|(_, entry)| entry.since)
                .map(|(key, _)| key.clone())
        {
            self.entries.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests;
