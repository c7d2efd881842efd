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
    Loading(watch::Receiver<Outcome<V, E>>),
}

struct Entry<V, E> {
    slot: Slot<V, E>,
    since: Instant,
}

/// Values by key, none older than the time to live; "there is none" is a value too, if `V` can say so. Failures are
/// shared by those who wait for the same load, and never kept. Holds at most `capacity` entries; the oldest goes first.
pub struct Fresh<K, V, E> {
    ttl: Duration,
    capacity: usize,
    entries: Mutex<HashMap<K, Entry<V, E>>>,
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
    /// Empty. A `capacity` of 0 counts as 1.
    #[must_use]
    pub fn new(ttl: Duration, capacity: usize) -> Self {
        Self {
            ttl,
            capacity: capacity.max(1),
            entries: Mutex::new(HashMap::new()),
        }
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
                    self.forget_load(key, &result);
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
        self.lock().remove(key);
    }

    fn step(&self, key: &K) -> Step<V, E> {
        let mut entries = self.lock();
        let old = match entries.get(key) {
            Some(Entry {
                slot: Slot::Ready(value),
                since,
            }) if since.elapsed() < self.ttl => return Step::Done(value.clone()),
            Some(Entry {
                slot: Slot::Loading(result),
                ..
            }) => return Step::Follow(result.clone()),
            Some(Entry {
                slot: Slot::Ready(value),
                ..
            }) => Some(value.clone()),
            None => None,
        };
        if !entries.contains_key(key) && entries.len() >= self.capacity {
            make_room(&mut entries, self.ttl);
        }
        let (sender, result) = watch::channel(None);
        // Age counts from before the read: a value is never older than its entry says.
        let since = Instant::now();
        let slot = Slot::Loading(result);
        entries.insert(key.clone(), Entry { slot, since });
        Step::Lead(Load { sender, since }, old)
    }

    /// Keeps a load's value, unless the key was forgotten or taken over by another load meanwhile.
    fn settle(&self, key: &K, load: &Load<V, E>, outcome: &Result<V, E>) {
        let mut entries = self.lock();
        let ours = entries.get(key).is_some_and(|entry| match &entry.slot {
            Slot::Loading(result) => result.same_channel(&load.sender.subscribe()),
            Slot::Ready(_) => false,
        });
        if !ours {
            return;
        }
        match outcome {
            Ok(value) => {
                let slot = Slot::Ready(value.clone());
                let since = load.since;
                entries.insert(key.clone(), Entry { slot, since });
            }
            Err(_) => {
                entries.remove(key);
            }
        }
    }

    fn forget_load(&self, key: &K, ended: &watch::Receiver<Outcome<V, E>>) {
        let mut entries = self.lock();
        let same = entries.get(key).is_some_and(|entry| match &entry.slot {
            Slot::Loading(result) => result.same_channel(ended),
            Slot::Ready(_) => false,
        });
        if same {
            entries.remove(key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Entry<V, E>>> {
        // No code that can panic runs under the lock, and each entry is whole at any time.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops what is too old to be served, or else the oldest entry.
fn make_room<K: Hash + Eq + Clone, V, E>(entries: &mut HashMap<K, Entry<V, E>>, ttl: Duration) {
    let before = entries.len();
    entries.retain(|_, entry| match entry.slot {
        Slot::Ready(_) => entry.since.elapsed() < ttl,
        Slot::Loading(_) => true,
    });
    if entries.len() == before
        && let Some(oldest) = entries
            .iter()
            .min_by_key(|(_, entry)| entry.since)
            .map(|(key, _)| key.clone())
    {
        entries.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const LONG: Duration = Duration::from_secs(3_600);

    /// Counts loads; each takes long enough for others to come meanwhile.
    async fn slow(count: &AtomicU32) -> Result<u32, String> {
        let n = count.fetch_add(1, Ordering::SeqCst) + 1;
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        Ok(n)
    }

    #[tokio::test]
    async fn one_load_serves_all_who_come_meanwhile_and_later() {
        let (fresh, loads) = (Fresh::new(LONG, 8), AtomicU32::new(0));
        let get = || fresh.get(&"key", |_| slow(&loads));
        let (a, b, c) = tokio::join!(get(), get(), get());
        assert_eq!((a, b, c, get().await), (Ok(1), Ok(1), Ok(1), Ok(1)));
    }

    #[tokio::test]
    async fn what_is_too_old_is_loaded_again() {
        let (fresh, loads) = (Fresh::new(Duration::ZERO, 8), AtomicU32::new(0));
        assert_eq!(fresh.get(&"key", |_| slow(&loads)).await, Ok(1));
        assert_eq!(fresh.get(&"key", |_| slow(&loads)).await, Ok(2));
    }

    #[tokio::test]
    async fn a_load_gets_the_value_that_is_too_old() {
        let fresh: Fresh<&str, u32, String> = Fresh::new(Duration::ZERO, 8);
        let next = async |old: Option<u32>| Ok(old.map_or(1, |old| old + 10));
        assert_eq!(fresh.get(&"key", next).await, Ok(1));
        assert_eq!(fresh.get(&"key", next).await, Ok(11));
        fresh.forget(&"key");
        assert_eq!(fresh.get(&"key", next).await, Ok(1));
    }

    #[tokio::test]
    async fn a_failure_reaches_all_who_wait_and_is_not_kept() {
        let fresh: Fresh<&str, u32, String> = Fresh::new(LONG, 8);
        let loads = AtomicU32::new(0);
        let fail = |_| async {
            slow(&loads).await?;
            Err("away".to_owned())
        };
        let (a, b) = tokio::join!(fresh.get(&"key", fail), fresh.get(&"key", fail));
        assert_eq!((a, b), (Err("away".to_owned()), Err("away".to_owned())));
        assert_eq!(loads.load(Ordering::SeqCst), 1);
        assert_eq!(fresh.get(&"key", |_| slow(&loads)).await, Ok(2));
    }

    #[tokio::test]
    async fn a_cancelled_load_is_taken_over_by_one_who_waits() {
        let (fresh, loads) = (Fresh::new(LONG, 8), AtomicU32::new(0));
        let mut leader = Box::pin(fresh.get(&"key", |_| async {
            std::future::pending::<()>().await;
            Ok(0)
        }));
        let mut follower = Box::pin(fresh.get(&"key", |_| slow(&loads)));
        tokio::select! {
            biased;
            _ = &mut leader => panic!("the leader never ends"),
            _ = &mut follower => panic!("the follower waits for the leader"),
            () = tokio::task::yield_now() => {}
        }
        drop(leader);
        assert_eq!(follower.await, Ok(1));
    }

    #[tokio::test]
    async fn a_load_from_before_a_change_is_not_kept() {
        let (fresh, loads) = (Fresh::new(LONG, 8), AtomicU32::new(0));
        let first = fresh.get(&"key", |_| async {
            let value = slow(&loads).await;
            fresh.forget(&"key");
            value
        });
        assert_eq!(first.await, Ok(1));
        assert_eq!(fresh.get(&"key", |_| slow(&loads)).await, Ok(2));
    }

    #[tokio::test]
    async fn it_never_holds_more_than_its_capacity() {
        let (fresh, loads) = (Fresh::new(LONG, 4), AtomicU32::new(0));
        for key in 0..100 {
            assert!(fresh.get(&key, |_| slow(&loads)).await.is_ok());
            assert!(fresh.lock().len() <= 4);
        }
        assert_eq!(
            fresh.get(&99, |_| slow(&loads)).await,
            Ok(100),
            "the newest stays"
        );
    }
}
