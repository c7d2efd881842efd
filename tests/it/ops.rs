//! What the ops port tells those who run the service: each figure moves when its thing happens, and no caller can make it
//! tell more.

mod bounds;
mod calls;
mod page;
mod probes;
mod redis;
mod reviews;
mod submissions;

use crate::harness::{Desk, ops::OpsPort};

pub const PORT: (&str, &str) = ("ops.listen", "127.0.0.1:0");

/// One replica with an ops port.
async fn desk() -> (Desk, OpsPort) {
    desk_with(&[]).await
}

async fn desk_with(settings: &[(&str, &str)]) -> (Desk, OpsPort) {
    let settings: Vec<_> = settings.iter().copied().chain([PORT]).collect();
    let desk = Desk::with(1, &settings).await;
    let ops = desk.replicas[0].ops();
    (desk, ops)
}
