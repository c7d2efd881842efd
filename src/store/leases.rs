//! Claim, renew and release: the typed twins of `claim.lua`, `renew.lua` and `release.lua`.

use std::time::Duration;

use redis::{FromRedisValue, Value};

use crate::{
    comment::{
        ids::{CommentId, KeyId, SiteId},
        lane::Lane,
        lease::{LeaseToken, LeasedItem, QueuedItem},
        state::Timestamp,
    },
    store::{
        connection::Store,
        error::StoreError,
        keys, record,
        reply::{id_bytes, unexpected},
        script::{Script, ScriptCall},
    },
};

static CLAIM: Script = Script::new("claim.lua", include_str!("scripts/claim.lua"));
static RENEW: Script = Script::new("renew.lua", include_str!("scripts/renew.lua"));
static RELEASE: Script = Script::new("release.lua", include_str!("scripts/release.lua"));

/// A leased item by name and token.
pub type Held = (CommentId, LeaseToken);

impl Store {
    /// Leases the most urgent items, one for each token. Repeated with the same tokens it returns the same items.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` items may be leased: repeat with the same tokens.
    pub async fn claim(
        &self,
        site: &SiteId,
        holder: KeyId,
        tokens: &[LeaseToken],
        lease: Duration,
        longest_rest: Duration,
    ) -> Result<Vec<LeasedItem>, StoreError> {
        let mut call = ScriptCall::new()
            .key(keys::lane(site, Lane::Review))
            .key(keys::leases(site))
            .key(keys::lease_holders(site))
            .key(keys::lease_tokens(site))
            .arg(keys::comment_prefix(site))
            .arg(millis(lease))
            .arg(millis(longest_rest))
            .arg(&holder.as_bytes()[..])
            .arg(site.as_str());
        for token in tokens {
            call = call.arg(&token.as_bytes()[..]);
        }
        let items: Vec<Value> = self.call(&CLAIM, &call).await?;
        // One that cannot be read must not keep the others from whoever waits for them.
        let readable = |item: Value| match read_item(item) {
            Ok(item) => Some(item),
            Err(error) => {
                tracing::error!(site = %site, error = &error as &dyn std::error::Error, "queue.unreadable_item");
                None
            }
        };
        Ok(items.into_iter().filter_map(readable).collect())
    }

    /// Lengthens leases. For each the new expiry, or `None` where the lease is over.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn renew(
        &self,
        site: &SiteId,
        held: &[Held],
        lease: Duration,
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let call = ScriptCall::new()
            .key(keys::leases(site))
            .key(keys::lease_holders(site))
            .arg(millis(lease));
        let expiries: Vec<String> = self.call(&RENEW, &with_pairs(call, held)).await?;
        Ok(expiries
            .iter()
            .map(|expiry| expiry.parse().ok().map(Timestamp))
            .collect())
    }

    /// Gives items back, at once or after a cool-down. For each whether the lease was still held.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn release(
        &self,
        site: &SiteId,
        held: &[Held],
        cool_down: Duration,
    ) -> Result<Vec<bool>, StoreError> {
        let call = ScriptCall::new()
            .key(keys::lane(site, Lane::Review))
            .key(keys::leases(site))
            .key(keys::lease_holders(site))
            .key(keys::lease_tokens(site))
            .arg(millis(cool_down))
            .arg(site.as_str());
        self.call(&RELEASE, &with_pairs(call, held)).await
    }
}

fn with_pairs(mut call: ScriptCall, held: &[Held]) -> ScriptCall {
    for (id, token) in held {
        call = call.arg(&id.as_bytes()[..]).arg(&token.as_bytes()[..]);
    }
    call
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn read_item(value: Value) -> Result<LeasedItem, StoreError> {
    type Item = (Vec<u8>, Vec<u8>, i64, i64, Vec<u8>);
    let (token, id, due, expires, value) =
        Item::from_redis_value(value).map_err(|_| unexpected())?;
    let token = token
        .try_into()
        .ok()
        .and_then(LeaseToken::from_bytes)
        .ok_or_else(unexpected)?;
    let comment = record::decode(CommentId::from_bytes(id_bytes(&id)?), &value)?;
    Ok(LeasedItem {
        token,
        expires_at: Timestamp(expires),
        item: QueuedItem {
            comment,
            due_at: Timestamp(due),
        },
    })
}
