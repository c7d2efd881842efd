//! The one task that makes connections: watches the line, and replaces what is broken.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{
    failure::{Failure, outcome},
    line::{CLOSED, Line, Link},
    settings::StoreSettings,
    whereabouts::Whereabouts,
};
use crate::store::{backoff::Backoff, error::StoreError};

/// How often Sentinels are asked whether the primary is still the same: one that was cut off from them answers us as if
/// nothing were.
const ASK_EVERY: Duration = Duration::from_secs(5);

pub(super) struct Keeper {
    pub(super) line: Arc<Line>,
    pub(super) whereabouts: Arc<Whereabouts>,
    pub(super) settings: StoreSettings,
    pub(super) closing: CancellationToken,
}

impl Keeper {
    /// Until the store is closed.
    pub(super) async fn keep(self) {
        let closing = self.closing.clone();
        // Dropping a half-made connection closes it: nothing has been sent that counts.
        closing.run_until_cancelled(self.watch()).await;
        self.line.cut(StoreError::Away(CLOSED.to_owned()));
    }

    async fn watch(&self) {
        if self.line.link().is_err() {
            self.restore().await;
        }
        let mut ask = interval(ASK_EVERY);
        ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ask.reset();
        loop {
            tokio::select! {
                () = self.line.broken() => self.restore().await,
                () = self.try_out() => {}
                _ = ask.tick(), if self.whereabouts.may_change() => self.follow().await,
            }
        }
    }

    /// Leaves a primary that is none any more.
    async fn follow(&self) {
        if let Some(other) = self.whereabouts.moved().await {
            let cause = format!("the Sentinels name another primary, {other}");
            self.line.cut(StoreError::Away(cause));
            self.restore().await;
        }
    }

    /// Finds an idle connection's end, and the end of a full disk, before a caller does.
    async fn try_out(&self) {
        tokio::time::sleep(self.settings.probe_every).await;
        // Every probe's outcome goes to the line itself.
        let _ = self.line.try_out().await;
    }

    /// Connects until there is a link whose server takes writes, or one that only time or a person can mend.
    async fn restore(&self) {
        let mut backoff = Backoff::new(self.settings.backoff_least, self.settings.backoff_most);
        loop {
            match self.open().await {
                Ok((link, tried)) => {
                    self.line.install(link, &tried);
                    if !matches!(tried, Err(StoreError::ReadOnly(_))) {
                        return;
                    }
                }
                Err(error) => self.line.cut(error),
            }
            tokio::time::sleep(backoff.next_pause()).await;
        }
    }

    /// A connection that answers, and whether it could write.
    pub(super) async fn open(&self) -> Result<(Arc<Link>, Result<(), StoreError>), StoreError> {
        let config = self.settings.connection_config();
        let client = self.whereabouts.follow().await?;
        let made = client
            .get_multiplexed_async_connection_with_config(&config)
            .await;
        let link = match made.map_err(StoreError::from) {
            Ok(connection) => Link::new(connection),
            Err(StoreError::TimedOut) => return Err(self.silent(self.settings.connect_timeout)),
            Err(StoreError::Away(reason)) => {
                let address = self.whereabouts.shown();
                return Err(StoreError::Away(format!("{address}: {reason}")));
            }
            Err(error) => return Err(error),
        };
        let tried = match outcome(self.line.probe(&link).await) {
            Err(Failure::Failed(StoreError::TimedOut)) => {
                return Err(self.silent(self.settings.timeout));
            }
            Err(Failure::Failed(error)) => Err(error),
            // It answers, and where its slots are now is found out elsewhere.
            Ok(()) | Err(Failure::Redirected(_)) => Ok(()),
        };
        match tried {
            Err(error @ StoreError::Away(_)) => Err(error),
            tried => Ok((link, tried)),
        }
    }

    fn silent(&self, waited: Duration) -> StoreError {
        let (address, millis) = (self.whereabouts.shown(), waited.as_millis());
        StoreError::Away(format!("no answer from {address} within {millis} ms"))
    }
}
