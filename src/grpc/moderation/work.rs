//! `WorkQueue`: a moderator's stream.

use std::{sync::Arc, time::Duration};

use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tonic::{Extensions, Request, Response, Status, Streaming};

use super::Moderation;
use crate::{
    access::{caller::Caller, role::Role},
    comment::{ids::SiteId, lane::Lane, lanes::Within},
    grpc::{
        convert::{moderation as convert, statistics, words, work},
        status,
        streams::WhileWelcome,
    },
    policy::sites::Site,
    proto::v1::{self, work_queue_response::Message},
    queue::{
        Queue,
        bulk::BulkRefusal,
        dialogue::{
            Answer, Delivery, Move, Refusal, SessionEnd, SessionPlan, SiteQueue, Withdrawn,
        },
    },
};

/// Items and answers that wait to be read: each may hold a comment of 64 KB.
const MOST_UNREAD: usize = 4;
/// How long a stream may stay without its first message.
const START_WITHIN: Duration = Duration::from_secs(10);

/// What goes down.
pub(super) type WorkStream = WhileWelcome<v1::WorkQueueResponse>;

impl Moderation {
    pub(super) async fn work(
        &self,
        request: Request<Streaming<v1::WorkQueueRequest>>,
    ) -> Result<Response<WorkStream>, Status> {
        // A stranger learns nothing, not even by waiting.
        self.gate.caller(&request).await?;
        let (_, extensions, mut incoming) = request.into_parts();
        let first = tokio::select! {
            first = tokio::time::timeout(START_WITHIN.min(self.queue.lease()), incoming.message()) => first,
            () = self.streams.shutdown.cancelled() => {
                return Err(status::stream_over("the service shuts down; connect again"));
            }
        };
        let start = work::start(first.map_err(|_| status::no_start())??)?;
        let caller = self.admit_to(&extensions, &start).await?;
        let dismissal = self.gate.dismissal(&extensions);
        let plan = SessionPlan {
            sites: start.sites.into(),
            lanes: start.lanes,
            within: start.within,
            caller,
            prefetch: start.prefetch,
            changes: self.changes.clone(),
            ends_at: self.streams.end_of_life(),
            shutdown: self.streams.shutdown.clone(),
        };
        let sites = Arc::clone(&plan.sites);
        let (moves, said) = mpsc::channel(start.prefetch);
        // Few: what a client does not read stays here until its connection ends.
        let (deliveries, told) = mpsc::channel(start.prefetch.min(MOST_UNREAD));
        self.streams
            .tasks
            .spawn(pass_on(incoming, moves, Arc::clone(&sites)));
        let queue = self.queue.clone();
        let end = self
            .streams
            .tasks
            .spawn(async move { queue.work(plan, said, deliveries).await });
        let started = started(start.prefetch, &self.queue);
        let told = ReceiverStream::new(told).map(move |delivery| Ok(response(&sites, delivery)));
        let last = tokio_stream::once(end)
            .then(|end| async move { end.await.ok() })
            .filter_map(last_word);
        Ok(Response::new(WhileWelcome::new(
            tokio_stream::once(Ok(started)).chain(told).chain(last),
            dismissal,
        )))
    }

    /// Every site must be the caller's, and be there; the senior lane is not everybody's.
    async fn admit_to(
        &self,
        extensions: &Extensions,
        start: &work::Start,
    ) -> Result<Caller, Status> {
        let caller = self.gate.still(extensions).await?;
        for site in &start.sites {
            caller.require(site)?;
        }
        if start.lanes.contain(Lane::Escalated) {
            caller.require_role(Role::SENIOR)?;
        }
        for site in &start.sites {
            self.sites.get(site).await?;
            if let Some(Within::Wave(wave)) = start.within
                && !self.queue.has_wave(site, wave).await?
            {
                return Err(BulkRefusal::NoWave.into());
            }
        }
        Ok(caller)
    }
}

/// A site as those who work its queue know it.
pub(super) fn moderated_site(site: &Site, caller: &Caller) -> v1::ModeratedSite {
    let reasons = site.policy.rejection_reasons().as_slice().iter();
    let is_open = |lane: &Lane| *lane != Lane::Escalated || caller.role.is_senior();
    let lanes = Lane::ALL.into_iter().filter(is_open);
    v1::ModeratedSite {
        site: site.id.to_string(),
        display_name: site.display_name.as_str().to_owned(),
        rejection_reasons: reasons
            .map(|reason| v1::RejectionReason {
                code: reason.code.as_str().to_owned(),
                text: reason.text.as_str().to_owned(),
            })
            .collect(),
        lanes: lanes.map(|lane| words::lane(Some(lane))).collect(),
    }
}

/// Hands a client's messages to its session until either side ends. No more are read than the session takes.
async fn pass_on(
    mut incoming: Streaming<v1::WorkQueueRequest>,
    moves: mpsc::Sender<Move>,
    sites: Arc<[SiteId]>,
) {
    loop {
        let said = tokio::select! {
            () = moves.closed() => return,
            said = incoming.message() => said,
        };
        match said {
            Ok(Some(request)) => {
                if moves.send(work::said(request, &sites)).await.is_err() {
                    return;
                }
            }
            Ok(None) => return,
            // Also what a client that vanished looks like; then nobody hears the answer.
            Err(_) => return drop(moves.send(Move::Unreadable).await),
        }
    }
}

fn started(prefetch: usize, queue: &Queue) -> v1::WorkQueueResponse {
    let prefetch = i32::try_from(prefetch).unwrap_or(i32::MAX);
    let started = v1::work_queue_response::Started {
        prefetch,
        lease: Some(words::duration(queue.lease())),
        max_hold: Some(words::duration(queue.max_hold())),
    };
    v1::WorkQueueResponse {
        message: Some(Message::Started(started)),
    }
}

fn response(sites: &[SiteId], delivery: Delivery) -> v1::WorkQueueResponse {
    let message = match delivery {
        Delivery::Item(site, item, context) => {
            Message::Item(convert::leased(&sites[site], *item, context))
        }
        Delivery::Answer(request, result) => Message::Answer(answer(request, result)),
        Delivery::Withdrawn(gone) => Message::Withdrawn(withdrawn(sites, &gone)),
        Delivery::Heartbeat(queues) => {
            let queues = queues.iter().map(|queue| site_queue(sites, queue));
            Message::Heartbeat(v1::work_queue_response::Heartbeat {
                sites: queues.collect(),
            })
        }
    };
    v1::WorkQueueResponse {
        message: Some(message),
    }
}

fn answer(request_id: u64, result: Result<Answer, Refusal>) -> v1::work_queue_response::Answer {
    use v1::work_queue_response::{
        Noted, Paused, Resumed, Skipped, Watched, answer::Result as Kind,
    };
    let kind = match result {
        Ok(Answer::Decided(decision)) => Kind::Decision(convert::decision(decision)),
        Ok(Answer::Skipped) => Kind::Skipped(Skipped {}),
        Ok(Answer::Noted) => Kind::Noted(Noted {}),
        Ok(Answer::Paused) => Kind::Paused(Paused {}),
        Ok(Answer::Resumed) => Kind::Resumed(Resumed {}),
        Ok(Answer::Watched) => Kind::Watched(Watched {}),
        Err(refusal) => Kind::Problem(status::problem(refusal.into())),
    };
    v1::work_queue_response::Answer {
        request_id,
        result: Some(kind),
    }
}

fn withdrawn(sites: &[SiteId], gone: &Withdrawn) -> v1::work_queue_response::Withdrawn {
    v1::work_queue_response::Withdrawn {
        comment_id: gone.comment.to_string(),
        lease_token: gone
            .token
            .map(|token| token.to_string())
            .unwrap_or_default(),
        reason: i32::from(gone.reason as u8),
        site: sites[gone.site].to_string(),
        state: gone.now.map_or(0, |(state, _)| words::state(state)),
        version: gone.now.map_or(0, |(_, version)| version.get()),
    }
}

fn site_queue(sites: &[SiteId], queue: &SiteQueue) -> v1::SiteQueue {
    v1::SiteQueue {
        site: sites[queue.site].to_string(),
        stats: Some(statistics::stats(&queue.counts)),
        lanes: statistics::lane_stats(&queue.counts),
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
