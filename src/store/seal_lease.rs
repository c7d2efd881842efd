//! Until when a replica may store what it seals to its officer key. An old private key is destroyed once nobody seals to it
//! any more: a replica that hung, or was cut off, must not go on then. Redis's clock decides, whatever the replica's says.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use crate::{
    comment::state::Timestamp,
    store::{
        connection::Store,
        error::StoreError,
        identity::{self, Claimed, Identity, IdentityError},
        keys,
    },
};

/// This replica's. It lasts 45 s, and is renewed every ten seconds, or when it is needed. Cheap to clone.
#[derive(Clone)]
pub struct SealLease {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    identity: Identity,
    until: AtomicI64,
    is_lapsed: AtomicBool,
}

impl SealLease {
    /// As a claim at the start has let it.
    #[must_use]
    pub fn new(store: Store, identity: &Identity, until: Option<Timestamp>) -> Self {
        let inner = Inner {
            store,
            // While two settings of the same secrets run, each would take the other's away.
            identity: identity.without_previous(),
            until: AtomicI64::new(ended(until)),
            is_lapsed: AtomicBool::new(false),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// By Redis's clock; past where there is none.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        Timestamp(self.inner.until.load(Ordering::Relaxed))
    }

    /// Claims Redis again, and replaces no secret. One round trip.
    ///
    /// # Errors
    /// As [`IdentityError`] says: it is renewed also where that [is put up with](IdentityError::is_replaced).
    pub async fn renew(&self) -> Result<Claimed, IdentityError> {
        let Inner {
            store, identity, ..
        } = &*self.inner;
        let claim = identity::claim(store, identity).await?;
        // What was let before would be good until its end; but once Redis lets it no more, health should agree.
        self.inner
            .until
            .store(ended(claim.seals_until), Ordering::Relaxed);
        let found = match (claim.seals_until, claim.found) {
            (None, Err(error)) if error.is_replaced() => Err(IdentityError::SealLapsed {
                configured: identity.privacy_key.current.clone(),
            }),
            (_, found) => found,
        };
        self.tell(&found);
        found
    }

    /// Until when it is, once it is renewed if Redis lets it be: after a while without Redis it ends before anybody looks. One
    /// round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says. Whatever else is wrong is told by who looks at Redis.
    pub async fn renewed(&self) -> Result<Timestamp, StoreError> {
        match self.renew().await {
            Err(IdentityError::Store(error)) => Err(error),
            Ok(_) | Err(_) => Ok(self.until()),
        }
    }

    /// Once each time that it lapses, however many submissions find out.
    fn tell(&self, found: &Result<Claimed, IdentityError>) {
        let lapsed = found.as_ref().err();
        let lapsed = lapsed.filter(|error| matches!(error, IdentityError::SealLapsed { .. }));
        let before = self
            .inner
            .is_lapsed
            .swap(lapsed.is_some(), Ordering::Relaxed);
        match lapsed {
            Some(error) if !before => {
                tracing::error!(error = error as &dyn std::error::Error, "seal.lapsed");
            }
            None if before => tracing::info!("seal.renewed"),
            Some(_) | None => {}
        }
    }
}

fn ended(until: Option<Timestamp>) -> i64 {
    until.map_or(0, |until| until.0)
}

impl Store {
    /// The fingerprints of the privacy keys that replicas said they seal to, within the last minute: each says so every ten
    /// seconds. The others are forgotten, so that a replaced one comes back by no clock that is set back: nothing that is
    /// sealed to it is stored any more, for as long as it stays replaced. Two round trips.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn sealed_to(&self) -> Result<Vec<String>, StoreError> {
        let since = self.now().await?.0 - 60_000;
        let mut pipe = redis::pipe();
        let before = format!("({since}");
        pipe.zrembyscore(keys::sealing(), "-inf", before).ignore();
        pipe.zrange(keys::sealing(), 0, -1);
        let (kept,): (Vec<String>,) = self.pipeline(&pipe).await?;
        Ok(kept)
    }
}
