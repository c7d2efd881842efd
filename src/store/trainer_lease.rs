//! Who is the trainer: the typed twin of `trainer_lease.lua`.

use std::time::Duration;

use crate::{
    comment::lease::LeaseToken,
    store::{
        connection::Store,
        error::StoreError,
        keys,
        script::{Script, ScriptCall},
    },
};

static LEASE: Script = Script::new(
    "trainer_lease.lua",
    include_str!("scripts/trainer_lease.lua"),
);

/// Who is the trainer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainerLease {
    /// The caller.
    Mine,
    /// Another, for at most so long without a sign of life.
    AnothersFor(Duration),
}

impl Store {
    /// Becomes or stays the trainer, if no other is.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` the lease may be taken: the same call again tells.
    pub async fn take_trainer_lease(
        &self,
        token: LeaseToken,
        lease: Duration,
    ) -> Result<TrainerLease, StoreError> {
        let (mine, millis): (u8, u64) = self.call(&LEASE, &lease_call(token, lease)).await?;
        Ok(if mine == 1 {
            TrainerLease::Mine
        } else {
            TrainerLease::AnothersFor(Duration::from_millis(millis))
        })
    }

    /// Is no longer the trainer; another can be at once.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn give_trainer_lease_back(&self, token: LeaseToken) -> Result<(), StoreError> {
        let _: (u8, u64) = self
            .call(&LEASE, &lease_call(token, Duration::ZERO))
            .await?;
        Ok(())
    }
}

fn lease_call(token: LeaseToken, lease: Duration) -> ScriptCall {
    ScriptCall::new()
        .key(keys::model())
        .arg(&token.as_bytes()[..])
        .arg(lease.as_millis().to_string())
}
