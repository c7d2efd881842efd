//! `CommentService`: what blogs call.

mod changes;
mod counted;

use std::{sync::Arc, time::Duration};

use tokio::{sync::mpsc, time::timeout};
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tonic::{Request, Response, Status};

use crate::{
    admission::{desk::Desk, receipt::Admission},
    comment::ids::{CommentId, SiteId},
    comment::violation::Violations,
    feed::{Feed, Watch, WatchEnd, WatchMessage},
    grpc::{
        audience,
        convert::{comment as convert, paging, statistics, words},
        gate::Gate,
        status,
        streams::{Streams, WhileWelcome},
    },
    metrics::submissions::Submissions,
    policy::sites::Site,
    proto::v1::{self, comment_service_server::CommentService},
};

/// The most events that wait for a watcher to read them.
const WATCH_BUFFER: usize = 64;

/// The service.
pub struct Comments {
    /// Who may come in.
    pub gate: Gate,
    /// Where comments are handed in.
    pub desk: Arc<Desk>,
    /// Where it is counted what becomes of submissions.
    pub submissions: Arc<Submissions>,
    /// Long-lived replies.
    pub streams: Streams,
    /// The longest that a call may take.
    pub deadline: Duration,
    /// How often a watcher looks for events whose wake-up was lost.
    pub poll: Duration,
}

impl Comments {
    /// Whose site it is, or that there is none: an empty answer would hide a misspelt name.
    async fn known(&self, site: &SiteId) -> Result<Arc<Site>, Status> {
        Ok(self.desk.sites.get(site).await?)
    }

    fn feed(&self) -> Feed {
        Feed {
            store: self.desk.store.clone(),
            confirmation: self.desk.confirmation.clone(),
        }
    }
}

#[tonic::async_trait]
impl CommentService for Comments {
    async fn submit_comment(
        &self,
        request: Request<v1::SubmitCommentRequest>,
    ) -> Result<Response<v1::SubmitCommentResponse>, Status> {
        let (caller, site) = self.gate.admit(&request, &request.get_ref().site).await?;
        let only_check = request.get_ref().validate_only;
        let draft = convert::draft(site, request.into_inner());
        let submitted = timeout(self.deadline, self.desk.submit(&caller, draft)).await;
        counted::submission(&self.submissions, only_check, &submitted);
        match submitted.map_err(|_| status::too_late())?? {
            Admission::Admitted(receipt) => Ok(Response::new(convert::receipt(receipt, false))),
            Admission::Replayed(receipt) => Ok(Response::new(convert::receipt(receipt, true))),
            Admission::Refused(refusal) => Err(refusal.into()),
        }
    }

    async fn get_comment(
        &self,
        request: Request<v1::GetCommentRequest>,
    ) -> Result<Response<v1::GetCommentResponse>, Status> {
        let (caller, site) = self.gate.admit(&request, &request.get_ref().site).await?;
        let audience = audience::of(&caller, &self.known(&site).await?.policy);
        let id = request.get_ref().comment_id.parse::<CommentId>();
        let id = id.map_err(|error| Violations::one("comment_id", error))?;
        let comment = self
            .desk
            .store
            .comment(&site, id)
            .await?
            // The blog goes on to show it: it must not hear that it was erased.
            .filter(|comment| !comment.was_purged)
            .ok_or_else(status::comment_not_found)?;
        let context = self
            .desk
            .store
            .contexts(&site, &[&comment])
            .await?
            .pop()
            .unwrap_or_default();
        let comment = words::comment(site.as_str(), comment, context, audience);
        Ok(Response::new(v1::GetCommentResponse {
            comment: Some(comment),
        }))
    }

    async fn list_comments(
        &self,
        request: Request<v1::ListCommentsRequest>,
    ) -> Result<Response<v1::ListCommentsResponse>, Status> {
        let (caller, site) = self.gate.admit(&request, &request.get_ref().site).await?;
        let audience = audience::of(&caller, &self.known(&site).await?.policy);
        let wanted = convert::listing(request.get_ref())?;
        let store = &self.desk.store;
        let page = store
            .list(
                &site,
                wanted.thread.as_ref(),
                &wanted.states,
                wanted.after,
                wanted.count,
            )
            .await?;
        let comments: Vec<_> = page.comments.iter().collect();
        let contexts = store.contexts(&site, &comments).await?;
        let comments = page.comments.into_iter().zip(contexts);
        Ok(Response::new(v1::ListCommentsResponse {
            next_page_token: page
                .next
                .map(|next| paging::token(next, &wanted.name))
                .unwrap_or_default(),
            comments: comments
                .map(|(comment, context)| words::comment(site.as_str(), comment, context, audience))
                .collect(),
        }))
    }

    async fn report_comment(
        &self,
        request: Request<v1::ReportCommentRequest>,
    ) -> Result<Response<v1::ReportCommentResponse>, Status> {
        changes::report(self, request).await
    }

    async fn retract_comment(
        &self,
        request: Request<v1::RetractCommentRequest>,
    ) -> Result<Response<v1::RetractCommentResponse>, Status> {
        changes::retract(self, request).await
    }

    async fn revise_comment(
        &self,
        request: Request<v1::ReviseCommentRequest>,
    ) -> Result<Response<v1::ReviseCommentResponse>, Status> {
        changes::revise(self, request).await
    }

    async fn appeal_comment(
        &self,
        request: Request<v1::AppealCommentRequest>,
    ) -> Result<Response<v1::AppealCommentResponse>, Status> {
        changes::appeal(self, request).await
    }

    async fn count_comments(
        &self,
        request: Request<v1::CountCommentsRequest>,
    ) -> Result<Response<v1::CountCommentsResponse>, Status> {
        let (_, site) = self.gate.admit(&request, &request.get_ref().site).await?;
        self.known(&site).await?;
        let threads = convert::threads(request.get_ref())?;
        let counts = self.desk.store.thread_counts(&site, &threads).await?;
        Ok(Response::new(convert::counted(&threads, counts)))
    }

    type WatchEventsStream = WhileWelcome<v1::WatchEventsResponse>;

    async fn watch_events(
        &self,
        request: Request<v1::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let (_, site) = self.gate.admit(&request, &request.get_ref().site).await?;
        self.known(&site).await?;
        let after = convert::cursor(&request.get_ref().cursor)?;
        let dismissal = self.gate.dismissal(request.extensions());
        let watch = Watch {
            feed: self.feed(),
            wakeups: self.streams.wakeups.clone(),
            poll: self.poll,
            site,
            after,
            ends_at: self.streams.end_of_life(),
            shutdown: self.streams.shutdown.clone(),
        };
        let (messages, told) = mpsc::channel(WATCH_BUFFER);
        let end = self.streams.tasks.spawn(watch.run(messages));
        let told = ReceiverStream::new(told).map(|message| Ok(convert_message(message)));
        let last = tokio_stream::once(end)
            .then(|end| async move { end.await.ok() })
            .filter_map(last_word);
        Ok(Response::new(WhileWelcome::new(
            told.chain(last),
            dismissal,
        )))
    }

    async fn get_transparency_report(
        &self,
        request: Request<v1::GetTransparencyReportRequest>,
    ) -> Result<Response<v1::GetTransparencyReportResponse>, Status> {
        let (_, site) = self.gate.admit(&request, &request.get_ref().site).await?;
        let known = self.desk.sites.get(&site).await?;
        let reasons = known.policy.rejection_reasons();
        let store = &self.desk.store;
        let period = statistics::period(request.get_ref(), store.now().await?)?;
        let days = store.daily_statistics(&site, period).await?;
        let report = statistics::report(&site, period, &days, |code| {
            let code = code.parse().ok();
            let text = code.and_then(|code| reasons.text_of(&code));
            text.unwrap_or_default().to_owned()
        });
        Ok(Response::new(v1::GetTransparencyReportResponse {
            report: Some(report),
        }))
    }

    async fn list_events(
        &self,
        request: Request<v1::ListEventsRequest>,
    ) -> Result<Response<v1::ListEventsResponse>, Status> {
        let (_, site) = self.gate.admit(&request, &request.get_ref().site).await?;
        self.known(&site).await?;
        let request = request.into_inner();
        let after = convert::cursor(&request.cursor)?;
        let count = paging::size(request.page_size, 100, 500);
        let count = count.map_err(|error| Violations::one("page_size", error))?;
        let events = self.feed().read(&site, after, count).await?;
        Ok(Response::new(v1::ListEventsResponse {
            more: events.len() == count,
            next_cursor: events
                .last()
                .map_or(request.cursor, |last| last.cursor.to_string()),
            events: events.into_iter().map(words::event).collect(),
        }))
    }
}

fn convert_message(message: WatchMessage) -> v1::WatchEventsResponse {
    use v1::watch_events_response::{Heartbeat, Message};
    let message = match message {
        WatchMessage::Event(event) => Message::Event(words::event(event)),
        WatchMessage::Heartbeat(after) => Message::Heartbeat(Heartbeat {
            cursor: after.map(|cursor| cursor.to_string()).unwrap_or_default(),
        }),
    };
    v1::WatchEventsResponse {
        message: Some(message),
    }
}

fn last_word<T>(end: Option<WatchEnd>) -> Option<Result<T, Status>> {
    match end? {
        WatchEnd::Left => None,
        WatchEnd::Shutdown => Some(Err(status::stream_over(
            "the service shuts down; connect again",
        ))),
        WatchEnd::Age => Some(Err(status::stream_over(
            "the stream has reached its age; connect again",
        ))),
        WatchEnd::NotRead => Some(Err(status::not_read())),
        WatchEnd::Failed(error) => Some(Err(error.into())),
    }
}
