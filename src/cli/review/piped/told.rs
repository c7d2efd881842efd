//! What a script is told, as JSON.

use serde_json::{Value, json};

use crate::{
    cli::{json, words},
    proto::v1::{SiteQueue, work_queue_response::Withdrawn},
};

/// A state or a version only where the comment has changed.
pub(super) fn withdrawn(gone: &Withdrawn) -> Value {
    let reason = gone.reason().as_str_name();
    let mut value = json!({
        "withdrawn": gone.comment_id,
        "reason": reason.strip_prefix("WITHDRAWAL_REASON_").unwrap_or(reason),
    });
    if gone.version > 0 {
        value["state"] = json!(words::state(gone.state));
        value["version"] = json!(gone.version);
    }
    value
}

/// How a site's queue stands.
pub(super) fn queue_json(queue: &SiteQueue) -> Value {
    let mut value = queue.stats.as_ref().map_or_else(|| json!({}), json::stats);
    value["site"] = json!(queue.site);
    for lane in &queue.lanes {
        value["lanes"][words::lane(lane.lane)] = json!({
            "waiting": lane.waiting,
            "oldest_waiting_seconds": lane.oldest_waiting.as_ref().map(|oldest| oldest.seconds),
        });
    }
    value
}
