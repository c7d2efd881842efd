//! People who call the service over gRPC.

use std::net::SocketAddr;

use replydesk::proto::v1::{
    self, comment_service_client::CommentServiceClient,
    moderation_service_client::ModerationServiceClient, site_service_client::SiteServiceClient,
    work_queue_request::Message as Up, work_queue_response::Message as Down,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{
    Request, Status, Streaming,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

/// Adds the key.
#[derive(Clone)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(value) = &self.0 {
            request
                .metadata_mut()
                .insert("authorization", value.clone());
        }
        Ok(request)
    }
}

type Keyed = InterceptedService<Channel, Bearer>;

/// Somebody with a key, or without.
#[derive(Clone)]
pub struct Client {
    key: Option<String>,
    address: SocketAddr,
    pub comments: CommentServiceClient<Keyed>,
    pub moderation: ModerationServiceClient<Keyed>,
    pub sites: SiteServiceClient<Keyed>,
}

impl Client {
    pub fn new(address: SocketAddr, key: Option<&str>) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        Self::over(endpoint.connect_lazy(), address, key)
    }

    /// The same person on a connection that takes 64 KiB before they read, where the default is 2 MiB.
    pub fn narrow(&self) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address)).unwrap();
        let endpoint = endpoint
            .initial_stream_window_size(65_535)
            .initial_connection_window_size(65_535);
        Self::over(endpoint.connect_lazy(), self.address, self.key.as_deref())
    }

    /// The same person by another way.
    pub fn through(&self, address: SocketAddr) -> Self {
        Self::new(address, self.key.as_deref())
    }

    fn over(channel: Channel, address: SocketAddr, key: Option<&str>) -> Self {
        let bearer = Bearer(key.map(|key| format!("Bearer {key}").parse().unwrap()));
        Self {
            key: key.map(str::to_owned),
            address,
            comments: CommentServiceClient::with_interceptor(channel.clone(), bearer.clone()),
            moderation: ModerationServiceClient::with_interceptor(channel.clone(), bearer.clone()),
            sites: SiteServiceClient::with_interceptor(channel, bearer),
        }
    }

    /// A comment handed in.
    pub async fn submit(
        &self,
        request: v1::SubmitCommentRequest,
    ) -> Result<v1::SubmitCommentResponse, Status> {
        Ok(self
            .comments
            .clone()
            .submit_comment(request)
            .await?
            .into_inner())
    }

    /// A comment as it stands.
    pub async fn get(&self, site: &str, id: &str) -> v1::Comment {
        let request = v1::GetCommentRequest {
            site: site.to_owned(),
            comment_id: id.to_owned(),
        };
        self.comments
            .clone()
            .get_comment(request)
            .await
            .unwrap()
            .into_inner()
            .comment
            .unwrap()
    }

    /// All events of a site from the start.
    pub async fn all_events(&self, site: &str) -> Vec<v1::Event> {
        let mut events = Vec::new();
        let mut cursor = "0-0".to_owned();
        loop {
            let request = v1::ListEventsRequest {
                site: site.to_owned(),
                cursor,
                page_size: 500,
            };
            let page = self
                .comments
                .clone()
                .list_events(request)
                .await
                .unwrap()
                .into_inner();
            events.extend(page.events);
            cursor = page.next_cursor;
            if !page.more {
                return events;
            }
        }
    }

    /// How the queue stands.
    pub async fn stats(&self, site: &str) -> v1::QueueStats {
        let request = v1::GetQueueStatsRequest {
            site: site.to_owned(),
        };
        self.moderation
            .clone()
            .get_queue_stats(request)
            .await
            .unwrap()
            .into_inner()
            .stats
            .unwrap()
    }

    /// A verdict without a lease.
    pub async fn decide(&self, request: v1::DecideCommentRequest) -> Result<v1::Decision, Status> {
        let decided = self.moderation.clone().decide_comment(request).await?;
        Ok(decided.into_inner().decision.unwrap())
    }

    /// Sits down at a queue.
    pub async fn work(&self, site: &str, prefetch: i32) -> Result<Work, Status> {
        let (up, requests) = mpsc::channel(64);
        let start = v1::work_queue_request::Start {
            site: site.to_owned(),
            prefetch,
        };
        up.send(v1::WorkQueueRequest {
            message: Some(Up::Start(start)),
        })
        .await
        .unwrap();
        let down = self
            .moderation
            .clone()
            .work_queue(ReceiverStream::new(requests))
            .await?
            .into_inner();
        let mut work = Work {
            up,
            down,
            next_request: 0,
        };
        match work.next().await? {
            Some(Down::Started(_)) => Ok(work),
            other => panic!("not started: {other:?}"),
        }
    }
}

/// A moderator at a queue.
pub struct Work {
    up: mpsc::Sender<v1::WorkQueueRequest>,
    down: Streaming<v1::WorkQueueResponse>,
    next_request: u64,
}

impl Work {
    /// Whatever comes next but heartbeats; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Down>, Status> {
        loop {
            match self.down.message().await? {
                Some(v1::WorkQueueResponse {
                    message: Some(Down::Heartbeat(_)),
                }) => {}
                Some(response) => return Ok(response.message),
                None => return Ok(None),
            }
        }
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

    /// Says something.
    pub async fn say(&mut self, message: Up) {
        self.try_say(message).await.unwrap();
    }

    /// Says something; an error when the stream is over.
    async fn try_say(&mut self, message: Up) -> Result<(), Status> {
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
        }))
        .await
    }
}
