//! The trainer: one replica at a time, by a lease that it renews, and that fences what it writes.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    Shared,
    tenure::{Tenure, TenureEnd},
};
use crate::{comment::lease::LeaseToken, store::trainer_lease::TrainerLease};

/// A shutdown waits no longer for a Redis that does not answer.
const GIVE_BACK_WITHIN: Duration = Duration::from_millis(500);
/// Before the next try after a tenure that ended.
const AGAIN: Duration = Duration::from_millis(300);

/// Is the trainer whenever no other replica is, until shutdown; then gives the lease back.
pub(super) async fn train(shared: &Shared, shutdown: &CancellationToken) {
    let Some(token) = new_token() else {
        return tracing::error!("model.no_trainer_token");
    };
    shutdown.run_until_cancelled(stand_by(shared, token)).await;
    if shared.trains.swap(false, Ordering::Relaxed) {
        // Else the next one waits for the lease to run out, which is all that a failure costs.
        let giving = shared.store.give_trainer_lease_back(token);
        match timeout(GIVE_BACK_WITHIN, giving).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "model.lease_not_given_back"
                );
            }
            Err(_) => tracing::warn!("model.lease_not_given_back"),
        }
    }
}

/// One token for the process: what it had begun before it lost the lease is fenced by the sources' cursors.
fn new_token() -> Option<LeaseToken> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).ok()?;
    LeaseToken::from_bytes(bytes)
}

async fn stand_by(shared: &Shared, token: LeaseToken) {
    let mut free = shared.wakeups.trainer_waiter();
    let every = shared.settings.lease / 3;
    let mut told = false;
    loop {
        let taken = shared
            .store
            .take_trainer_lease(token, shared.settings.lease)
            .await;
        let wait = match taken {
            Ok(TrainerLease::Mine) => {
                told = false;
                serve(shared, token).await;
                AGAIN.min(every)
            }
            Ok(TrainerLease::AnothersFor(left)) => {
                // A tenure that ended by an error may have been followed by another's.
                shared.trains.store(false, Ordering::Relaxed);
                left.min(every)
            }
            Err(error) => {
                if !std::mem::replace(&mut told, true) {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "model.lease_not_asked"
                    );
                }
                every
            }
        };
        tokio::select! {
            () = sleep(wait) => {}
            () = free.wait() => {}
        }
    }
}

async fn serve(shared: &Shared, token: LeaseToken) {
    shared.trains.store(true, Ordering::Relaxed);
    shared.counters.tenures.one();
    tracing::info!("model.trainer_started");
    let end = Tenure::new(shared, token).serve().await;
    match end {
        TenureEnd::LeaseLost => {
            shared.trains.store(false, Ordering::Relaxed);
            tracing::warn!("model.trainer_replaced");
        }
        TenureEnd::CursorMoved => tracing::info!("model.cursor_moved"),
        TenureEnd::Store(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "model.trainer_stopped"
            );
        }
    }
}
