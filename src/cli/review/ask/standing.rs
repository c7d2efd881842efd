//! How an author stands from now on, with what waits of them dealt with to the end.

use super::why;
use crate::{
    cli::{
        client::{Connection, once, timely},
        words,
    },
    proto::v1::SetAuthorStandingRequest,
};

/// Answers what was done, in words.
pub(super) async fn set(
    connection: &Connection,
    mut request: SetAuthorStandingRequest,
) -> Result<String, String> {
    let mut dealt_with = 0;
    loop {
        let mut moderation = connection.moderation();
        let answer = once(moderation.set_author_standing(timely(request.clone()))).await;
        let answer = answer.map_err(|status| match dealt_with {
            0 => why(&status),
            some => format!("{} ({some} that waited were dealt with)", why(&status)),
        })?;
        dealt_with += answer.dealt_with;
        if answer.next_pending_token.is_empty() {
            let standing = words::standing(request.standing).to_lowercase();
            let waited = match dealt_with {
                0 => String::new(),
                some => format!("; dealt with {some} that waited"),
            };
            return Ok(format!("the author is {standing} now{waited}"));
        }
        request.pending_token = answer.next_pending_token;
    }
}
