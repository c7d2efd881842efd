//! Standings whose time is up: the typed twin of `end_standings.lua`.

use crate::{
    comment::ids::SiteId,
    store::{
        connection::Store,
        error::StoreError,
        keys,
        script::{Script, ScriptCall},
    },
};

static END: Script = Script::new(
    "end_standings.lua",
    concat!(
        "#!lua flags=allow-oom\nlocal call, sub = redis.call, string.sub\n",
        include_str!("scripts/parts/aliases.lua"),
        include_str!("scripts/end_standings.lua")
    ),
);

impl Store {
    /// Lets some standings that have ended leave the list, and forgets their authors where nothing else is kept of them. How
    /// many had ended. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again is harmless.
    pub async fn end_standings(&self, site: &SiteId, most: usize) -> Result<usize, StoreError> {
        let call = ScriptCall::new()
            .key(keys::standings(site))
            .key(keys::standing_ends(site))
            .key(keys::audit_texts(site, b""));
        let prefixes = keys::recognition(site)
            .into_iter()
            .chain(keys::of_an_author(site));
        let call = prefixes.fold(call, ScriptCall::key).arg(most);
        self.call(&END, &call).await
    }
}
