//! The first of a session's sites that has something.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

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

/// The numbers of the futures that are ready now.
pub(super) fn ready(futures: impl Iterator<Item = impl Future<Output = ()>>) -> Vec<usize> {
    let mut context = Context::from_waker(Waker::noop());
    futures
        .enumerate()
        .filter_map(|(number, future)| {
            let ready = pin!(future).poll(&mut context).is_ready();
            ready.then_some(number)
        })
        .collect()
}
