//! Sends comments in calls of some hundred; after a loss, the same ones again.

use std::time::{Duration, Instant};

use prost::Message as _;
use tonic::{Code, Request, Status};

use crate::{
    cli::{
        client::{
            Connection, DEADLINE,
            explain::{explain, retry_delay},
            once,
            reconnect::{Pause, passes_by_itself},
        },
        failure::Failure,
        untrusted,
    },
    proto::v1::{
        ImportCommentsRequest, ImportCommentsResponse, ImportedComment,
        import_comments_request::{Message, Start},
    },
};

/// The most comments of a call: each answer is a step of the progress.
const MAX_COMMENTS: usize = 500;
/// The most bytes of a call.
const MAX_BYTES: usize = 1024 * 1024;
/// How long the same comments are sent again before giving up.
const PATIENCE: Duration = Duration::from_secs(300);

/// Comments for the next call, each with its place in a file.
#[derive(Default)]
pub struct Chunk {
    comments: Vec<ImportedComment>,
    /// Where each of them stands.
    pub places: Vec<String>,
    bytes: usize,
}

impl Chunk {
    /// One more.
    pub fn push(&mut self, comment: ImportedComment, place: String) {
        self.bytes += comment.encoded_len();
        self.comments.push(comment);
        self.places.push(place);
    }

    /// Whether it is time to send it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.comments.len() >= MAX_COMMENTS || self.bytes >= MAX_BYTES
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.comments.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.comments.is_empty()
    }
}

/// Sends a call's comments until they are answered. `earlier` says whether any were before; `tell` hears why it takes
/// longer.
///
/// # Errors
/// What does not pass by itself, or did not in five minutes.
pub async fn send(
    connection: &Connection,
    site: &str,
    chunk: &Chunk,
    earlier: bool,
    mut tell: impl FnMut(&str),
) -> Result<ImportCommentsResponse, Failure> {
    let started = Instant::now();
    let mut pause = Pause::default();
    loop {
        let status = match attempt(connection, site, chunk).await {
            Ok(answer) => return Ok(answer),
            Err(status) => status,
        };
        // Too large a message stays so; a limit says when it is over.
        let is_too_much =
            status.code() == Code::ResourceExhausted && retry_delay(&status).is_none();
        if is_too_much || !passes_by_itself(&status) || started.elapsed() > PATIENCE {
            let failure = explain(&status);
            if !earlier && !passes_by_itself(&status) {
                return Err(failure);
            }
            return Err(Failure::new(format!(
                "{failure}\n  what was sent so far is taken in: the same command again goes on from there"
            )));
        }
        tell(&untrusted::line(status.message()));
        tokio::time::sleep(pause.grow()).await;
    }
}

async fn attempt(
    connection: &Connection,
    site: &str,
    chunk: &Chunk,
) -> Result<ImportCommentsResponse, Status> {
    let start = Message::Start(Start {
        site: site.to_owned(),
    });
    let comments = chunk.comments.iter().cloned().map(Message::Comment);
    let messages: Vec<_> = std::iter::once(start)
        .chain(comments)
        .map(|message| ImportCommentsRequest {
            message: Some(message),
        })
        .collect();
    let mut request = Request::new(tokio_stream::iter(messages));
    request.set_timeout(DEADLINE);
    once(connection.sites().import_comments(request)).await
}
