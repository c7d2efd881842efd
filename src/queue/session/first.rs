//! The first of a session's sites that has something.

use std::{future::poll_fn, pin::Pin, task::Poll};

/// Resolves with the first future that is ready, and its number. The others are dropped: wait only for what loses nothing
/// by that.
pub(super) async fn of<T>(
    futures: impl Iterator<Item = impl Future<Output = T> + Send>,
) -> (usize, T) {
    let mut waiting: Vec<Pin<Box<_>>> = futures.map(Box::pin).collect();
    poll_fn(|context| {
        for (number, future) in waiting.iter_mut().enumerate() {
            if let Poll::Ready(done) = future.as_mut().poll(context) {
                return Poll::Ready((number, done));
            }
        }
        Poll::Pending
    })
    .await
}
