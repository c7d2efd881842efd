//! Claim, renew and release: the typed twins of `claim.lua`, `renew.lua` and `release.lua`.

use std::time::Duration;

use redis::{FromRedisValue, Value};

use crate::{
    comment::{
        ids::{CommentId, KeyId, SiteId},
        lane::Lane,
        lanes::{Lanes, Within},
        lease::{LeaseToken, LeasedItem, QueuedItem},
        state::{CommentState, Timestamp},
    },
    store::{
        connection::Store,
        error::StoreError,
        keys, record,
        reply::{id_bytes, unexpected},
        script::{Script, ScriptCall, change_script},
    },
};

static CLAIM: Script = change_script!("claim.lua");
static RENEW: Script = Script::new("renew.lua", include_str!("scripts/renew.lua"));
static RELEASE: Script = Script::new("release.lua", include_str!("scripts/release.lua"));

/// A leased item by name and token.
pub type Held = (CommentId, LeaseToken);

/// Who wants items of which part of a site's queue.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Whose key they are leased to.
    pub holder: KeyId,
    /// One for each item wanted.
    pub tokens: &'a [LeaseToken],
    /// Where from.
    pub lanes: Lanes,
    /// Of a wave or a thread alone.
    pub within: Option<&'a Within>,
    /// Among the members of that, where to go on from; 0 is the first.
    pub place: u64,
    /// How long they are leased.
    pub lease: Duration,
    /// The longest that a skipped item rests: one that rests for longer is from before a clock jumped back.
    pub longest_cool_down: Duration,
}

/// What a claim found.
#[derive(Debug, Default)]
pub struct Claimed {
    /// Items, the most urgent first; fewer than wanted where there are no more, or not in this part of the members.
    pub items: Vec<LeasedItem>,
    /// Where to go on among the members of a wave or a thread; `None` at their end.
    pub next: Option<u64>,
}

impl Store {
    /// Leases the most urgent items, one for each token. Repeated with the same tokens it returns the same items.
    ///
    /// Of a wave or a thread it looks at 500 members at a time: call it again with the place that it names.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` items may be leased: repeat with the same tokens.
    pub async fn claim(&self, site: &SiteId, claim: &Claim<'_>) -> Result<Claimed, StoreError> {
        let (items, place): (Vec<Value>, String) =
            self.call(&CLAIM, &claim_call(site, claim)).await?;
        // One that cannot be read must not keep the others from whoever waits for them.
        let readable = |item: Value| match read_item(item) {
            Ok(item) => Some(item),
            Err(error) => {
                tracing::error!(site = %site, error = &error as &dyn std::error::Error, "queue.unreadable_item");
                None
            }
        };
        Ok(Claimed {
            items: items.into_iter().filter_map(readable).collect(),
            next: place.parse().ok(),
        })
    }

    /// Whether an item is leased under this token, alive or run out and not yet taken back.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn is_leased(&self, site: &SiteId, held: Held) -> Result<bool, StoreError> {
        let mut get = redis::cmd("HGET");
        get.arg(keys::lease_tokens(site))
            .arg(&held.1.as_bytes()[..]);
        let id: Option<Vec<u8>> = self.query(&get).await?;
        Ok(id.is_some_and(|id| id == held.0.as_bytes()))
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
            .key(keys::leases(site))
            .key(keys::lease_holders(site))
            .key(keys::lease_tokens(site));
        let call = Lane::ALL
            .into_iter()
            .fold(call, |call, lane| call.key(keys::lane(site, lane)))
            .arg(millis(cool_down))
            .arg(site.as_str());
        self.call(&RELEASE, &with_pairs(call, held)).await
    }
}

fn claim_call(site: &SiteId, claim: &Claim<'_>) -> ScriptCall {
    let members = match claim.within {
        Some(Within::Wave(wave)) => keys::wave(site, *wave),
        Some(Within::Thread(thread)) => keys::index(site, CommentState::Pending, Some(thread)),
        None => keys::leases(site),
    };
    let lanes: String = claim
        .lanes
        .iter()
        .map(|lane| char::from(b'0' + lane.number()))
        .collect();
    let mut call = ScriptCall::change(site)
        .key(members)
        .arg(millis(claim.lease))
        .arg(millis(claim.longest_cool_down))
        .arg(&claim.holder.as_bytes()[..])
        .arg(site.as_str())
        .arg(lanes)
        .arg(
            claim
                .within
                .map_or_else(String::new, |_| claim.place.to_string()),
        );
    for token in claim.tokens {
        call = call.arg(&token.as_bytes()[..]);
    }
    call
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
