//! By which hashes a standing is kept, after a change of the pepper: the typed twin of `carry_standings.lua`. A copy under each,
//! and beside each the names of all (see `scripts/parts/names.lua`).

use crate::{
    comment::{
        ids::SiteId,
        subject::{Subject, SubjectNames},
    },
    store::{
        connection::Store,
        error::StoreError,
        keys,
        script::{Script, ScriptCall},
    },
};

static CARRY: Script = Script::new(
    "carry_standings.lua",
    concat!(
        "local call, sub = redis.call, string.sub\n",
        include_str!("scripts/parts/names.lua"),
        include_str!("scripts/carry_standings.lua")
    ),
);

impl Store {
    /// Gives standings that are kept by one name another too: each by the name that it gets, and by that which it has. What
    /// has both stays as it is. How many were given one. A round trip where there are any.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again is harmless.
    pub async fn carry_standings(
        &self,
        site: &SiteId,
        standings: &[(Subject, Subject)],
    ) -> Result<u64, StoreError> {
        if standings.is_empty() {
            return Ok(0);
        }
        let mut call = ScriptCall::new().key(keys::standing_names_prefix(site));
        for (new, old) in standings {
            call = call
                .key(keys::standing(site, new))
                .key(keys::standing(site, old))
                .arg(new.to_bytes())
                .arg(old.to_bytes());
        }
        self.call(&CARRY, &call).await
    }

    /// All names that the standing of a subject is kept by, besides those given; none where there is one. A round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn standing_names(
        &self,
        site: &SiteId,
        subject: &SubjectNames,
    ) -> Result<Vec<Subject>, StoreError> {
        let mut read = redis::cmd("MGET");
        for name in subject.iter() {
            read.arg(keys::standing_names(site, &name));
        }
        let kept: Vec<Option<Vec<u8>>> = self.query(&read).await?;
        let kind = subject.first.kind().number();
        let named = |hash: &[u8]| Subject::from_bytes(&[&[kind], hash].concat());
        let width = subject.first.hash().len();
        let names = kept.iter().flatten().flat_map(|all| all.chunks(width));
        let names: Option<Vec<Subject>> = names.map(named).collect();
        names.ok_or(StoreError::Corrupt {
            what: "a standing's names",
        })
    }
}
