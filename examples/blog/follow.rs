//! Follows the feed of a site, each change once, across restarts on both sides.

use std::time::Duration;

use replydesk::proto::v1::{
    self, CommentState, Event, GetCommentRequest, ListCommentsRequest, WatchEventsRequest,
    WatchEventsResponse, event::Cause, watch_events_response::Message,
};
use serde_json::json;
use tokio::time::{sleep, timeout};
use tonic::{Code, Status, Streaming};

use super::{
    Error,
    desk::{Comments, Desk},
    pause::Pause,
    refusal::Refusal,
    state::{Comment, State},
    submit::state_name,
};

/// A sign of life comes at least every 15 s; a stream that is silent for this long is dead.
const SILENCE: Duration = Duration::from_secs(60);

/// All of them. `Erased` is listed only when asked for, and tells what to delete.
const STATES: [CommentState; 6] = [
    CommentState::Pending,
    CommentState::Approved,
    CommentState::Rejected,
    CommentState::Spam,
    CommentState::Retracted,
    CommentState::Erased,
];

pub struct Follower<'a> {
    desk: &'a Desk,
    state: &'a mut State,
    site: String,
    until: Option<u64>,
    pause: Pause,
}

impl<'a> Follower<'a> {
    pub fn new(desk: &'a Desk, state: &'a mut State, site: String, until: Option<u64>) -> Self {
        Self {
            desk,
            state,
            site,
            until,
            pause: Pause::new(),
        }
    }

    /// Returns once `until` changes are stored.
    ///
    /// # Errors
    /// What connecting again does not cure.
    pub async fn run(&mut self) -> Result<(), Error> {
        while !self.is_done() {
            let (wait, why) = match self.watch().await {
                Ok(()) => (self.pause.next(None), "the stream ended".to_owned()),
                Err(Error::Refused(refusal)) => self.after(*refusal).await?,
                Err(error) => return Err(error),
            };
            if !self.is_done() {
                let (seconds, cursor) = (wait.as_secs_f64(), self.state.cursor());
                eprintln!("blog: {why}; again in {seconds:.1} s, after {cursor:?}");
                sleep(wait).await;
            }
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.until.is_some_and(|until| self.state.taken() >= until)
    }

    /// How long to wait after a stream that ended so, if another one can help.
    async fn after(&mut self, refusal: Refusal) -> Result<(Duration, String), Error> {
        let passing = if refusal.code == Code::OutOfRange {
            match self.reconcile(&refusal).await {
                Ok(()) => return Ok((Duration::ZERO, refusal.reason)),
                Err(Error::Refused(listing)) if listing.is_outage() => *listing,
                Err(error) => return Err(error),
            }
        } else if refusal.is_outage() || refusal.code == Code::ResourceExhausted {
            refusal
        } else {
            return Err(Box::new(refusal).into());
        };
        Ok((self.pause.next(passing.retry_after), passing.to_string()))
    }

    async fn watch(&mut self) -> Result<(), Error> {
        let request = WatchEventsRequest {
            site: self.site.clone(),
            cursor: self.state.cursor().to_owned(),
        };
        let watch =
            |mut comments: Comments, request| async move { comments.watch_events(request).await };
        let mut stream = self
            .desk
            .call("WatchEvents", request, watch)
            .await
            .map_err(refused)?;
        while !self.is_done() {
            let Some(message) = next(&mut stream).await? else {
                return Ok(());
            };
            self.pause.reset();
            match message {
                Message::Event(event) => self.take(event).await?,
                Message::Heartbeat(beat) if !beat.cursor.is_empty() => {
                    self.state.take(&beat.cursor, Vec::new())?;
                }
                Message::Heartbeat(_) => {}
            }
        }
        Ok(())
    }

    async fn take(&mut self, event: Event) -> Result<(), Error> {
        let state = state_name(event.state());
        let mut comment = Comment {
            thread_id: event.thread_id.clone(),
            state: state.to_owned(),
            version: event.version,
            name: None,
            body: None,
        };
        if event.state() == CommentState::Approved {
            (comment.name, comment.body) = self.text(&event).await?;
        }
        let id = event.comment_id;
        if self
            .state
            .take(&event.cursor, vec![(id.clone(), comment)])?
            > 0
        {
            let taken = self.state.taken();
            println!(
                "{}",
                json!({"taken": taken, "comment_id": id, "state": state, "version": event.version})
            );
        }
        Ok(())
    }

    /// What is shown: read when a comment is shown, and again when its author or a moderator has changed it.
    async fn text(&self, event: &Event) -> Result<(Option<String>, Option<String>), Error> {
        let is_changed = matches!(event.cause, Some(Cause::Revised(_) | Cause::Redacted(_)));
        if let Some(known) = self.state.comment(&event.comment_id)
            && known.body.is_some()
            && !is_changed
        {
            return Ok((known.name.clone(), known.body.clone()));
        }
        let request = GetCommentRequest {
            site: self.site.clone(),
            comment_id: event.comment_id.clone(),
        };
        let get =
            |mut comments: Comments, request| async move { comments.get_comment(request).await };
        match self.desk.call("GetComment", request, get).await {
            Ok(answer) => Ok(answer.comment.map_or((None, None), shown)),
            Err(status) if status.code() == Code::NotFound => Ok((None, None)),
            Err(status) => Err(refused(status)),
        }
    }

    /// The feed does not reach back to the cursor: reads all comments, then goes on from the feed's head.
    async fn reconcile(&mut self, refusal: &Refusal) -> Result<(), Error> {
        let mut request = ListCommentsRequest {
            site: self.site.clone(),
            states: STATES.iter().map(|state| (*state).into()).collect(),
            page_size: 200,
            ..ListCommentsRequest::default()
        };
        let mut changes = Vec::new();
        loop {
            let list = |mut comments: Comments, request| async move {
                comments.list_comments(request).await
            };
            let page = self
                .desk
                .call("ListComments", request.clone(), list)
                .await
                .map_err(refused)?;
            changes.extend(page.comments.into_iter().map(listed));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        let head = refusal
            .metadata
            .get("head_cursor")
            .map_or("", String::as_str);
        let reconciled = self.state.take(head, changes)?;
        let taken = self.state.taken();
        println!("{}", json!({"taken": taken, "reconciled": reconciled}));
        Ok(())
    }
}

async fn next(stream: &mut Streaming<WatchEventsResponse>) -> Result<Option<Message>, Error> {
    loop {
        let message = match timeout(SILENCE, stream.message()).await {
            Ok(message) => message.map_err(refused)?,
            Err(_) => return Err(refused(Status::unavailable("no sign of life"))),
        };
        match message {
            None => return Ok(None),
            Some(WatchEventsResponse {
                message: Some(message),
            }) => return Ok(Some(message)),
            // Of a kind that this blog does not know yet.
            Some(WatchEventsResponse { message: None }) => {}
        }
    }
}

fn listed(comment: v1::Comment) -> (String, Comment) {
    let is_shown = comment.state() == CommentState::Approved;
    let id = comment.comment_id.clone();
    let change = Comment {
        thread_id: comment.thread.clone().unwrap_or_default().thread_id,
        state: state_name(comment.state()).to_owned(),
        version: comment.version,
        name: None,
        body: None,
    };
    if !is_shown {
        return (id, change);
    }
    let (name, body) = shown(comment);
    (
        id,
        Comment {
            name,
            body,
            ..change
        },
    )
}

fn shown(comment: v1::Comment) -> (Option<String>, Option<String>) {
    let author = comment.author.unwrap_or_default();
    (Some(author.display_name), Some(comment.body))
}

fn refused(status: Status) -> Error {
    Box::new(Refusal::from(status)).into()
}
