//! Bulk decisions, their undoing, and what they changed.

use tokio::sync::mpsc;
use tokio_stream::{Stream, StreamExt, wrappers::ReceiverStream};
use tonic::{Request, Response, Status};

use super::Moderation;
use crate::{
    comment::ids::OperationId,
    grpc::{
        convert::{bulk as convert, paging},
        status,
        streams::WhileWelcome,
    },
    proto::v1,
    queue::bulk::{BulkRefusal, Step},
};

/// Steps that wait to be read.
const MOST_UNREAD: usize = 4;

pub(super) async fn decide(
    service: &Moderation,
    request: &Request<v1::BulkDecideRequest>,
) -> Result<Response<WhileWelcome<v1::BulkDecideResponse>>, Status> {
    let asked = request.get_ref();
    let (caller, site) = service.moderator(request, &asked.site).await?;
    let order = convert::order(asked)?;
    let known = service.sites.get(&site).await?;
    let policy = &known.policy;
    let (name, bulk) = (order.operation, service.queue.bulk(&site).await);
    let (steps, told) = mpsc::channel(MOST_UNREAD);
    let stop = service.streams.shutdown.clone();
    if asked.validate_only {
        let run = bulk.preview(&site, &caller, order, policy).await?;
        service.streams.tasks.spawn(run.run(steps, stop));
    } else {
        let run = bulk.begin(&site, &caller, order, policy).await?;
        service.streams.tasks.spawn(run.run(steps, stop));
    }
    let told = ReceiverStream::new(told).map(move |step| decided(name, step));
    Ok(reply(service, request, told))
}

pub(super) async fn undo(
    service: &Moderation,
    request: &Request<v1::UndoBulkDecisionRequest>,
) -> Result<Response<WhileWelcome<v1::UndoBulkDecisionResponse>>, Status> {
    let (caller, site) = service.moderator(request, &request.get_ref().site).await?;
    let (name, note) = convert::undo(request.get_ref())?;
    let bulk = service.queue.bulk(&site).await;
    let run = bulk.begin_undo(&site, &caller, name, note).await?;
    let (steps, told) = mpsc::channel(MOST_UNREAD);
    let stop = service.streams.shutdown.clone();
    service.streams.tasks.spawn(run.run(steps, stop));
    let told = ReceiverStream::new(told).map(move |step| undone(name, step));
    Ok(reply(service, request, told))
}

pub(super) async fn changes(
    service: &Moderation,
    request: &Request<v1::ListBulkChangesRequest>,
) -> Result<Response<v1::ListBulkChangesResponse>, Status> {
    let asked = request.get_ref();
    let (_, site) = service.moderator(request, &asked.site).await?;
    let listing = convert::change_listing(asked)?;
    let bulk = service.queue.bulk(&site).await;
    let listed = bulk.changes(
        &site,
        listing.operation,
        asked.undone,
        listing.from,
        listing.count,
    );
    let changes = listed.await?.ok_or(BulkRefusal::NotFound)?;
    let more = changes.len() == listing.count;
    let next = listing.from.saturating_add(listing.count as u64);
    Ok(Response::new(v1::ListBulkChangesResponse {
        changes: changes.into_iter().map(convert::change).collect(),
        next_page_token: if more {
            paging::token(next, &listing.name)
        } else {
            String::new()
        },
    }))
}

fn reply<A, T>(
    service: &Moderation,
    request: &Request<A>,
    told: impl Stream<Item = Result<T, Status>> + Send + 'static,
) -> Response<WhileWelcome<T>> {
    let dismissal = service.gate.dismissal(request.extensions());
    Response::new(WhileWelcome::new(told, dismissal))
}

fn decided(name: OperationId, step: Step) -> Result<v1::BulkDecideResponse, Status> {
    match step {
        Step::Progress(operation, total) => Ok(convert::progress(operation.tally, total)),
        Step::Looked(tally, total) => Ok(convert::progress(tally, total)),
        Step::Preview(preview) => Ok(convert::preview(*preview)),
        Step::Done {
            operation,
            replayed,
        } => Ok(convert::result(name, &operation, replayed)),
        Step::Failed(refusal) => Err(refusal.into()),
        Step::Stopped => Err(stopped()),
    }
}

fn undone(name: OperationId, step: Step) -> Result<v1::UndoBulkDecisionResponse, Status> {
    match step {
        Step::Progress(operation, total) => Ok(convert::undo_progress(&operation, total)),
        Step::Done {
            operation,
            replayed,
        } => Ok(convert::undo_result(name, &operation, replayed)),
        Step::Failed(refusal) => Err(refusal.into()),
        // An undoing has no preview.
        Step::Looked(..) | Step::Preview(_) | Step::Stopped => Err(stopped()),
    }
}

fn stopped() -> Status {
    status::stream_over("the service shuts down; send the same request again, and it goes on")
}
