//! Who may come in: the access key of a request, its role, and its sites.

use std::sync::Arc;

use tonic::{Status, metadata::MetadataMap};

use crate::{
    access::{
        Access,
        caller::{Caller, Right},
    },
    comment::{ids::SiteId, violation::Violations},
};

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
