//! `ModerationService`: what moderators call.

mod audit;
mod bulk;
mod decisions;
mod redactions;
mod work;

use std::sync::Arc;

use tonic::{Request, Response, Status, Streaming};

use crate::{
    access::caller::Caller,
    audit::Audit,
    authors::Authors,
    comment::{
        ids::{CommentId, SiteId},
        violation::Violations,
    },
    feed::changes::Changes,
    grpc::{
        authors::AuthorDesk,
        convert::{authors, listing, review, statistics},
        gate::Gate,
        status,
        streams::{Streams, WhileWelcome},
    },
    policy::sites::Sites,
    proto::v1::{self, moderation_service_server::ModerationService},
    queue::Queue,
    spam::scorer::Scorer,
};
use work::WorkStream;

/// The service.
pub struct Moderation {
    /// Who may come in.
    pub gate: Gate,
    /// Which sites there are.
    pub sites: Arc<Sites>,
    /// What waits.
    pub queue: Queue,
    /// Who did what.
    pub audit: Audit,
    /// What is known and said of authors.
    pub authors: Authors,
    /// What tells spam, and why.
    pub scorer: Arc<Scorer>,
    /// Long-lived replies.
    pub streams: Streams,
    /// What tells of others' decisions.
    pub changes: Changes,
}

impl Moderation {
    fn author_desk(&self) -> AuthorDesk<'_> {
        AuthorDesk {
            gate: &self.gate,
            sites: &self.sites,
            authors: &self.authors,
        }
    }

    /// Who calls, and for which site that there is.
    async fn moderator<T>(
        &self,
        request: &Request<T>,
        site: &str,
    ) -> Result<(Caller, SiteId), Status> {
        let admitted = self.gate.admit(request, site);
        let (caller, site) = admitted.await?;
        self.sites.get(&site).await?;
        Ok((caller, site))
    }
}

#[tonic::async_trait]
impl ModerationService for Moderation {
    type WorkQueueStream = WorkStream;
    type BulkDecideStream = WhileWelcome<v1::BulkDecideResponse>;
    type UndoBulkDecisionStream = WhileWelcome<v1::UndoBulkDecisionResponse>;

    async fn work_queue(
        &self,
        request: Request<Streaming<v1::WorkQueueRequest>>,
    ) -> Result<Response<Self::WorkQueueStream>, Status> {
        self.work(request).await
    }

    async fn list_moderated_sites(
        &self,
        request: Request<v1::ListModeratedSitesRequest>,
    ) -> Result<Response<v1::ListModeratedSitesResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let sites = self.sites.list().await?;
        let mine = sites.iter().filter(|site| caller.scope.contains(&site.id));
        let sites = mine.map(|site| work::moderated_site(site, &caller));
        Ok(Response::new(v1::ListModeratedSitesResponse {
            sites: sites.collect(),
        }))
    }

    async fn list_queue(
        &self,
        request: Request<v1::ListQueueRequest>,
    ) -> Result<Response<v1::ListQueueResponse>, Status> {
        let (_, site) = self.gate.admit(&request, &request.get_ref().site).await?;
        self.sites.get(&site).await?;
        let listing = listing::listing(request.get_ref())?;
        let page = self.queue.list(&site, &listing).await?;
        let page = listing::page(&site, request.get_ref(), page);
        Ok(Response::new(page))
    }

    async fn decide_comment(
        &self,
        request: Request<v1::DecideCommentRequest>,
    ) -> Result<Response<v1::DecideCommentResponse>, Status> {
        decisions::decide(self, &request).await
    }

    async fn undo_decision(
        &self,
        request: Request<v1::UndoDecisionRequest>,
    ) -> Result<Response<v1::UndoDecisionResponse>, Status> {
        decisions::undo(self, &request).await
    }

    async fn bulk_decide(
        &self,
        request: Request<v1::BulkDecideRequest>,
    ) -> Result<Response<Self::BulkDecideStream>, Status> {
        bulk::decide(self, &request).await
    }

    async fn undo_bulk_decision(
        &self,
        request: Request<v1::UndoBulkDecisionRequest>,
    ) -> Result<Response<Self::UndoBulkDecisionStream>, Status> {
        bulk::undo(self, &request).await
    }

    async fn list_bulk_changes(
        &self,
        request: Request<v1::ListBulkChangesRequest>,
    ) -> Result<Response<v1::ListBulkChangesResponse>, Status> {
        bulk::changes(self, &request).await
    }

    async fn redact_comment(
        &self,
        request: Request<v1::RedactCommentRequest>,
    ) -> Result<Response<v1::RedactCommentResponse>, Status> {
        redactions::redact(self, request).await
    }

    async fn list_audit_entries(
        &self,
        request: Request<v1::ListAuditEntriesRequest>,
    ) -> Result<Response<v1::ListAuditEntriesResponse>, Status> {
        audit::list(self, &request).await
    }

    async fn get_review_context(
        &self,
        request: Request<v1::GetReviewContextRequest>,
    ) -> Result<Response<v1::GetReviewContextResponse>, Status> {
        let (_, site) = self.gate.admit(&request, &request.get_ref().site).await?;
        self.sites.get(&site).await?;
        let id = request.get_ref().comment_id.parse::<CommentId>();
        let id = id.map_err(|error| Violations::one("comment_id", error))?;
        let found = self.queue.surroundings(&site, id).await?;
        let found = found.ok_or_else(status::comment_not_found)?;
        let author = self.authors.around(&site, &found.comment).await?;
        let now = review::Now::of(&self.scorer, &site, &found.comment);
        let context = v1::ReviewContext {
            author: Some(authors::details(author)),
            ..review::context(&site, found, now)
        };
        Ok(Response::new(v1::GetReviewContextResponse {
            context: Some(context),
        }))
    }

    async fn set_author_standing(
        &self,
        request: Request<v1::SetAuthorStandingRequest>,
    ) -> Result<Response<v1::SetAuthorStandingResponse>, Status> {
        self.author_desk().set(&request).await.map(Response::new)
    }

    async fn get_author_standing(
        &self,
        request: Request<v1::GetAuthorStandingRequest>,
    ) -> Result<Response<v1::GetAuthorStandingResponse>, Status> {
        self.author_desk().get(&request).await.map(Response::new)
    }

    async fn list_standings(
        &self,
        request: Request<v1::ListStandingsRequest>,
    ) -> Result<Response<v1::ListStandingsResponse>, Status> {
        self.author_desk().list(&request).await.map(Response::new)
    }

    async fn add_author_note(
        &self,
        request: Request<v1::AddAuthorNoteRequest>,
    ) -> Result<Response<v1::AddAuthorNoteResponse>, Status> {
        self.author_desk().note(&request).await.map(Response::new)
    }

    async fn get_queue_stats(
        &self,
        request: Request<v1::GetQueueStatsRequest>,
    ) -> Result<Response<v1::GetQueueStatsResponse>, Status> {
        let (_, site) = self.gate.admit(&request, &request.get_ref().site).await?;
        self.sites.get(&site).await?;
        let overview = self.queue.overview(&site).await?;
        Ok(Response::new(statistics::queue_stats(overview)))
    }
}
