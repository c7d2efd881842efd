//! Verdicts, and their undoing.

use tonic::{Request, Response, Status};

use super::Moderation;
use crate::{grpc::convert::moderation as convert, proto::v1};

pub(super) async fn decide(
    service: &Moderation,
    request: &Request<v1::DecideCommentRequest>,
) -> Result<Response<v1::DecideCommentResponse>, Status> {
    let (caller, site) = service.moderator(request, &request.get_ref().site).await?;
    let ruling = convert::ruling_of_call(request.get_ref())?;
    let decision = service.queue.decide(&site, &caller, &ruling).await?;
    Ok(Response::new(v1::DecideCommentResponse {
        decision: Some(convert::decision(decision)),
    }))
}

pub(super) async fn undo(
    service: &Moderation,
    request: &Request<v1::UndoDecisionRequest>,
) -> Result<Response<v1::UndoDecisionResponse>, Status> {
    let (caller, site) = service.moderator(request, &request.get_ref().site).await?;
    let undo = convert::undo(request.get_ref())?;
    let undone = service.queue.undo(&site, &caller, &undo).await?;
    Ok(Response::new(convert::undone(undone)))
}
