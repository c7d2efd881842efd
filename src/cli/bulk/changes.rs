//! `replydesk bulk changes`: what an operation did to each comment.

use serde_json::json;

use crate::{
    cli::{
        client::{Connection, explain::explain, once, reach::Reach, timely},
        failure::Failure,
        output, untrusted,
    },
    comment::ids::OperationId,
    proto::v1::{BulkChange, ListBulkChangesRequest},
};

/// The most that the service answers at once.
const PAGE: i32 = 1_000;

/// List what an operation did: each comment, and the version that was made.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk bulk changes --site daily 01890a5d-ac96-774b-bcce-b302099a8057
  replydesk bulk changes --site daily --undone --json \\
      01890a5d-ac96-774b-bcce-b302099a8057")]
pub(super) struct Changes {
    /// The operation.
    #[arg(value_name = "UUID")]
    operation: OperationId,
    /// The site.
    #[arg(long)]
    site: String,
    /// What undoing it did.
    #[arg(long)]
    undone: bool,
    /// Print JSON, one line a comment.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs it.
///
/// # Errors
/// There is no such operation, the key is not good for its site, or the service is not there.
pub(super) async fn run(args: Changes) -> Result<(), Failure> {
    let connection = Connection::open(&args.reach.target()?).await?;
    let mut request = ListBulkChangesRequest {
        site: args.site,
        operation_id: args.operation.to_string(),
        undone: args.undone,
        page_size: PAGE,
        page_token: String::new(),
    };
    loop {
        let asked = timely(request.clone());
        let page = once(connection.moderation().list_bulk_changes(asked)).await;
        let page = page.map_err(|status| explain(&status))?;
        for change in &page.changes {
            show(change, args.json)?;
        }
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}

fn show(change: &BulkChange, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::json(&json!({
            "comment_id": change.comment_id,
            "version": change.version,
            "event_sequence": change.event_sequence,
        }));
    }
    output::say(format!(
        "{}  v{}  event {}",
        untrusted::line(&change.comment_id),
        change.version,
        change.event_sequence
    ))
}
