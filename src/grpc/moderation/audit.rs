//! The audit log, in pages.

use tonic::{Request, Response, Status};

use super::Moderation;
use crate::{
    access::role::Role,
    grpc::convert::{audit as convert, paging},
    proto::v1,
    store::audit::AuditLog,
};

pub(super) async fn list(
    service: &Moderation,
    request: &Request<v1::ListAuditEntriesRequest>,
) -> Result<Response<v1::ListAuditEntriesResponse>, Status> {
    let asked = request.get_ref();
    let log = if asked.site.is_empty() {
        let caller = service.gate.caller(request).await?;
        caller.require_role(&[Role::Admin])?;
        caller.require_everywhere()?;
        AuditLog::Global
    } else {
        AuditLog::Site(service.moderator(request, &asked.site).await?.1)
    };
    let listing = convert::listing(asked)?;
    let read = service.audit.page(
        &log,
        &listing.filter,
        listing.order,
        listing.after,
        listing.count,
    );
    let page = read.await?;
    let next = page.next.map(|next| paging::token(next, &listing.name));
    Ok(Response::new(v1::ListAuditEntriesResponse {
        entries: page.entries.into_iter().map(convert::entry).collect(),
        next_page_token: next.unwrap_or_default(),
    }))
}
