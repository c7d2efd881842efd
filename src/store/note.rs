//! A note on a comment: the typed twin of `note.lua`.

use prost::Message;

use crate::{
    comment::{
        audit::Actor,
        ids::{CommentId, SiteId},
    },
    store::{
        audit::details_by,
        connection::Store,
        error::StoreError,
        events,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, change_script},
    },
};

static NOTE: Script = change_script!("note.lua");

/// What became of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It is kept.
    Done,
    /// No such comment.
    NotFound,
    /// The comment was erased.
    Erased,
}

impl Store {
    /// Leaves a note on a comment. Safe to repeat while nothing else was done to the comment.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be kept.
    pub async fn note(
        &self,
        site: &SiteId,
        comment: CommentId,
        actor: &Actor,
        note: &str,
    ) -> Result<Noted, StoreError> {
        let call = ScriptCall::change(site)
            .arg(&comment.as_bytes()[..])
            .arg(&actor.key.as_bytes()[..])
            .arg(events::random_bits())
            .arg(details_by(actor, note).encode_to_vec());
        let reply: Reply = self.call(&NOTE, &call).await?;
        match reply.word()?.as_str() {
            "NOTED" => Ok(Noted::Done),
            "NOT_FOUND" => Ok(Noted::NotFound),
            "ERASED" => Ok(Noted::Erased),
            _ => Err(unexpected()),
        }
    }
}
