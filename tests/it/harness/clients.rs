//! People who call the service over gRPC.

use std::net::SocketAddr;

use replydesk::proto::v1::{
    self, comment_service_client::CommentServiceClient,
    moderation_service_client::ModerationServiceClient,
    privacy_service_client::PrivacyServiceClient, site_service_client::SiteServiceClient,
    work_queue_request::Message as Up, work_queue_response::Message as Down,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, ClientTlsConfig, Endpoint},
};

use super::streams::{Watching, Work};

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
    pub privacy: PrivacyServiceClient<Keyed>,
}

impl Client {
    pub fn new(address: SocketAddr, key: Option<&str>) -> Self {
        Self::over(endpoint(address).connect_lazy(), address, key)
    }

    /// Over TLS.
    pub fn over_tls(address: SocketAddr, key: Option<&str>, config: ClientTlsConfig) -> Self {
        let endpoint = Endpoint::from_shared(format!("https://{address}")).unwrap();
        let channel = endpoint.tls_config(config).unwrap().connect_lazy();
        Self::over(channel, address, key)
    }

    /// The same person on a connection that takes 64 KiB before they read, where the default is 2 MiB.
    pub fn narrow(&self) -> Self {
        let endpoint = endpoint(self.address)
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
            privacy: PrivacyServiceClient::with_interceptor(channel.clone(), bearer.clone()),
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

    /// Follows a site's feed from a cursor on.
    pub async fn watch(&self, site: &str, cursor: &str) -> Result<Watching, Status> {
        let request = v1::WatchEventsRequest {
            site: site.to_owned(),
            cursor: cursor.to_owned(),
        };
        let down = self.comments.clone().watch_events(request).await?;
        Ok(Watching {
            down: down.into_inner(),
        })
    }

    /// A page of a site's feed.
    pub async fn events(&self, site: &str, cursor: &str) -> Result<v1::ListEventsResponse, Status> {
        let request = v1::ListEventsRequest {
            site: site.to_owned(),
            cursor: cursor.to_owned(),
            page_size: 0,
        };
        Ok(self
            .comments
            .clone()
            .list_events(request)
            .await?
            .into_inner())
    }

    /// What surrounds a comment.
    pub async fn context(&self, site: &str, id: &str) -> Result<v1::ReviewContext, Status> {
        let request = v1::GetReviewContextRequest {
            site: site.to_owned(),
            comment_id: id.to_owned(),
        };
        let found = self.moderation.clone().get_review_context(request).await?;
        Ok(found.into_inner().context.unwrap())
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

    /// Undoes the decision that made this version.
    pub async fn undo(
        &self,
        site: &str,
        comment: &str,
        version: u32,
    ) -> Result<v1::UndoDecisionResponse, Status> {
        let request = v1::UndoDecisionRequest {
            site: site.to_owned(),
            comment_id: comment.to_owned(),
            version,
            note: String::new(),
        };
        let undone = self.moderation.clone().undo_decision(request).await?;
        Ok(undone.into_inner())
    }

    /// A reader's report.
    pub async fn report(
        &self,
        request: v1::ReportCommentRequest,
    ) -> Result<v1::ReportCommentResponse, Status> {
        let reported = self.comments.clone().report_comment(request).await?;
        Ok(reported.into_inner())
    }

    /// Withdrawn by its author.
    pub async fn retract(
        &self,
        site: &str,
        comment: &str,
    ) -> Result<v1::RetractCommentResponse, Status> {
        let request = v1::RetractCommentRequest {
            site: site.to_owned(),
            comment_id: comment.to_owned(),
        };
        let retracted = self.comments.clone().retract_comment(request).await?;
        Ok(retracted.into_inner())
    }

    /// Written anew by its author.
    pub async fn revise(
        &self,
        site: &str,
        comment: &str,
        version: u32,
        body: &str,
    ) -> Result<v1::ReviseCommentResponse, Status> {
        let request = v1::ReviseCommentRequest {
            site: site.to_owned(),
            comment_id: comment.to_owned(),
            version,
            body: body.to_owned(),
        };
        let revised = self.comments.clone().revise_comment(request).await?;
        Ok(revised.into_inner())
    }

    /// An author's appeal.
    pub async fn appeal(
        &self,
        site: &str,
        comment: &str,
        version: u32,
        text: &str,
    ) -> Result<v1::AppealCommentResponse, Status> {
        let request = v1::AppealCommentRequest {
            site: site.to_owned(),
            comment_id: comment.to_owned(),
            version,
            text: text.to_owned(),
        };
        let appealed = self.comments.clone().appeal_comment(request).await?;
        Ok(appealed.into_inner())
    }

    /// These texts blacked out.
    pub async fn redact(
        &self,
        site: &str,
        comment: &str,
        version: u32,
        texts: &[&str],
    ) -> Result<v1::RedactCommentResponse, Status> {
        let request = v1::RedactCommentRequest {
            site: site.to_owned(),
            comment_id: comment.to_owned(),
            version,
            texts: texts.iter().map(ToString::to_string).collect(),
            ..Default::default()
        };
        let redacted = self.moderation.clone().redact_comment(request).await?;
        Ok(redacted.into_inner())
    }

    /// A page of the audit log.
    pub async fn audit(
        &self,
        request: v1::ListAuditEntriesRequest,
    ) -> Result<v1::ListAuditEntriesResponse, Status> {
        let page = self.moderation.clone().list_audit_entries(request).await?;
        Ok(page.into_inner())
    }

    /// The whole audit log of a site, the oldest entry first.
    pub async fn whole_audit(&self, site: &str) -> Vec<v1::AuditEntry> {
        let (mut entries, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = v1::ListAuditEntriesRequest {
                site: site.to_owned(),
                oldest_first: true,
                page_size: 200,
                page_token,
                ..Default::default()
            };
            let page = self.audit(request).await.unwrap();
            entries.extend(page.entries);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return entries;
            }
        }
    }

    /// Comments that were moderated elsewhere, in one call.
    pub async fn import(
        &self,
        site: &str,
        comments: &[v1::ImportedComment],
    ) -> Result<v1::ImportCommentsResponse, Status> {
        use v1::import_comments_request::{Message, Start};
        let start = Message::Start(Start {
            site: site.to_owned(),
        });
        let comments = comments.iter().cloned().map(Message::Comment);
        let messages: Vec<_> = std::iter::once(start)
            .chain(comments)
            .map(|message| v1::ImportCommentsRequest {
                message: Some(message),
            })
            .collect();
        let messages = tokio_stream::iter(messages);
        let answer = self.sites.clone().import_comments(messages).await?;
        Ok(answer.into_inner())
    }

    /// Sits down at a site's queue.
    pub async fn work(&self, site: &str, prefetch: i32) -> Result<Work, Status> {
        self.start(v1::work_queue_request::Start {
            sites: vec![site.to_owned()],
            prefetch,
            ..Default::default()
        })
        .await
    }

    /// Sits down as a start says.
    pub async fn start(&self, start: v1::work_queue_request::Start) -> Result<Work, Status> {
        let (up, requests) = mpsc::channel(64);
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
            unanswered: 0,
        };
        match work.next().await? {
            Some(Down::Started(_)) => Ok(work),
            other => panic!("not started: {other:?}"),
        }
    }
}

fn endpoint(address: SocketAddr) -> Endpoint {
    Endpoint::from_shared(format!("http://{address}")).unwrap()
}
