//! Wrapped data keys as they rest: read page by page, and replaced by ones that the privacy officer wrapped anew. The typed
//! twin of `replace_data_keys.lua`.

use prost::Message;

use crate::{
    comment::{audit::Actor, ids::SiteId},
    proto::store::AuditRecord,
    store::{
        audit::details_by,
        connection::Store,
        error::StoreError,
        events, keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, audited_script},
    },
};

static REPLACE: Script = audited_script!("replace_data_keys.lua");

/// Where a look at a site's data keys stands: Redis's place in the set that is looked through.
///
/// Three looks, since a data key may move while they last: those that a hold keeps, the others, and those that a hold
/// keeps once more. Whatever is there all the time is met at least once, and some are met twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataKeyPlace {
    /// Which of the looks, from 0.
    pub look: u8,
    /// Redis's own, 0 at the beginning.
    pub cursor: u64,
}

impl DataKeyPlace {
    /// How many looks there are.
    pub const LOOKS: u8 = 3;
    /// Where a look begins.
    pub const START: Self = Self { look: 0, cursor: 0 };
}

/// Data keys that are to be replaced.
#[derive(Debug, Clone, Copy)]
pub struct Replacement<'a> {
    /// Of which site.
    pub site: &'a SiteId,
    /// The id of the officer key that they are wrapped to until now.
    pub from: [u8; 8],
    /// Each by its id, wrapped anew; at most 100, no id twice.
    pub wrapped: &'a [([u8; 8], &'a [u8])],
    /// Who does it.
    pub actor: &'a Actor,
    /// From which officer key to which, as the audit log says it.
    pub names: (&'a str, &'a str),
}

/// What became of a data key that was to be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// It is wrapped to the new officer key now.
    Now,
    /// It was before.
    Before,
    /// It is destroyed, and stays so.
    Gone,
    /// It is wrapped to another officer key than was said.
    Other,
}

impl Store {
    /// A page of a site's data keys with their wrapped form, about `count` of them, and where the next one begins; `None`
    /// after the last. Two round trips.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn data_keys(
        &self,
        site: &SiteId,
        from: DataKeyPlace,
        count: usize,
    ) -> Result<(Vec<Vec<u8>>, Option<DataKeyPlace>), StoreError> {
        let is_held = from.look != 1;
        let mut scan = redis::cmd(if is_held { "SSCAN" } else { "ZSCAN" });
        scan.arg(if is_held {
            keys::held_data_keys(site)
        } else {
            keys::data_keys(site)
        });
        scan.arg(from.cursor).arg("COUNT").arg(count);
        let (cursor, found): (u64, Vec<Vec<u8>>) = self.query(&scan).await?;
        let mut ids = Vec::with_capacity(found.len());
        // A sorted set tells each member's score behind it.
        for id in found.iter().step_by(if is_held { 1 } else { 2 }) {
            ids.push(<[u8; 8]>::try_from(&id[..]).map_err(|_| unexpected())?);
        }
        let wrapped = self.wrapped_data_keys(site, &ids).await?;
        let next = DataKeyPlace {
            look: from.look + u8::from(cursor == 0),
            cursor,
        };
        let next = (next.look < DataKeyPlace::LOOKS).then_some(next);
        Ok((wrapped.into_iter().flatten().collect(), next))
    }

    /// Replaces data keys, each if it is still there and wrapped as is said. Returns what became of each, in their order;
    /// `None` where the site is gone. Safe to repeat. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again will tell.
    pub async fn replace_data_keys(
        &self,
        replacement: &Replacement<'_>,
    ) -> Result<Option<Vec<Replaced>>, StoreError> {
        let site = replacement.site;
        if replacement.wrapped.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let (from, to) = replacement.names;
        let details = AuditRecord {
            before: from.to_owned(),
            after: to.to_owned(),
            ..details_by(replacement.actor, "")
        };
        let mut call = ScriptCall::new()
            .key(keys::site(site))
            .key(keys::audit(site))
            .key(keys::counters(site))
            .arg(&replacement.from[..])
            .arg(events::random_bits())
            .arg(details.encode_to_vec());
        for (id, wrapped) in replacement.wrapped {
            call = call.key(keys::data_key(site, *id)).arg(*wrapped);
        }
        let reply: Reply = self.call(&REPLACE, &call).await?;
        match reply.word()?.as_str() {
            "DONE" => {}
            "NO_SITE" => return Ok(None),
            _ => return Err(unexpected()),
        }
        let became = (1..=replacement.wrapped.len()).map(|i| match reply.get::<u8>(i)? {
            1 => Ok(Replaced::Now),
            2 => Ok(Replaced::Before),
            3 => Ok(Replaced::Gone),
            4 => Ok(Replaced::Other),
            _ => Err(unexpected()),
        });
        became.collect::<Result<_, _>>().map(Some)
    }
}
