//! Who comes in, and for which sites.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::{MissedTickBehavior, interval};
use tonic::{Code, Extensions, Request, Status, metadata::MetadataMap};
use zeroize::Zeroizing;

use crate::{
    access::{Access, caller::Caller},
    comment::{ids::SiteId, violation::Violations},
};

/// How often a long reply asks whether its key is still good. What is known of a key is at most 750 ms old, so a
/// revoked one is out within a second.
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// How long what was found out of a call's headers holds for its handler. A body may come slowly, and its key be revoked
/// meanwhile.
const HOLDS: Duration = Duration::from_millis(200);

/// Who calls, as the headers said: [`KeyFirst`](crate::grpc::key_first::KeyFirst) leaves it with the request.
#[derive(Clone)]
pub struct Admitted {
    caller: Caller,
    at: Instant,
}

impl Admitted {
    /// Now.
    #[must_use]
    pub fn now(caller: Caller) -> Self {
        Self {
            caller,
            at: Instant::now(),
        }
    }
}

/// Asked first by every handler. That the caller's role may call the method was asked before.
#[derive(Clone)]
pub struct Gate {
    access: Arc<Access>,
}

impl Gate {
    /// A gate that knows these keys.
    #[must_use]
    pub fn new(access: Arc<Access>) -> Self {
        Self { access }
    }

    /// Who calls.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, or `UNAVAILABLE` while keys can't be read.
    pub async fn caller<T>(&self, request: &Request<T>) -> Result<Caller, Status> {
        self.still(request.metadata(), request.extensions()).await
    }

    /// Who calls, of a request that was taken apart.
    ///
    /// # Errors
    /// As [`Gate::caller`].
    pub async fn still(
        &self,
        metadata: &MetadataMap,
        extensions: &Extensions,
    ) -> Result<Caller, Status> {
        let admitted = extensions.get::<Admitted>();
        if let Some(admitted) = admitted.filter(|admitted| admitted.at.elapsed() < HOLDS) {
            return Ok(admitted.caller.clone());
        }
        let header = metadata
            .get("authorization")
            .and_then(|value| value.to_str().ok());
        Ok(self.access.authenticate(header).await?)
    }

    /// Resolves when the key of a request is no good any more, and says why: what a long reply has to ask itself. While
    /// keys can't be read nobody is sent away.
    pub fn dismissal(&self, metadata: &MetadataMap) -> impl Future<Output = Status> + Send + use<> {
        let access = Arc::clone(&self.access);
        let header = metadata
            .get("authorization")
            .and_then(|value| value.to_str().ok())
            .map(|header| Zeroizing::new(header.to_owned()));
        async move {
            let mut look = interval(ASK_AGAIN);
            look.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                look.tick().await;
                let header = header.as_ref().map(|header| header.as_str());
                match access.authenticate(header).await.map_err(Status::from) {
                    Err(refused) if refused.code() == Code::Unauthenticated => return refused,
                    Ok(_) | Err(_) => {}
                }
            }
        }
    }

    /// Who calls, and for which site, if the key is good for it.
    ///
    /// # Errors
    /// Also `PERMISSION_DENIED`, and `INVALID_ARGUMENT` for what is no site's name.
    pub async fn admit<T>(
        &self,
        request: &Request<T>,
        site: &str,
    ) -> Result<(Caller, SiteId), Status> {
        let caller = self.caller(request).await?;
        let site: SiteId = site
            .parse()
            .map_err(|error| Violations::one("site", error))?;
        caller.require(&site)?;
        Ok((caller, site))
    }
}
