//! Looks at the files of `[tls]` now and then, and when SIGHUP asks for it.

use std::{sync::Arc, time::Duration};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::spawn_blocking,
    time::{Instant, MissedTickBehavior, interval_at, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    config::tls::TlsConfig,
    tls::{error::TlsError, live::Tls},
};

/// The longest that reading the files may take: they may lie on a network's disk.
const READ_WITHIN: Duration = Duration::from_secs(10);
/// How often the log says again that a certificate ends soon.
const SAY_AGAIN: Duration = Duration::from_secs(86_400);

/// Reads all files at the start.
///
/// # Errors
/// As [`Tls::load`], or the disk does not answer.
pub async fn load(config: TlsConfig) -> Result<Tls, TlsError> {
    let slow = || TlsError::Slow(READ_WITHIN.as_secs());
    let loading = timeout(READ_WITHIN, spawn_blocking(|| Tls::load(config)));
    loading
        .await
        .map_err(|_| slow())?
        .unwrap_or_else(|_| Err(slow()))
}

/// Keeps what is in force as the files are, until `stop`.
pub async fn watch(tls: Arc<Tls>, stop: CancellationToken) {
    let mut hangup = signal(SignalKind::hangup())
        .inspect_err(|error| tracing::warn!(error = %error, "tls.no_sighup"))
        .ok();
    let every = tls.reload_every();
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut said = Instant::now();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
            () = hung_up(&mut hangup) => tracing::info!("tls.reload_asked"),
        }
        let looking = Arc::clone(&tls);
        let looked = timeout(READ_WITHIN, spawn_blocking(move || looking.look())).await;
        if looked.is_err() {
            tracing::error!(error = %TlsError::Slow(READ_WITHIN.as_secs()), "tls.reload_failed");
        }
        if said.elapsed() >= SAY_AGAIN {
            said = Instant::now();
            tls.tell("tls.still");
        }
    }
}

async fn hung_up(hangup: &mut Option<Signal>) {
    match hangup {
        Some(hangup) => drop(hangup.recv().await),
        None => std::future::pending().await,
    }
}
