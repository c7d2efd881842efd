//! The blog's other half: follows the event feed, and checks it.

use std::time::Duration;

use tonic::Status;

use crate::{
    cli::client::{
        Connection,
        explain::explain,
        once,
        reconnect::{Pause, passes_by_itself},
        timely,
    },
    cli::failure::Failure,
    proto::v1::{ListEventsRequest, WatchEventsRequest, watch_events_response::Message},
};

use super::shared::Shared;

/// A stream that is silent for longer is dead.
const SILENCE: Duration = Duration::from_secs(60);

/// Follows the feed from its beginning until it is dropped; what it shows is counted and checked.
pub async fn follow(connection: Connection, site: String, shared: Shared) {
    let mut pause = Pause::default();
    let mut cursor = String::new();
    loop {
        let status = watch(&connection, &site, &mut cursor, &shared, &mut pause).await;
        if !passes_by_itself(&status) {
            let message = format!("the event feed: {}", explain(&status));
            shared.with(|tally| tally.is_wrong(message));
            return;
        }
        tokio::time::sleep(pause.grow()).await;
    }
}

/// Answers why the stream ended.
async fn watch(
    connection: &Connection,
    site: &str,
    cursor: &mut String,
    shared: &Shared,
    pause: &mut Pause,
) -> Status {
    let request = WatchEventsRequest {
        site: site.to_owned(),
        cursor: cursor.clone(),
    };
    let mut client = connection.comments();
    let mut stream = match once(client.watch_events(request)).await {
        Ok(stream) => stream,
        Err(status) => return status,
    };
    loop {
        let message = match tokio::time::timeout(SILENCE, stream.message()).await {
            Ok(Ok(Some(message))) => message.message,
            Ok(Ok(None)) => return Status::unavailable("the service closed it"),
            Ok(Err(status)) => return status,
            Err(_) => return Status::unavailable("no sign of life"),
        };
        *pause = Pause::default();
        match message {
            Some(Message::Event(event)) => {
                cursor.clone_from(&event.cursor);
                shared.with(|tally| tally.event(event));
            }
            Some(Message::Heartbeat(beat)) if !beat.cursor.is_empty() => *cursor = beat.cursor,
            Some(Message::Heartbeat(_)) | None => {}
        }
    }
}

/// All cursors of the feed, read a second time, by polling.
///
/// # Errors
/// As the service says.
pub async fn cursors(connection: &Connection, site: &str) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let request = ListEventsRequest {
            site: site.to_owned(),
            cursor,
            page_size: 500,
        };
        let page = once(connection.comments().list_events(timely(request)))
            .await
            .map_err(|status| explain(&status))?;
        all.extend(page.events.into_iter().map(|event| event.cursor));
        cursor = page.next_cursor;
        if !page.more {
            return Ok(all);
        }
    }
}
