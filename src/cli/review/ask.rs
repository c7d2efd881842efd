//! Asks the service what a session wants to know besides its stream.

use tonic::Status;

use crate::{
    cli::client::{Connection, explain::explain, once, timely},
    proto::v1::{GetReviewContextRequest, UndoDecisionRequest},
};

use super::session::{Ask, Reply, Surroundings};

/// Asks, and answers with whatever came of it.
pub async fn ask(connection: Connection, ask: Ask) -> Reply {
    let mut moderation = connection.moderation();
    match ask {
        Ask::Desks => Reply::Desks(Vec::new()),
        Ask::Context { site, comment_id } => {
            let request = GetReviewContextRequest {
                site,
                comment_id: comment_id.clone(),
            };
            let answer = once(moderation.get_review_context(timely(request))).await;
            let found = match answer.map(|answer| answer.context) {
                Ok(Some(context)) => Surroundings::Known(Box::new(context)),
                Ok(None) => Surroundings::Unknown("the service answered without it".to_owned()),
                Err(status) => Surroundings::Unknown(why(&status)),
            };
            Reply::Context(comment_id, found)
        }
        Ask::WhoDecided { site, comment_id } => {
            let request = GetReviewContextRequest {
                site,
                comment_id: comment_id.clone(),
            };
            let answer = once(moderation.get_review_context(timely(request))).await;
            let context = answer.ok().and_then(|answer| answer.context);
            Reply::WhoDecided(comment_id, context.and_then(|it| it.last_decision))
        }
        Ask::Undo {
            deed,
            site,
            comment_id,
            version,
        } => {
            let request = UndoDecisionRequest {
                site,
                comment_id,
                version,
                note: String::new(),
            };
            let answer = once(moderation.undo_decision(timely(request))).await;
            Reply::Undone(deed, answer.map_err(|status| why(&status)))
        }
    }
}

/// In a line.
fn why(status: &Status) -> String {
    let whole = explain(status).to_string();
    whole.lines().next().unwrap_or_default().to_owned()
}
