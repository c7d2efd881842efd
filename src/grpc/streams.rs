//! What long-lived replies share: who owns their tasks, when they end, and what wakes them.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::Instant;
use tokio_stream::Stream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::Status;

use crate::store::wakeups::Wakeups;

/// Shared by all streams of a replica. Cheap to clone.
#[derive(Clone)]
pub struct Streams {
    /// Owns every stream's task; joined at shutdown.
    pub tasks: TaskTracker,
    /// When the service shuts down.
    pub shutdown: CancellationToken,
    /// What wakes idle streams.
    pub wakeups: Wakeups,
    /// How old a stream may become, before jitter.
    pub max_age: Duration,
}

impl Streams {
    /// When a stream that starts now ends for age. Clients then spread over all replicas.
    #[must_use]
    pub fn end_of_life(&self) -> Instant {
        Instant::now() + give_or_take(self.max_age)
    }
}

/// Three quarters of an age to the whole of it, drawn by chance, so that those who came together don't leave together.
#[must_use]
pub fn give_or_take(age: Duration) -> Duration {
    let mut draw = [0];
    // Without random numbers all live equally long.
    let _ = getrandom::fill(&mut draw);
    age.mul_f64(0.75 + 0.25 * f64::from(draw[0]) / 255.0)
}

/// A long reply.
pub type Reply<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A reply that ends when its caller's key is no good any more.
pub struct WhileWelcome<T> {
    /// `None` once it is over. Dropping it tells whoever fills it.
    reply: Option<Reply<T>>,
    dismissal: Pin<Box<dyn Future<Output = Status> + Send>>,
}

impl<T> WhileWelcome<T> {
    /// The reply, until the dismissal resolves.
    pub fn new(
        reply: impl Stream<Item = Result<T, Status>> + Send + 'static,
        dismissal: impl Future<Output = Status> + Send + 'static,
    ) -> Self {
        Self {
            reply: Some(Box::pin(reply)),
            dismissal: Box::pin(dismissal),
        }
    }
}

impl<T> Stream for WhileWelcome<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.reply.is_none() {
            return Poll::Ready(None);
        }
        // Asked first: what is ready must not reach who is no longer welcome.
        if let Poll::Ready(refused) = self.dismissal.as_mut().poll(context) {
            self.reply = None;
            return Poll::Ready(Some(Err(refused)));
        }
        let Some(reply) = &mut self.reply else {
            return Poll::Ready(None);
        };
        let next = reply.as_mut().poll_next(context);
        if let Poll::Ready(None) = next {
            self.reply = None;
        }
        next
    }
}
