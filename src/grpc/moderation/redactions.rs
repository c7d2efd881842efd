//! Parts of comments blacked out.

use tonic::{Request, Response, Status};

use super::Moderation;
use crate::{grpc::convert::changes as convert, proto::v1};

pub(super) async fn redact(
    service: &Moderation,
    request: Request<v1::RedactCommentRequest>,
) -> Result<Response<v1::RedactCommentResponse>, Status> {
    let (caller, site) = service.moderator(&request, &request.get_ref().site).await?;
    let redaction = convert::redaction(request.into_inner())?;
    let done = service.queue.redact(&site, &caller, &redaction).await?;
    Ok(Response::new(convert::redacted(done)))
}
