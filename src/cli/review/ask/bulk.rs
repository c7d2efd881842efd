//! Bulk decisions and their undoing, gone on with where the connection is lost.

use tokio::sync::mpsc;
use tonic::Status;

use super::{
    super::session::{BulkNews, Reply, Undone},
    why,
};
use crate::{
    cli::client::{
        Connection, once,
        reconnect::{Pause, passes_by_itself},
    },
    proto::v1::{
        BulkDecideRequest, UndoBulkDecisionRequest, bulk_decide_response::Message as Told,
        undo_bulk_decision_response::Message as UndoTold,
    },
};

/// So often the same request is sent again before the moderator is told that it failed.
const ATTEMPTS: usize = 8;

/// Tells progress, and answers the end.
pub(super) async fn decide(
    connection: &Connection,
    mut request: BulkDecideRequest,
    replies: &mpsc::Sender<Reply>,
) -> BulkNews {
    // By it the same request, sent again, goes on where it was.
    request.operation_id = uuid::Uuid::now_v7().to_string();
    let mut pause = Pause::default();
    for attempt in 1.. {
        match decide_once(connection, &request, replies).await {
            Ok(end) => return end,
            Err(status) if attempt < ATTEMPTS && passes_by_itself(&status) => {
                tokio::time::sleep(pause.grow()).await;
            }
            Err(status) => return BulkNews::Failed(why(&status)),
        }
    }
    BulkNews::Failed("no answer".to_owned())
}

async fn decide_once(
    connection: &Connection,
    request: &BulkDecideRequest,
    replies: &mpsc::Sender<Reply>,
) -> Result<BulkNews, Status> {
    let mut moderation = connection.moderation();
    let mut stream = once(moderation.bulk_decide(request.clone())).await?;
    while let Some(told) = stream.message().await? {
        match told.message {
            Some(Told::Progress(progress)) => {
                let progress = Reply::Bulk(BulkNews::Progress(progress));
                // Nobody listens only when the session is over.
                let _ = replies.send(progress).await;
            }
            Some(Told::Preview(preview)) => return Ok(BulkNews::Preview(preview)),
            Some(Told::Result(result)) => return Ok(BulkNews::Done(result)),
            None => {}
        }
    }
    Err(Status::unavailable("the service closed it"))
}

/// Answers how it is then, in words.
pub(super) async fn undo(
    connection: &Connection,
    request: &UndoBulkDecisionRequest,
) -> Result<Undone, String> {
    let mut pause = Pause::default();
    for attempt in 1.. {
        match undo_once(connection, request).await {
            Ok(told) => return Ok(told),
            Err(status) if attempt < ATTEMPTS && passes_by_itself(&status) => {
                tokio::time::sleep(pause.grow()).await;
            }
            Err(status) => return Err(why(&status)),
        }
    }
    Err("no answer".to_owned())
}

async fn undo_once(
    connection: &Connection,
    request: &UndoBulkDecisionRequest,
) -> Result<Undone, Status> {
    let mut moderation = connection.moderation();
    let mut stream = once(moderation.undo_bulk_decision(request.clone())).await?;
    while let Some(told) = stream.message().await? {
        if let Some(UndoTold::Result(result)) = told.message {
            let counts = result.counts.unwrap_or_default();
            let others = counts.changed_since + counts.reserved + counts.gone;
            let others = match others {
                0 => String::new(),
                others => format!(", {others} changed since"),
            };
            return Ok(Undone {
                now: format!("{} as before{others}", counts.undone),
                comments: counts.undone,
            });
        }
    }
    Err(Status::unavailable("the service closed it"))
}
