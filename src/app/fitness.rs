//! Whether Redis still is what was checked at the start: it may be replaced, or set otherwise, under a running service.

use std::{sync::Arc, time::Duration};

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
    seal_lease::SealLease,
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

/// What a look at the start found.
pub struct Checked {
    /// What is put up with.
    pub report: preflight::Report,
    /// What the claim found.
    pub claimed: Claimed,
    /// Until when this replica may store what it seals.
    pub seal_lease: SealLease,
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

impl Unfit {
    /// Whether a later look may find Redis fit without anyone mending anything here.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Preflight(PreflightError::Store(error))
            | Self::Identity(IdentityError::Store(error)) => error.is_transient(),
            Self::Preflight(PreflightError::Unfit(_)) | Self::Identity(_) => false,
        }
    }
}

impl Fitness {
    /// Looks once.
    ///
    /// # Errors
    /// What is wrong, all of it.
    pub async fn check(&self, store: &Store) -> Result<Checked, Unfit> {
        let report = preflight::check(store, self.durability, self.allow_unsafe).await?;
        let claim = identity::claim(store, &self.identity).await;
        let claim = claim.map_err(IdentityError::from)?;
        Ok(Checked {
            report,
            claimed: claim.found?,
            seal_lease: SealLease::new(store.clone(), &self.identity, claim.seals_until),
        })
    }

    /// Looks again, and replaces no secret. Who goes on to serve goes on to seal, and must say so whatever else is wrong.
    async fn look(&self, store: &Store, seal_lease: &SealLease) -> Result<(), Unfit> {
        let renewed = seal_lease.renew().await;
        preflight::check(store, self.durability, self.allow_unsafe).await?;
        renewed?;
        Ok(())
    }

    /// Looks again and again until shutdown, and tells whoever reports health.
    pub async fn watch(
        self,
        store: Store,
        seal_lease: SealLease,
        unfit: watch::Sender<Option<Arc<str>>>,
        shutdown: CancellationToken,
    ) {
        let mut look = interval(EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                _ = look.tick() => {}
            }
            let checked = self.look(&store, &seal_lease).await;
            let why: Option<Arc<str>> = match &checked {
                Ok(()) => None,
                // In the middle of a roll-out, this is a replica that it has not reached yet.
                Err(Unfit::Identity(error)) if error.is_replaced() => None,
                // Others take contact data; the lease has told why.
                Err(unfit @ Unfit::Identity(IdentityError::SealLapsed { .. })) => {
                    Some(unfit.to_string().into())
                }
                // A store that cannot be asked is away, which is told elsewhere; nothing new is known.
                Err(
                    Unfit::Preflight(PreflightError::Store(_))
                    | Unfit::Identity(IdentityError::Store(_)),
                ) => continue,
                Err(unfit) => {
                    tracing::error!(error = unfit as &dyn std::error::Error, "redis.unfit");
                    Some(unfit.to_string().into())
                }
            };
            unfit.send_replace(why);
        }
    }
}
