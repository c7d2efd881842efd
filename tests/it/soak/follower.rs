//! One who follows the feed, whatever happens to the connection.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use replydesk::proto::v1::{self, watch_events_response::Message as News};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::{
    SITE,
    ledger::Ledger,
    load::{CALL, is_final},
};
use crate::harness::clients::Client;

/// What the follower has seen, in the order in which it came.
pub type Seen = Arc<Mutex<Vec<v1::Event>>>;

/// Follows the feed, and connects again from the last cursor whenever it breaks off.
pub async fn follow(client: Client, ledger: Ledger, seen: Seen, stop: CancellationToken) {
    let following = async {
        loop {
            let cursor = seen
                .lock()
                .unwrap()
                .last()
                .map(|event| event.cursor.clone());
            let request = v1::WatchEventsRequest {
                site: SITE.to_owned(),
                cursor: cursor.unwrap_or_default(),
            };
            if let Err(status) = watch(&client, request, &seen).await {
                assert!(!is_final(status.code()), "the feed is lost: {status:?}");
                ledger.stream_ended(&status);
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    stop.run_until_cancelled(following).await;
}

async fn watch(
    client: &Client,
    request: v1::WatchEventsRequest,
    seen: &Seen,
) -> Result<(), Status> {
    let mut comments = client.comments.clone();
    let opened = timeout(CALL, comments.watch_events(request)).await;
    let mut news = opened
        .map_err(|_| Status::deadline_exceeded("no stream"))??
        .into_inner();
    while let Some(message) = news.message().await? {
        if let Some(News::Event(event)) = message.message {
            seen.lock().unwrap().push(event);
        }
    }
    Ok(())
}
