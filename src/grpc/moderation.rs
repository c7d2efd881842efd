//! `ModerationService`: what moderators call.

mod audit;
mod decisions;
mod work;

use std::sync::Arc;

use tonic::{Request, Response, Status, Streaming};

use crate::{
    access::{caller::Caller, role::Right},
    audit::Audit,
    comment::{
        ids::{CommentId, SiteId},
        violation::Violations,
    },
    feed::changes::Changes,
    grpc::{
        convert::{moderation as convert, paging, review, words},
        gate::Gate,
        status,
        streams::Streams,
    },
    policy::sites::Sites,
    proto::v1::{self, moderation_service_server::ModerationService},
    queue::Queue,
    spam::scorer::Scorer,
};
use work::WorkStream;

/// A rank that no queue reaches, and that Redis still takes with a page's length on top.
const BEYOND: usize = 1 << 53;

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
    /// What tells spam, and why.
    pub scorer: Arc<Scorer>,
    /// Long-lived replies.
    pub streams: Streams,
    /// What tells of others' decisions.
    pub changes: Changes,
}

impl Moderation {
    /// Who calls, and for which site that there is.
    async fn moderator<T>(
        &self,
        request: &Request<T>,
        site: &str,
    ) -> Result<(Caller, SiteId), Status> {
        let admitted = self.gate.admit(request.metadata(), Right::Moderate, site);
        let (caller, site) = admitted.await?;
        self.sites.get(&site).await?;
        Ok((caller, site))
    }
}

#[tonic::async_trait]
impl ModerationService for Moderation {
    type WorkQueueStream = WorkStream;

    async fn work_queue(
        &self,
        request: Request<Streaming<v1::WorkQueueRequest>>,
    ) -> Result<Response<Self::WorkQueueStream>, Status> {
        self.work(request).await
    }

    async fn list_queue(
        &self,
        request: Request<v1::ListQueueRequest>,
    ) -> Result<Response<v1::ListQueueResponse>, Status> {
        let (_, site) = self
            .gate
            .admit(request.metadata(), Right::Moderate, &request.get_ref().site)
            .await?;
        self.sites.get(&site).await?;
        let name = format!("queue\n{site}");
        let mut found = Violations::new();
        let count = found.take(
            "page_size",
            paging::size(request.get_ref().page_size, 50, 200),
        );
        let offset = found.take(
            "page_token",
            paging::place(&request.get_ref().page_token, &name),
        );
        let (Some(count), Some(offset)) = (count, offset) else {
            return Err(found.into());
        };
        let start = usize::try_from(offset).unwrap_or(BEYOND).min(BEYOND);
        let items = self.queue.list(&site, start, count).await?;
        let more = items.len() == count;
        Ok(Response::new(v1::ListQueueResponse {
            next_page_token: if more {
                paging::token(offset + count as u64, &name)
            } else {
                String::new()
            },
            items: items
                .into_iter()
                .map(|(item, context)| convert::queued(&site, item, context))
                .collect(),
        }))
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
        let (_, site) = self
            .gate
            .admit(request.metadata(), Right::Moderate, &request.get_ref().site)
            .await?;
        self.sites.get(&site).await?;
        let id = request.get_ref().comment_id.parse::<CommentId>();
        let id = id.map_err(|error| Violations::one("comment_id", error))?;
        let found = self.queue.surroundings(&site, id).await?;
        let found = found.ok_or_else(status::comment_not_found)?;
        let now = review::Now::of(&self.scorer, &site, &found.comment);
        Ok(Response::new(v1::GetReviewContextResponse {
            context: Some(review::context(&site, found, now)),
        }))
    }

    async fn get_queue_stats(
        &self,
        request: Request<v1::GetQueueStatsRequest>,
    ) -> Result<Response<v1::GetQueueStatsResponse>, Status> {
        let (_, site) = self
            .gate
            .admit(request.metadata(), Right::Moderate, &request.get_ref().site)
            .await?;
        self.sites.get(&site).await?;
        let counts = self.queue.counts(&site).await?;
        Ok(Response::new(v1::GetQueueStatsResponse {
            stats: Some(words::stats(&counts)),
        }))
    }
}
