//! When the demo is over: nothing is left to decide, and the feed has told all of it.

use std::time::{Duration, Instant};

use crate::{
    cli::client::{Connection, explain::explain, once, timely},
    cli::failure::Failure,
    proto::v1::{GetQueueStatsRequest, QueueStats},
};

use super::shared::Shared;

/// How often it is asked whether anything is left.
const LOOK: Duration = Duration::from_millis(100);

/// No progress for so long means that none will come.
const PATIENCE: Duration = Duration::from_secs(40);

/// The queue's figures.
///
/// # Errors
/// As the service says.
pub async fn queue(connection: &Connection, site: &str) -> Result<QueueStats, Failure> {
    let request = GetQueueStatsRequest {
        site: site.to_owned(),
    };
    let response = once(connection.moderation().get_queue_stats(timely(request))).await;
    Ok(response
        .map_err(|status| explain(&status))?
        .stats
        .unwrap_or_default())
}

/// Waits until no item waits and none is held.
///
/// # Errors
/// Nobody decides any more, or as the service says.
pub async fn until_decided(
    connection: &Connection,
    site: &str,
    shared: &Shared,
) -> Result<(), Failure> {
    let mut before = 0;
    let mut since = Instant::now();
    loop {
        let stats = queue(connection, site).await?;
        let left = stats.waiting + stats.leased;
        if left == 0 {
            return Ok(());
        }
        let decided = shared.with(|tally| {
            tally.queue = stats;
            tally.decided_count()
        });
        if decided != before {
            before = decided;
            since = Instant::now();
        }
        if since.elapsed() > PATIENCE {
            let wrong = shared.with(|tally| tally.wrong.join("; "));
            return Err(Failure::new(format!(
                "{left} items are in the queue, and no moderator has decided one for {} s; {wrong}",
                PATIENCE.as_secs()
            )));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Waits until the feed has shown all it must; the count afterwards says if it didn't.
pub async fn until_told(shared: &Shared) {
    let mut before = 0;
    let mut since = Instant::now();
    loop {
        let (events, expected) = shared.with(|tally| (tally.events, tally.events_expected()));
        if events >= expected || since.elapsed() > PATIENCE / 4 {
            return;
        }
        if events != before {
            before = events;
            since = Instant::now();
        }
        tokio::time::sleep(LOOK).await;
    }
}
