//! Asks the service what a session wants to know or done besides its stream.

mod bulk;
mod standing;

use tokio::sync::mpsc;
use tonic::Status;

use crate::{
    cli::{
        client::{Connection, explain::explain, once, timely},
        words,
    },
    proto::v1::{GetReviewContextRequest, ListModeratedSitesRequest, ModeratedSite, ReviewContext},
};

use super::session::{Ask, Desk, Reply, Surroundings, Undone};

/// Asks, and tells whatever comes of it.
pub async fn ask(connection: Connection, ask: Ask, replies: mpsc::Sender<Reply>) {
    let reply = match ask {
        Ask::Desks => desks(&connection).await,
        Ask::Context(request) => {
            let comment_id = request.comment_id.clone();
            let found = match context(&connection, request).await {
                Ok(Some(context)) => Surroundings::Known(Box::new(context)),
                Ok(None) => Surroundings::Unknown("the service answered without it".to_owned()),
                Err(status) => Surroundings::Unknown(why(&status)),
            };
            Reply::Context(comment_id, found)
        }
        Ask::WhoDecided(request) => {
            let comment_id = request.comment_id.clone();
            let context = context(&connection, request).await.ok().flatten();
            Reply::WhoDecided(comment_id, context.and_then(|it| it.last_decision))
        }
        Ask::Undo(deed, request) => {
            let answer = once(connection.moderation().undo_decision(timely(request))).await;
            let answer = answer.map(|undone| Undone {
                now: format!("{} again", words::state(undone.state).to_lowercase()),
                comments: 1,
            });
            Reply::Undone(deed, answer.map_err(|status| why(&status)))
        }
        Ask::UndoBulk(deed, request) => {
            Reply::Undone(deed, bulk::undo(&connection, &request).await)
        }
        Ask::Bulk(request) => Reply::Bulk(bulk::decide(&connection, request, &replies).await),
        Ask::Standing(request) => Reply::StandingSet(standing::set(&connection, request).await),
        Ask::Thread(request) => {
            let answer = once(connection.sites().close_thread(timely(request))).await;
            let closed = answer.map(|answer| answer.closed);
            Reply::ThreadSet(closed.map_err(|status| why(&status)))
        }
        Ask::Redact(request) => {
            let comment_id = request.comment_id.clone();
            let answer = once(connection.moderation().redact_comment(timely(request))).await;
            Reply::Redacted(comment_id, answer.map_err(|status| why(&status)))
        }
    };
    // Nobody listens only when the session is over.
    let _ = replies.send(reply).await;
}

/// An older service does not know; then the sites are those of the command line, and no reasons are known.
async fn desks(connection: &Connection) -> Reply {
    let request = timely(ListModeratedSitesRequest {});
    let answer = once(connection.moderation().list_moderated_sites(request)).await;
    let sites = answer.map(|answer| answer.sites).unwrap_or_default();
    Reply::Desks(sites.into_iter().map(desk).collect())
}

fn desk(site: ModeratedSite) -> Desk {
    let lanes = site.lanes().collect();
    let reasons = site.rejection_reasons.into_iter();
    Desk {
        lanes,
        reasons: reasons.map(|it| (it.code, it.text)).collect(),
        site: site.site,
        display_name: site.display_name,
    }
}

async fn context(
    connection: &Connection,
    request: GetReviewContextRequest,
) -> Result<Option<ReviewContext>, Status> {
    let answer = once(connection.moderation().get_review_context(timely(request))).await?;
    Ok(answer.context)
}

/// In a line.
fn why(status: &Status) -> String {
    let whole = explain(status).to_string();
    whole.lines().next().unwrap_or_default().to_owned()
}
