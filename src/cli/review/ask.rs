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
    proto::v1::{
        CloseThreadRequest, GetReviewContextRequest, ListModeratedSitesRequest, ModeratedSite,
        RedactCommentRequest, ReviewContext, UndoDecisionRequest,
    },
};

use super::session::{Ask, Desk, Reply, Surroundings};

/// Asks, and tells whatever comes of it.
pub async fn ask(connection: Connection, ask: Ask, replies: mpsc::Sender<Reply>) {
    let reply = match ask {
        Ask::Desks => desks(&connection).await,
        Ask::Context { site, comment_id } => {
            let found = match context(&connection, site, &comment_id).await {
                Ok(Some(context)) => Surroundings::Known(Box::new(context)),
                Ok(None) => Surroundings::Unknown("the service answered without it".to_owned()),
                Err(status) => Surroundings::Unknown(why(&status)),
            };
            Reply::Context(comment_id, found)
        }
        Ask::WhoDecided { site, comment_id } => {
            let context = context(&connection, site, &comment_id).await.ok().flatten();
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
            let answer = once(connection.moderation().undo_decision(timely(request))).await;
            let now = |state| format!("{} again", words::state(state).to_lowercase());
            let answer = answer.map(|undone| now(undone.state));
            Reply::Undone(deed, answer.map_err(|status| why(&status)))
        }
        Ask::UndoBulk {
            deed,
            site,
            operation_id,
        } => Reply::Undone(deed, bulk::undo(&connection, site, operation_id).await),
        Ask::Bulk {
            site,
            wave_id,
            verdict,
            validate_only,
        } => {
            let request = bulk::request(site, wave_id, verdict, validate_only);
            Reply::Bulk(bulk::decide(&connection, request, &replies).await)
        }
        Ask::Standing {
            site,
            comment_id,
            standing,
            until,
            reason,
            pending,
        } => {
            let request = standing::request(site, comment_id, standing, until, reason, pending);
            Reply::StandingSet(standing::set(&connection, request).await)
        }
        Ask::Thread {
            site,
            thread_id,
            reopen,
        } => {
            let request = CloseThreadRequest {
                site,
                thread_id,
                reopen,
            };
            let answer = once(connection.sites().close_thread(timely(request))).await;
            let closed = answer.map(|answer| answer.closed);
            Reply::ThreadSet(closed.map_err(|status| why(&status)))
        }
        Ask::Redact {
            site,
            comment_id,
            version,
            lease_token,
            texts,
        } => {
            let request = RedactCommentRequest {
                site,
                comment_id: comment_id.clone(),
                version,
                texts,
                note: String::new(),
                lease_token,
            };
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
    site: String,
    comment_id: &str,
) -> Result<Option<ReviewContext>, Status> {
    let request = GetReviewContextRequest {
        site,
        comment_id: comment_id.to_owned(),
    };
    let answer = once(connection.moderation().get_review_context(timely(request))).await?;
    Ok(answer.context)
}

/// In a line.
fn why(status: &Status) -> String {
    let whole = explain(status).to_string();
    whole.lines().next().unwrap_or_default().to_owned()
}
