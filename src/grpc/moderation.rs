//! `ModerationService`: what moderators call.

mod audit;
mod bulk;
mod decisions;

use std::{sync::Arc, time::Duration};

use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tonic::{Request, Response, Status, Streaming};

use crate::{
    access::{caller::Caller, role::Right},
    audit::Audit,
    authors::Authors,
    comment::{
        ids::{CommentId, SiteId},
        violation::Violations,
    },
    grpc::{
        authors::AuthorDesk,
        convert::{authors, moderation as convert, paging, review, words},
        gate::Gate,
        status,
        streams::{Streams, WhileWelcome},
    },
    policy::sites::Sites,
    proto::v1::{self, moderation_service_server::ModerationService, work_queue_response::Message},
    queue::{
        Queue,
        dialogue::{Delivery, Move, SessionEnd, SessionPlan},
    },
    spam::scorer::Scorer,
};

/// A rank that no queue reaches, and that Redis still takes with a page's length on top.
const BEYOND: usize = 1 << 53;

/// Items and answers that wait to be read: each may hold a comment of 64 KB.
const MOST_UNREAD: usize = 4;
/// How long a stream may stay without its first message.
const START_WITHIN: Duration = Duration::from_secs(10);

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
        let admitted = self.gate.admit(request.metadata(), Right::Moderate, site);
        let (caller, site) = admitted.await?;
        self.sites.get(&site).await?;
        Ok((caller, site))
    }
}

#[tonic::async_trait]
impl ModerationService for Moderation {
    type WorkQueueStream = WhileWelcome<v1::WorkQueueResponse>;
    type BulkDecideStream = WhileWelcome<v1::BulkDecideResponse>;
    type UndoBulkDecisionStream = WhileWelcome<v1::UndoBulkDecisionResponse>;

    async fn work_queue(
        &self,
        request: Request<Streaming<v1::WorkQueueRequest>>,
    ) -> Result<Response<Self::WorkQueueStream>, Status> {
        // A stranger learns nothing, not even by waiting.
        self.gate.caller(request.metadata()).await?;
        let (metadata, _, mut incoming) = request.into_parts();
        let first = tokio::select! {
            first = tokio::time::timeout(START_WITHIN.min(self.queue.lease()), incoming.message()) => first,
            () = self.streams.shutdown.cancelled() => {
                return Err(status::stream_over("the service shuts down; connect again"));
            }
        };
        let start = convert::start(first.map_err(|_| status::no_start())??)?;
        let (caller, site) = self
            .gate
            .admit(&metadata, Right::Moderate, &start.site)
            .await?;
        self.sites.get(&site).await?;
        let dismissal = self.gate.dismissal(&metadata);
        let plan = SessionPlan {
            site: site.clone(),
            caller,
            prefetch: start.prefetch,
            ends_at: self.streams.end_of_life(),
            shutdown: self.streams.shutdown.clone(),
        };
        let (moves, said) = mpsc::channel(start.prefetch);
        // Few: what a client does not read stays here until its connection ends.
        let (deliveries, told) = mpsc::channel(start.prefetch.min(MOST_UNREAD));
        self.streams.tasks.spawn(pass_on(incoming, moves));
        let queue = self.queue.clone();
        let end = self
            .streams
            .tasks
            .spawn(async move { queue.work(plan, said, deliveries).await });
        let started = started(start.prefetch, self.queue.lease());
        let told = ReceiverStream::new(told).map(move |delivery| Ok(response(&site, delivery)));
        let last = tokio_stream::once(end)
            .then(|end| async move { end.await.ok() })
            .filter_map(last_word);
        Ok(Response::new(WhileWelcome::new(
            tokio_stream::once(Ok(started)).chain(told).chain(last),
            dismissal,
        )))
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

/// Hands a client's messages to its session until either side ends. No more are read than the session takes.
async fn pass_on(mut incoming: Streaming<v1::WorkQueueRequest>, moves: mpsc::Sender<Move>) {
    loop {
        let said = tokio::select! {
            () = moves.closed() => return,
            said = incoming.message() => said,
        };
        match said {
            Ok(Some(request)) => {
                if moves.send(convert::said(request)).await.is_err() {
                    return;
                }
            }
            Ok(None) => return,
            // Also what a client that vanished looks like; then nobody hears the answer.
            Err(_) => return drop(moves.send(Move::Unreadable).await),
        }
    }
}

fn started(prefetch: usize, lease: Duration) -> v1::WorkQueueResponse {
    let prefetch = i32::try_from(prefetch).unwrap_or(i32::MAX);
    let started = v1::work_queue_response::Started {
        prefetch,
        lease: Some(words::duration(lease)),
    };
    v1::WorkQueueResponse {
        message: Some(Message::Started(started)),
    }
}

fn response(site: &SiteId, delivery: Delivery) -> v1::WorkQueueResponse {
    use v1::work_queue_response::{Heartbeat, Skipped, Withdrawn, answer::Result as Answer};
    let answer = |request_id, result| {
        Message::Answer(v1::work_queue_response::Answer {
            request_id,
            result: Some(result),
        })
    };
    let message = match delivery {
        Delivery::Item(item, context) => Message::Item(convert::leased(site, *item, context)),
        Delivery::Decided(request, Ok(decision)) => {
            answer(request, Answer::Decision(convert::decision(decision)))
        }
        Delivery::Decided(request, Err(refusal)) => {
            answer(request, Answer::Problem(status::problem(refusal.into())))
        }
        Delivery::Skipped(request, Ok(true)) => answer(request, Answer::Skipped(Skipped {})),
        Delivery::Skipped(request, Ok(false)) => answer(
            request,
            Answer::Problem(status::problem(status::lease_lost())),
        ),
        Delivery::Skipped(request, Err(error)) => {
            answer(request, Answer::Problem(status::problem(error.into())))
        }
        Delivery::Invalid(request, found) => {
            answer(request, Answer::Problem(status::problem(found.into())))
        }
        Delivery::Withdrawn(comment, token) => Message::Withdrawn(Withdrawn {
            comment_id: comment.to_string(),
            lease_token: token.to_string(),
        }),
        Delivery::Heartbeat(counts) => Message::Heartbeat(Heartbeat {
            stats: Some(words::stats(&counts)),
        }),
    };
    v1::WorkQueueResponse {
        message: Some(message),
    }
}

fn last_word<T>(end: Option<SessionEnd>) -> Option<Result<T, Status>> {
    match end? {
        SessionEnd::Left => None,
        SessionEnd::Shutdown => Some(Err(status::stream_over(
            "the service shuts down; connect again",
        ))),
        SessionEnd::Age => Some(Err(status::stream_over(
            "the stream has reached its age; connect again",
        ))),
        SessionEnd::NoSignOfLife => Some(Err(status::no_life())),
        SessionEnd::NotRead => Some(Err(status::not_read())),
        SessionEnd::Unreadable => Some(Err(status::unreadable())),
    }
}
