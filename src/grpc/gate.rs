//! Who may come in: the access key of a request, its role, and its sites.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};
use tonic::{Code, Status, metadata::MetadataMap};
use zeroize::Zeroizing;

use crate::{
    access::{Access, caller::Caller, role::Right},
    comment::{ids::SiteId, violation::Violations},
};

/// How often a long reply asks whether its key is still good. What is known of a key is at most 750 ms old, so a
/// revoked one is out within a second.
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// Asked first by every handler.
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
    pub async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Status> {
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

    /// Who calls, and for which site, if the key's role and sites allow it.
    ///
    /// # Errors
    /// Also `PERMISSION_DENIED`, and `INVALID_ARGUMENT` for what is no site's name.
    pub async fn admit(
        &self,
        metadata: &MetadataMap,
        right: Right,
        site: &str,
    ) -> Result<(Caller, SiteId), Status> {
        let caller = self.caller(metadata).await?;
        let site: SiteId = site
            .parse()
            .map_err(|error| Violations::one("site", error))?;
        caller.require(right, &site)?;
        Ok((caller, site))
    }
}
