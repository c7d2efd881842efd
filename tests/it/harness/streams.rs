//! The long calls: a moderator at a queue, and somebody who follows a feed.

use replydesk::proto::v1::{
    self, work_queue_request::Message as Up, work_queue_response::Message as Down,
};
use tokio::sync::mpsc;
use tonic::{Code, Status, Streaming};

/// A moderator at a queue.
pub struct Work {
    pub(super) up: mpsc::Sender<v1::WorkQueueRequest>,
    pub(super) down: Streaming<v1::WorkQueueResponse>,
    pub(super) next_request: u64,
    pub(super) unanswered: usize,
}

impl Work {
    /// Whatever comes next but heartbeats; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Down>, Status> {
        loop {
            match self.down.message().await? {
                Some(v1::WorkQueueResponse {
                    message: Some(Down::Heartbeat(_)),
                }) => {}
                Some(response) => {
                    if matches!(response.message, Some(Down::Answer(_))) {
                        self.unanswered -= 1;
                    }
                    return Ok(response.message);
                }
                None => return Ok(None),
            }
        }
    }

    /// The next heartbeat; `None` if something else came.
    pub async fn heartbeat(&mut self) -> Option<v1::work_queue_response::Heartbeat> {
        match self.down.message().await.unwrap()?.message {
            Some(Down::Heartbeat(beat)) => Some(beat),
            _ => None,
        }
    }

    /// The next item.
    pub async fn item(&mut self) -> v1::ReviewItem {
        match self.next().await.unwrap() {
            Some(Down::Item(item)) => item,
            other => panic!("no item: {other:?}"),
        }
    }

    /// The next answer.
    pub async fn answer(&mut self) -> v1::work_queue_response::answer::Result {
        match self.next().await.unwrap() {
            Some(Down::Answer(answer)) => answer.result.unwrap(),
            other => panic!("no answer: {other:?}"),
        }
    }

    /// The next answer's code and reason, which must be a problem's.
    pub async fn problem(&mut self) -> (Code, String) {
        let answer = self.answer().await;
        let v1::work_queue_response::answer::Result::Problem(problem) = answer else {
            panic!("no problem: {answer:?}")
        };
        (Code::from(problem.code), problem.reason)
    }

    /// What is withdrawn next.
    pub async fn withdrawn(&mut self) -> v1::work_queue_response::Withdrawn {
        match self.next().await.unwrap() {
            Some(Down::Withdrawn(gone)) => gone,
            other => panic!("not withdrawn: {other:?}"),
        }
    }

    /// The number for the next message.
    pub fn number(&mut self) -> u64 {
        self.next_request += 1;
        self.next_request
    }

    /// How many messages wait for their answer.
    pub fn unanswered(&self) -> usize {
        self.unanswered
    }

    /// Gets up, and waits until the service has taken everything back; what still came is returned.
    pub async fn leave(self) -> Result<Vec<Down>, Status> {
        let Self { up, mut down, .. } = self;
        drop(up);
        let mut came = Vec::new();
        while let Some(response) = down.message().await? {
            came.extend(response.message);
        }
        came.retain(|message| !matches!(message, Down::Heartbeat(_)));
        Ok(came)
    }

    /// Says something.
    pub async fn say(&mut self, message: Up) {
        self.try_say(message).await.unwrap();
    }

    /// Says something; an error when the stream is over.
    async fn try_say(&mut self, message: Up) -> Result<(), Status> {
        if !matches!(message, Up::Ping(_)) {
            self.unanswered += 1;
        }
        let request = v1::WorkQueueRequest {
            message: Some(message),
        };
        let said = self.up.send(request).await;
        said.map_err(|_| Status::unavailable("the stream is over"))
    }

    /// The number of the next verdict or skip.
    pub fn next_request(&self) -> u64 {
        self.next_request + 1
    }

    /// A verdict on an item; the answer comes down.
    pub async fn decide(&mut self, item: &v1::ReviewItem, verdict: v1::Verdict) -> u64 {
        self.try_decide(item, verdict).await.unwrap()
    }

    /// The same on a stream that may be over.
    pub async fn try_decide(
        &mut self,
        item: &v1::ReviewItem,
        verdict: v1::Verdict,
    ) -> Result<u64, Status> {
        self.next_request += 1;
        let comment = item.comment.as_ref().unwrap();
        self.try_say(Up::Decide(v1::work_queue_request::Decide {
            request_id: self.next_request,
            comment_id: comment.comment_id.clone(),
            lease_token: item.lease_token.clone(),
            version: comment.version,
            verdict: verdict.into(),
            site: comment.site.clone(),
            ..Default::default()
        }))
        .await?;
        Ok(self.next_request)
    }

    /// An item back; the answer comes down.
    pub async fn skip(&mut self, item: &v1::ReviewItem) {
        self.try_skip(item).await.unwrap();
    }

    /// The same on a stream that may be over.
    pub async fn try_skip(&mut self, item: &v1::ReviewItem) -> Result<(), Status> {
        self.next_request += 1;
        self.try_say(Up::Skip(v1::work_queue_request::Skip {
            request_id: self.next_request,
            comment_id: item.comment.as_ref().unwrap().comment_id.clone(),
            lease_token: item.lease_token.clone(),
            ..Default::default()
        }))
        .await
    }
}

/// Somebody who follows a site's feed.
pub struct Watching {
    pub(super) down: Streaming<v1::WatchEventsResponse>,
}

impl Watching {
    /// The next event, or why the stream ended; heartbeats are passed over.
    pub async fn next(&mut self) -> Result<Option<v1::Event>, Status> {
        use v1::watch_events_response::Message;
        loop {
            match self.down.message().await? {
                Some(v1::WatchEventsResponse {
                    message: Some(Message::Event(event)),
                }) => return Ok(Some(event)),
                Some(_) => {}
                None => return Ok(None),
            }
        }
    }

    /// The next event.
    pub async fn event(&mut self) -> v1::Event {
        self.next().await.unwrap().expect("an event, not the end")
    }
}
