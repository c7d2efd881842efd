//! Whether Redis still is what was checked at the start: it may be replaced, or set otherwise, under a running service.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use crate::store::{
    connection::Store,
    durability::Durability,
    identity::{self, Claimed, Identity, IdentityError},
    preflight::{self, PreflightError},
};

/// How often. Between two looks an unfit Redis may have acknowledged writes.
const EVERY: Duration = Duration::from_secs(10);

/// What was promised, and for whom the data is.
#[derive(Clone)]
pub struct Fitness {
    /// What an OK promises.
    pub durability: Durability,
    /// Whether less is put up with.
    pub allow_unsafe: bool,
    /// Pepper and privacy key.
    pub identity: Identity,
}

/// Why Redis is not used.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It would not keep what was acknowledged.
    #[error(transparent)]
    Preflight(#[from] PreflightError),
    /// It holds data of other secrets.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl Fitness {
    /// Looks once.
    ///
    /// # Errors
    /// What is wrong, all of it.
    pub async fn check(&self, store: &Store) -> Result<(preflight::Report, Claimed), Unfit> {
        let report = preflight::check(store, self.durability, self.allow_unsafe).await?;
        let claimed = identity::claim(store, &self.identity).await?;
        Ok((report, claimed))
    }

    /// Looks again, and replaces no secret: while two settings of the same secrets run, each would take the other's away.
    async fn look(&self, store: &Store) -> Result<(), Unfit> {
        preflight::check(store, self.durability, self.allow_unsafe).await?;
        identity::claim(store, &self.identity.without_previous()).await?;
        Ok(())
    }

    /// Looks again and again until shutdown, and tells whoever reports health.
    pub async fn watch(self, store: Store, fit: watch::Sender<bool>, shutdown: CancellationToken) {
        let mut look = interval(EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                _ = look.tick() => {}
            }
            let checked = self.look(&store).await;
            let is_fit = match &checked {
                Ok(()) => true,
                // In the middle of a roll-out, this is a replica that it has not reached yet.
                Err(Unfit::Identity(error)) if error.is_replaced() => true,
                // A store that cannot be asked is away, which is told elsewhere; nothing new is known.
                Err(
                    Unfit::Preflight(PreflightError::Store(_))
                    | Unfit::Identity(IdentityError::Store(_)),
                ) => continue,
                Err(unfit) => {
                    tracing::error!(error = unfit as &dyn std::error::Error, "redis.unfit");
                    false
                }
            };
            fit.send_if_modified(|known| std::mem::replace(known, is_fit) != is_fit);
        }
    }
}
