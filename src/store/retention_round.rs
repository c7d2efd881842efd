//! A round of retention: how far it has come, and that it begins anew when a legal hold ends.

use crate::{
    comment::{ids::SiteId, state::Timestamp},
    store::{
        connection::Store,
        error::StoreError,
        keys,
        retention::Kept,
        script::{Script, ScriptCall},
    },
};

static KEEP_PLACE: Script = Script::new(
    "retention_place.lua",
    include_str!("scripts/retention_place.lua"),
);
static DESTROY: Script = Script::new(
    "destroy_data_keys.lua",
    include_str!("scripts/destroy_data_keys.lua"),
);

/// Data keys that go in one step.
const STEP: usize = 100;

/// A round that has begun. Whatever it does is refused once a hold has ended: what was passed by is due then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionRound(String);

impl Store {
    /// Begins a round. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn begin_retention(&self, site: &SiteId) -> Result<RetentionRound, StoreError> {
        let mut get = redis::cmd("HGET");
        get.arg(keys::retention(site)).arg("g");
        let begun: Option<String> = self.query(&get).await?;
        Ok(RetentionRound(begun.unwrap_or_default()))
    }

    /// How far retention has come: the place of the last comment that was looked at.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn retention_place(&self, site: &SiteId, of: Kept) -> Result<u64, StoreError> {
        let mut get = redis::cmd("HGET");
        get.arg(keys::retention(site)).arg(of.field());
        let place: Option<u64> = self.query(&get).await?;
        Ok(place.unwrap_or_default())
    }

    /// Goes on behind a place from now on; whether it does, or has to begin anew. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn set_retention_place(
        &self,
        site: &SiteId,
        round: &RetentionRound,
        of: Kept,
        place: u64,
    ) -> Result<bool, StoreError> {
        let call = ScriptCall::new()
            .key(keys::retention(site))
            .arg(round.0.as_str())
            .arg(of.field())
            .arg(place);
        let kept: u8 = self.call(&KEEP_PLACE, &call).await?;
        Ok(kept == 1)
    }

    /// Destroys at most `most` data keys that came before a time: what they sealed opens for nobody any more, wherever a copy
    /// of it is. None where retention has to begin anew. Returns how many. A round trip for each hundred.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again is harmless.
    pub async fn destroy_data_keys(
        &self,
        site: &SiteId,
        round: &RetentionRound,
        before: Timestamp,
        most: usize,
    ) -> Result<usize, StoreError> {
        let mut destroyed = 0;
        while destroyed < most {
            let step = STEP.min(most - destroyed);
            let call = ScriptCall::new()
                .key(keys::retention(site))
                .key(keys::data_keys(site))
                .key(keys::data_key_prefix(site))
                .arg(round.0.as_str())
                .arg(before.0)
                .arg(step);
            let gone: usize = self.call(&DESTROY, &call).await?;
            destroyed += gone;
            if gone < step {
                break;
            }
        }
        Ok(destroyed)
    }
}
