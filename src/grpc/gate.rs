//! Who comes in, and for which sites.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::{MissedTickBehavior, interval};
use tonic::{Code, Extensions, Request, Status};

use crate::{
    access::{Access, caller::Caller, error::AccessError, presented::Presented},
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
    presented: Arc<Presented>,
    caller: Caller,
    at: Instant,
}

impl Admitted {
    /// Now, by this.
    #[must_use]
    pub fn now(caller: Caller, presented: Presented) -> Self {
        Self {
            presented: Arc::new(presented),
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
        self.still(request.extensions()).await
    }

    /// Who calls, of a request that was taken apart.
    ///
    /// # Errors
    /// As [`Gate::caller`].
    pub async fn still(&self, extensions: &Extensions) -> Result<Caller, Status> {
        // Whom `KeyFirst` did not let in showed nothing.
        let admitted = extensions.get::<Admitted>().ok_or(AccessError::Missing)?;
        if admitted.at.elapsed() < HOLDS {
            return Ok(admitted.caller.clone());
        }
        Ok(self.access.authenticate_again(&admitted.presented).await?)
    }

    /// Resolves when what a request showed is no good any more, and says why: what a long reply has to ask itself. While
    /// keys can't be read nobody is sent away.
    pub fn dismissal(
        &self,
        extensions: &Extensions,
    ) -> impl Future<Output = Status> + Send + use<> {
        let access = Arc::clone(&self.access);
        let admitted = extensions.get::<Admitted>();
        let presented = admitted.map(|admitted| Arc::clone(&admitted.presented));
        let presented = presented.unwrap_or_default();
        async move {
            let mut look = interval(ASK_AGAIN);
            look.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                look.tick().await;
                match access
                    .authenticate_again(&presented)
                    .await
                    .map_err(Status::from)
                {
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
