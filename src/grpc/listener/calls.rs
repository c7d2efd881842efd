//! The calls on a connection: whether there are any, and whether the client takes their replies.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The calls on one connection.
#[derive(Debug)]
pub struct Calls(Mutex<State>);

#[derive(Debug)]
struct State {
    open: usize,
    quiet_since: Instant,
    next: u64,
    /// Replies with more to say that HTTP/2 did not ask for yet, and since when.
    waiting: HashMap<u64, Instant>,
}

impl Default for Calls {
    fn default() -> Self {
        Self(Mutex::new(State {
            open: 0,
            quiet_since: Instant::now(),
            next: 0,
            waiting: HashMap::new(),
        }))
    }
}

impl Calls {
    /// Whether no call is open.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.state().open == 0
    }

    /// When the last call ended, or the connection began.
    #[must_use]
    pub fn quiet_since(&self) -> Instant {
        self.state().quiet_since
    }

    /// Whether a reply has waited so long for the client.
    #[must_use]
    pub fn are_unread_for(&self, long: Duration) -> bool {
        let state = self.state();
        state.waiting.values().any(|since| since.elapsed() >= long)
    }

    pub(super) fn begin(self: Arc<Self>) -> Call {
        let mut state = self.state();
        state.open += 1;
        state.next += 1;
        let number = state.next;
        drop(state);
        Call {
            calls: self,
            number,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call, over when dropped.
pub(super) struct Call {
    calls: Arc<Calls>,
    number: u64,
}

impl Call {
    pub(super) fn wait_for_client(&self) {
        let mut state = self.calls.state();
        state.waiting.insert(self.number, Instant::now());
    }

    pub(super) fn is_asked_on(&self) {
        self.calls.state().waiting.remove(&self.number);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let mut state = self.calls.state();
        state.open -= 1;
        state.waiting.remove(&self.number);
        state.quiet_since = Instant::now();
    }
}
