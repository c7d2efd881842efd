//! Waiting for what must come, and no longer than it may take.

use std::time::{Duration, Instant};

/// Between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Looks until there is something to see; fails when it takes longer than it may.
pub async fn until<T>(what: &str, within: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(started.elapsed() < within, "not within {within:?}: {what}");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// What a future brings, or a failure that says what did not come.
pub async fn soon<T>(what: &str, within: Duration, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(within, future)
        .await
        .unwrap_or_else(|_| panic!("not within {within:?}: {what}"))
}
