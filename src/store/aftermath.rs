//! What became of a comment since it came, for moderators.

use crate::{
    comment::{
        earlier::EarlierVersion,
        ids::SiteId,
        report::{Appeal, Reports},
        stored::StoredComment,
    },
    store::{connection::Store, error::StoreError},
};

/// What became of a comment since it came.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Aftermath {
    /// What readers said of it.
    pub reports: Reports,
    /// What it said before, the newest first; at most ten.
    pub earlier: Vec<EarlierVersion>,
    /// The author's last appeal.
    pub appeal: Option<Appeal>,
}

impl Store {
    /// What became of a comment since it came. One read, three where it was changed and appealed against.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn aftermath(
        &self,
        site: &SiteId,
        comment: &StoredComment,
    ) -> Result<Aftermath, StoreError> {
        let mut earlier = Vec::new();
        if comment.was_changed {
            earlier = self.earlier_versions(site, &[comment.id]).await?;
        }
        Ok(Aftermath {
            reports: self.reports(site, comment.id).await?,
            earlier: earlier.pop().unwrap_or_default(),
            appeal: self.last_appeal(site, comment).await?,
        })
    }
}
