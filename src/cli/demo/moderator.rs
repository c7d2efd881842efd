//! A moderator: takes items from the queue's stream, and says what the data says of each.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

use crate::{
    cli::client::{
        Connection, once,
        reconnect::{Pause, passes_by_itself},
    },
    cli::untrusted,
    proto::v1::{
        ReviewItem, Verdict, WorkQueueRequest, WorkQueueResponse,
        work_queue_request::{Decide, Message as Up, Ping, Start},
        work_queue_response::{Answer, Message as Down, answer},
    },
};

use super::shared::Shared;

/// How many items a moderator holds.
const PREFETCH: i32 = 5;

/// A sign of life: many times within a lease.
const PING: Duration = Duration::from_secs(15);

/// How long the last answers may take once there is nothing left to decide.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// What the data says of each comment.
pub type Verdicts = Arc<HashMap<String, Verdict>>;

/// One moderator at work.
pub struct Moderator {
    /// With this moderator's own key.
    pub connection: Connection,
    /// Whose queue.
    pub site: String,
    /// What the data says.
    pub verdicts: Verdicts,
    /// Where it is counted.
    pub shared: Shared,
    /// Sent, not yet answered: the message and the version that was seen. At most [`PREFETCH`].
    pub unanswered: BTreeMap<u64, (Decide, u32)>,
}

impl Moderator {
    /// Works until told that nothing is left. Connects again when the stream ends.
    pub async fn work(mut self, nothing_left: CancellationToken) {
        let mut pause = Pause::default();
        while !nothing_left.is_cancelled() {
            let Err(status) = self.one_stream(&nothing_left, &mut pause).await else {
                return;
            };
            if !passes_by_itself(&status) {
                let message = format!(
                    "a moderator's stream: {}",
                    crate::cli::client::explain::explain(&status)
                );
                self.shared.with(|tally| tally.is_wrong(message));
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(pause.grow()) => {}
                () = nothing_left.cancelled() => {}
            }
        }
    }

    async fn one_stream(
        &mut self,
        nothing_left: &CancellationToken,
        pause: &mut Pause,
    ) -> Result<(), Status> {
        // Never full: one answer is awaited for each item, and the service sends no more than the prefetch.
        let (up, requests) = mpsc::channel(64);
        let start = Start {
            sites: vec![self.site.clone()],
            prefetch: PREFETCH,
            ..Start::default()
        };
        send(&up, Up::Start(start)).await?;
        // Decisions whose answers a lost stream took along: the service knows its own again.
        for (decide, _) in self.unanswered.values() {
            send(&up, Up::Decide(decide.clone())).await?;
        }
        let mut client = self.connection.moderation();
        let mut stream = once(client.work_queue(ReceiverStream::new(requests))).await?;
        let mut ping = tokio::time::interval(PING);
        loop {
            let message = tokio::select! {
                message = stream.message() => message?,
                _ = ping.tick() => {
                    send(&up, Up::Ping(Ping {})).await?;
                    continue;
                }
                () = nothing_left.cancelled() => {
                    drop(up);
                    return self.last_answers(stream).await;
                }
            };
            let message = message.ok_or_else(|| Status::unavailable("the service closed it"))?;
            *pause = Pause::default();
            if let Some(decide) = self.hear(message) {
                send(&up, Up::Decide(decide)).await?;
            }
        }
    }

    async fn last_answers(
        &mut self,
        mut stream: Streaming<WorkQueueResponse>,
    ) -> Result<(), Status> {
        let answers = async {
            while !self.unanswered.is_empty() {
                match stream.message().await {
                    Ok(Some(message)) => {
                        // An item that comes now is given back when the stream ends.
                        if let Some(Down::Answer(answer)) = message.message {
                            self.answered(answer);
                        }
                    }
                    Ok(None) | Err(_) => break,
                }
            }
        };
        let _ = tokio::time::timeout(LAST_ANSWERS, answers).await;
        Ok(())
    }

    fn hear(&mut self, message: WorkQueueResponse) -> Option<Decide> {
        match message.message? {
            Down::Item(item) => self.decide(&item),
            Down::Answer(answer) => {
                self.answered(answer);
                None
            }
            Down::Heartbeat(beat) => {
                let queue = beat.sites.into_iter().next();
                let stats = queue.and_then(|queue| queue.stats).unwrap_or_default();
                self.shared.with(|tally| tally.queue = stats);
                None
            }
            Down::Started(_) | Down::Withdrawn(_) => None,
        }
    }

    fn decide(&mut self, item: &ReviewItem) -> Option<Decide> {
        let comment = item.comment.as_ref()?;
        self.shared.with(|tally| tally.seen(item));
        let by_score = match &comment.score {
            Some(score) if score.spam_probability > 0.5 => Verdict::Spam,
            Some(_) | None => Verdict::Approve,
        };
        let verdict = self
            .verdicts
            .get(&comment.comment_id)
            .copied()
            .unwrap_or(by_score);
        let request_id = self
            .unanswered
            .last_key_value()
            .map_or(1, |(last, _)| last + 1);
        let decide = Decide {
            request_id,
            comment_id: comment.comment_id.clone(),
            lease_token: item.lease_token.clone(),
            version: comment.version,
            verdict: verdict.into(),
            reason_code: if verdict == Verdict::Reject {
                "rude".to_owned()
            } else {
                String::new()
            },
            ..Decide::default()
        };
        self.unanswered
            .insert(request_id, (decide.clone(), comment.version));
        Some(decide)
    }

    fn answered(&mut self, answer: Answer) {
        let Some((_, seen)) = self.unanswered.remove(&answer.request_id) else {
            return;
        };
        match answer.result {
            Some(answer::Result::Decision(decision)) => {
                self.shared.with(|tally| tally.decided(seen, &decision))
            }
            Some(answer::Result::Problem(problem)) => self.shared.with(|tally| {
                *tally
                    .problems
                    .entry(untrusted::line(&problem.reason))
                    .or_default() += 1;
            }),
            // Only decisions are asked for.
            Some(
                answer::Result::Skipped(_)
                | answer::Result::Noted(_)
                | answer::Result::Paused(_)
                | answer::Result::Resumed(_)
                | answer::Result::Watched(_),
            )
            | None => {}
        }
    }
}

async fn send(up: &mpsc::Sender<WorkQueueRequest>, message: Up) -> Result<(), Status> {
    let request = WorkQueueRequest {
        message: Some(message),
    };
    let sent = up.send(request).await;
    sent.map_err(|_| Status::unavailable("the service closed it"))
}
