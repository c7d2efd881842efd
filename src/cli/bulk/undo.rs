//! `replydesk bulk undo`: takes a bulk decision back.

use std::time::Duration;

use tonic::{Code, Status};

use super::{Undo, decide::TRIES, report};
use crate::{
    cli::{
        client::{Connection, explain::explain, explain::retry_delay},
        failure::Failure,
        import::progress::Progress,
        output,
    },
    proto::v1::{
        UndoBulkDecisionRequest,
        undo_bulk_decision_response::{Message, Result as Undone},
    },
};

/// Runs it.
///
/// # Errors
/// There is no such operation, it is too old, or the service is not there.
pub(super) async fn run(args: Undo) -> Result<(), Failure> {
    let connection = Connection::open(&args.reach.target()?).await?;
    let request = UndoBulkDecisionRequest {
        site: args.site,
        operation_id: args.operation.to_string(),
        note: args.note,
    };
    let undone = undo(&connection, &request).await;
    let undone = undone.map_err(|status| explain(&status))?;
    if args.json {
        output::json(&report::undone_json(&undone))
    } else {
        output::say(report::undone(&undone))
    }
}

/// Until it is done; what is cut off goes on.
async fn undo(
    connection: &Connection,
    request: &UndoBulkDecisionRequest,
) -> Result<Undone, Status> {
    let mut shown = Progress::of("undoing", None);
    let mut tries = 0;
    let ended = loop {
        match try_undoing(connection, request.clone(), &mut shown).await {
            Err(status) if status.code() == Code::Unavailable && tries < TRIES => {
                tries += 1;
                shown.wait(status.message());
                let wait = retry_delay(&status).unwrap_or(Duration::from_secs(1));
                tokio::time::sleep(wait).await;
            }
            ended => break ended,
        }
    };
    shown.finish();
    ended
}

async fn try_undoing(
    connection: &Connection,
    request: UndoBulkDecisionRequest,
    shown: &mut Progress,
) -> Result<Undone, Status> {
    let replies = connection.moderation().undo_bulk_decision(request).await?;
    let mut replies = replies.into_inner();
    loop {
        match replies.message().await?.and_then(|reply| reply.message) {
            Some(Message::Progress(progress)) => {
                shown.at(progress.counts.map_or(0, report::undone_of));
            }
            Some(Message::Result(result)) => return Ok(result),
            None => return Err(Status::unavailable("the reply ended before its result")),
        }
    }
}
