//! Data keys on their way from one officer key to another: listed and replaced here, opened and wrapped anew at the
//! officer's (`replydesk privacy rewrap`). Nothing here could look into one.

use crate::{
    access::caller::Caller,
    comment::{ids::SiteId, state::Timestamp},
    policy::sites::SiteError,
    privacy::{keys::OfficerKeyId, wrapped::WrappedDataKey},
    store::{
        confirmation::Confirmation,
        connection::Store,
        data_keys::{DataKeyPlace, Replaced, Replacement},
        error::StoreError,
    },
};

/// A site's data keys. Cheap to clone.
#[derive(Clone)]
pub struct DataKeys {
    /// Where they are kept.
    pub store: Store,
    /// What an OK waits for.
    pub confirmation: Confirmation,
    /// To whom this replica seals.
    pub officer: OfficerKeyId,
}

/// Why data keys are not replaced. None of them was then, unless the store is to blame.
#[derive(Debug, thiserror::Error)]
pub enum DataKeyRefusal {
    /// A roll-out that is not done, or the wrong key.
    #[error(
        "this replica seals to the officer key {seals_to}, and they are wrapped to {wrapped_to}: give every replica the new public key first, or wrap them to {seals_to}"
    )]
    OtherOfficer {
        /// To whom this replica seals.
        seals_to: OfficerKeyId,
        /// To whom they are wrapped.
        wrapped_to: OfficerKeyId,
    },
    /// No such site.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of data keys that were to be replaced, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Now.
    pub replaced: u32,
    /// They were before.
    pub replaced_before: u32,
    /// Destroyed meanwhile.
    pub destroyed: u32,
    /// Wrapped to another officer key than was said.
    pub left: u32,
    /// When the append-only file forgets what was replaced.
    pub log_rewrite_due: Option<Timestamp>,
}

impl DataKeys {
    /// The other officer keys that replicas still seal to. Two reads.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn also_sealed_to(&self) -> Result<Vec<String>, StoreError> {
        let own = self.officer.to_string();
        let mut all = self.store.sealed_to().await?;
        all.retain(|officer| *officer != own);
        Ok(all)
    }

    /// A page of a site's data keys, about `count` of them, and where the next begins. What is no wrapped data key, which
    /// nobody could open, is left out.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn page(
        &self,
        site: &SiteId,
        from: DataKeyPlace,
        count: usize,
    ) -> Result<(Vec<WrappedDataKey>, Option<DataKeyPlace>), StoreError> {
        let (stored, next) = self.store.data_keys(site, from, count).await?;
        let mut keys = Vec::with_capacity(stored.len());
        for bytes in &stored {
            match WrappedDataKey::parse(bytes) {
                Ok(key) => keys.push(key),
                Err(error) => {
                    tracing::error!(%site, %error, "data_key.damaged");
                }
            }
        }
        Ok((keys, next))
    }

    /// Puts data keys in the place of those of the same ids that are wrapped to `from`. Safe to repeat.
    ///
    /// # Errors
    /// As [`DataKeyRefusal`] says.
    pub async fn replace(
        &self,
        site: &SiteId,
        caller: &Caller,
        from: OfficerKeyId,
        wrapped: &[WrappedDataKey],
    ) -> Result<Outcome, DataKeyRefusal> {
        let other = wrapped.iter().find(|key| key.officer() != self.officer);
        if let Some(other) = other {
            return Err(DataKeyRefusal::OtherOfficer {
                seals_to: self.officer,
                wrapped_to: other.officer(),
            });
        }
        let keys: Vec<_> = wrapped
            .iter()
            .map(|key| (key.id(), key.as_bytes()))
            .collect();
        let replacement = Replacement {
            site,
            from: *from.as_bytes(),
            wrapped: &keys,
            actor: &caller.actor(),
            names: (&from.to_string(), &self.officer.to_string()),
        };
        let replacing = self.store.replace_data_keys(&replacement);
        let became = self.confirmation.of(replacing).await?;
        let mut outcome = Outcome::default();
        for one in became.ok_or(SiteError::NotFound)? {
            *match one {
                Replaced::Now => &mut outcome.replaced,
                Replaced::Before => &mut outcome.replaced_before,
                Replaced::Gone => &mut outcome.destroyed,
                Replaced::Other => &mut outcome.left,
            } += 1;
        }
        if outcome.replaced > 0 {
            outcome.log_rewrite_due = Some(self.store.request_log_rewrite().await?);
        }
        Ok(outcome)
    }
}
