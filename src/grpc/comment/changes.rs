//! Reports, retractions, revisions, appeals.

use tokio::time::timeout;
use tonic::{Request, Response, Status};

use super::{Comments, counted};
use crate::{
    access::caller::Caller,
    comment::ids::SiteId,
    grpc::{convert::changes as convert, status},
    proto::v1,
};

type Answer<T> = Result<Response<T>, Status>;

impl Comments {
    async fn blog<T>(&self, request: &Request<T>, site: &str) -> Result<(Caller, SiteId), Status> {
        let admitted = self.gate.admit(request, site);
        let (caller, site) = admitted.await?;
        self.known(&site).await?;
        Ok((caller, site))
    }
}

pub(super) async fn report(
    service: &Comments,
    request: Request<v1::ReportCommentRequest>,
) -> Answer<v1::ReportCommentResponse> {
    let (caller, site) = service.blog(&request, &request.get_ref().site).await?;
    let report = convert::report(request.into_inner())?;
    let reporting = service.desk.report(&caller, &site, &report);
    let noted = timeout(service.deadline, reporting).await;
    let noted = counted::change(&service.submissions, noted.map_err(|_| status::too_late())?)?;
    Ok(Response::new(v1::ReportCommentResponse {
        comment_id: report.comment.to_string(),
        queued: noted.queued,
        replayed: noted.replayed,
    }))
}

pub(super) async fn retract(
    service: &Comments,
    request: Request<v1::RetractCommentRequest>,
) -> Answer<v1::RetractCommentResponse> {
    let (caller, site) = service.blog(&request, &request.get_ref().site).await?;
    let comment = convert::comment_id(&request.get_ref().comment_id)?;
    let retracting = service.desk.retract(&caller, &site, comment);
    let done = timeout(service.deadline, retracting).await;
    let done = counted::change(&service.submissions, done.map_err(|_| status::too_late())?)?;
    Ok(Response::new(convert::withdrawal(comment, done)))
}

pub(super) async fn revise(
    service: &Comments,
    request: Request<v1::ReviseCommentRequest>,
) -> Answer<v1::ReviseCommentResponse> {
    let (caller, site) = service.blog(&request, &request.get_ref().site).await?;
    let revision = convert::revision(request.into_inner())?;
    let revising = service.desk.revise(&caller, &site, &revision);
    let done = timeout(service.deadline, revising).await;
    let done = counted::change(&service.submissions, done.map_err(|_| status::too_late())?)?;
    Ok(Response::new(convert::revised(revision.comment, done)))
}

pub(super) async fn appeal(
    service: &Comments,
    request: Request<v1::AppealCommentRequest>,
) -> Answer<v1::AppealCommentResponse> {
    let (caller, site) = service.blog(&request, &request.get_ref().site).await?;
    let (comment, version, text) = convert::appeal(request.get_ref())?;
    let appealing = service.desk.appeal(&caller, &site, comment, version, &text);
    let done = timeout(service.deadline, appealing).await;
    let done = counted::change(&service.submissions, done.map_err(|_| status::too_late())?)?;
    Ok(Response::new(convert::appealed(comment, done)))
}
