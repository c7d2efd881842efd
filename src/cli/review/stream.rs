//! Keeps a moderator's stream open: connects again with the reason told, and sends a sign of life.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::{
    cli::client::{
        Connection,
        explain::explain,
        once,
        reconnect::{Pause, passes_by_itself},
    },
    cli::failure::Failure,
    proto::v1::{
        WorkQueueRequest, WorkQueueResponse,
        work_queue_request::{Message as Up, Ping, Start},
    },
};

/// A sign of life: many times within a lease (120 s by default).
const PING: Duration = Duration::from_secs(15);

/// The service says something at least every 15 s; a stream that is silent for longer is dead.
const SILENCE: Duration = Duration::from_secs(45);

/// What happens on the stream.
#[derive(Debug)]
pub enum News {
    /// It is open, and no lease of an earlier one is left.
    Opened,
    /// The service said something.
    Said(Box<WorkQueueResponse>),
    /// It is gone; it will be opened again by itself.
    Lost(String),
    /// It is gone, and connecting again would not help.
    Failed(Failure),
}

/// A moderator's stream and its two ends.
pub struct Wire {
    /// With the moderator's key.
    pub connection: Connection,
    /// The first message.
    pub start: Start,
    /// What the moderator says.
    pub up: mpsc::Receiver<Up>,
    /// What the moderator hears. The stream isn't read while this is full, so it is bounded end to end.
    pub news: mpsc::Sender<News>,
}

/// Keeps the stream open until nobody listens any more, or a failure that lasts.
pub async fn keep_open(mut wire: Wire) {
    let mut pause = Pause::default();
    while !wire.news.is_closed() {
        let status = match one_stream(&mut wire, &mut pause).await {
            Ok(()) => return,
            Err(status) => status,
        };
        if !passes_by_itself(&status) {
            let _ = wire.news.send(News::Failed(explain(&status))).await;
            return;
        }
        let wait = pause.grow();
        let why = format!("lost the service ({}); connecting again", status.message());
        if wire.news.send(News::Lost(why)).await.is_err() {
            return;
        }
        tokio::time::sleep(wait).await;
    }
}

async fn one_stream(wire: &mut Wire, pause: &mut Pause) -> Result<(), Status> {
    let (sender, requests) = mpsc::channel(16);
    let say = async |message: Up| {
        let sent = sender
            .send(WorkQueueRequest {
                message: Some(message),
            })
            .await;
        sent.map_err(|_| Status::unavailable("the service closed it"))
    };
    say(Up::Start(wire.start.clone())).await?;
    let mut client = wire.connection.moderation_streams();
    let mut stream = once(client.work_queue(ReceiverStream::new(requests))).await?;
    // What was said to the lost stream is kept by the session, which says it again where that makes sense.
    while wire.up.try_recv().is_ok() {}
    if wire.news.send(News::Opened).await.is_err() {
        return Ok(());
    }
    let mut ping = tokio::time::interval(PING);
    let mut heard = tokio::time::Instant::now();
    loop {
        tokio::select! {
            message = stream.message() => {
                let message = message?.ok_or_else(|| Status::unavailable("the service closed it"))?;
                heard = tokio::time::Instant::now();
                *pause = Pause::default();
                if wire.news.send(News::Said(Box::new(message))).await.is_err() {
                    return Ok(());
                }
            }
            message = wire.up.recv() => match message {
                Some(message) => say(message).await?,
                None => return Ok(()),
            },
            _ = ping.tick() => say(Up::Ping(Ping {})).await?,
            () = tokio::time::sleep_until(heard + SILENCE) => {
                return Err(Status::unavailable("no sign of life"));
            }
        }
    }
}
