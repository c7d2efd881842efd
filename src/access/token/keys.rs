//! The identity provider's keys as this replica knows them, and the task that keeps them fresh.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::access::token::{
    algorithm::Algorithms,
    error::TokenError,
    fetch::{DEADLINE, FetchError, Fetcher},
    key_set::KeySet,
};

/// How long after one look for an unknown key there is no other: strangers can name any key.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// How soon a failed refresh is tried again, at most; sooner where refreshes are more frequent.
const RETRY: Duration = Duration::from_secs(30);

/// How many may wait for a look at once; more are told that the key is unknown.
const MAX_WAITING: usize = 256;

/// How keys are kept.
#[derive(Debug, Clone, Copy)]
pub struct Freshness {
    /// Between two reads.
    pub refresh: Duration,
    /// How old keys may become while reads fail.
    pub max_stale: Duration,
}

struct Known {
    set: KeySet,
    read_at: Instant,
}

/// What callers look at: never waits but for a look for an unknown key.
pub(super) struct Keys {
    known: Arc<ArcSwapOption<Known>>,
    max_stale: Duration,
    looks: mpsc::Sender<oneshot::Sender<()>>,
}

/// Keeps the keys fresh until it is told to stop. Owned by the service's workers.
pub struct Keeper {
    known: Arc<ArcSwapOption<Known>>,
    fetcher: Fetcher,
    allowed: Algorithms,
    freshness: Freshness,
    looks: mpsc::Receiver<oneshot::Sender<()>>,
    last_look: Option<Instant>,
}

/// Keys that are not read yet, and what reads them.
pub(super) fn keys(fetcher: Fetcher, allowed: Algorithms, freshness: Freshness) -> (Keys, Keeper) {
    let known = Arc::new(ArcSwapOption::empty());
    let (ask, looks) = mpsc::channel(MAX_WAITING);
    let keys = Keys {
        known: Arc::clone(&known),
        max_stale: freshness.max_stale,
        looks: ask,
    };
    let keeper = Keeper {
        known,
        fetcher,
        allowed,
        freshness,
        looks,
        last_look: None,
    };
    (keys, keeper)
}

impl Keys {
    /// Does something with the keys, if they are fresh enough.
    ///
    /// # Errors
    /// [`TokenError::KeysAway`]: closed while nobody can say whether a key still holds.
    pub(super) fn with<T>(&self, look: impl FnOnce(&KeySet) -> T) -> Result<T, TokenError> {
        let known = self.known.load();
        let fresh = known
            .as_ref()
            .filter(|known| known.read_at.elapsed() < self.max_stale);
        fresh
            .map(|known| look(&known.set))
            .ok_or(TokenError::KeysAway)
    }

    /// Has the keys read again, unless that was just done; returns when it is done.
    pub(super) async fn look_again(&self) {
        let (answer, done) = oneshot::channel();
        if self.looks.try_send(answer).is_ok() {
            // One read may be under way, and then comes ours. Without an answer what is known holds.
            let _ = timeout(2 * DEADLINE, done).await;
        }
    }
}

impl Keeper {
    /// Reads the keys once.
    ///
    /// # Errors
    /// They can't be read, or are no set of keys. What was known stays.
    pub async fn read(&self) -> Result<(), FetchError> {
        let read_at = Instant::now();
        let document = self.fetcher.fetch().await?;
        let set = KeySet::parse(&document, &self.allowed)?;
        tracing::debug!(
            source = %self.fetcher.source(),
            keys = set.usable(),
            passed_over = set.passed_over(),
            "tokens.keys_read"
        );
        self.known.store(Some(Arc::new(Known { set, read_at })));
        Ok(())
    }

    /// Whether the keys come from a file: what is wrong with that one is wrong with the configuration.
    #[must_use]
    pub fn reads_a_file(&self) -> bool {
        matches!(self.fetcher.source(), super::source::JwksSource::File(_))
    }

    /// Reads at once, then on time, and when an unknown key is asked for, until `stop`.
    pub async fn keep(mut self, stop: CancellationToken) {
        let mut next = Instant::now();
        loop {
            let waiting = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                Some(waiting) = self.looks.recv() => Some(waiting),
                () = sleep_until(next) => None,
            };
            if waiting.is_some() && !self.may_look() {
                continue;
            }
            let read = tokio::select! {
                () = stop.cancelled() => return,
                read = self.read() => read,
            };
            let pause = match read {
                Ok(()) => self.freshness.refresh,
                Err(error) => {
                    self.tell(&error);
                    self.freshness.refresh.min(RETRY)
                }
            };
            next = Instant::now() + pause;
            // Dropped only here: whoever waits looks at what was read.
            drop(waiting);
        }
    }

    fn may_look(&mut self) -> bool {
        let now = Instant::now();
        let may = self.last_look.is_none_or(|last| now - last >= LOOK_AGAIN);
        if may {
            self.last_look = Some(now);
        }
        may
    }

    fn tell(&self, error: &FetchError) {
        let known = self.known.load();
        let age = known.as_ref().map(|known| known.read_at.elapsed());
        let source = self.fetcher.source();
        match age {
            Some(age) if age < self.freshness.max_stale => tracing::warn!(
                %source,
                error = error as &dyn std::error::Error,
                age_s = age.as_secs(),
                max_stale_s = self.freshness.max_stale.as_secs(),
                "tokens.refresh_failed"
            ),
            Some(_) | None => tracing::error!(
                %source,
                error = error as &dyn std::error::Error,
                age_s = age.map(|age| age.as_secs()),
                "tokens.keys_away"
            ),
        }
    }
}
