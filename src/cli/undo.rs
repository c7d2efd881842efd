//! `replydesk undo`: takes a decision back.

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    comment::ids::CommentId,
    proto::v1::UndoDecisionRequest,
};

use super::{failure::Failure, json, output, words};

/// Undo the last decision on a comment, or its escalation.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk comments --site daily 01890a5d-ac96-774b-bcce-b302099a8057
  replydesk undo --site daily 01890a5d-ac96-774b-bcce-b302099a8057 2
The first line says which version it is: APPROVED, version 2.")]
pub struct Args {
    /// The comment.
    #[arg(value_name = "UUID")]
    id: CommentId,
    /// The comment's version now, as `comments` and `audit` show it: 2 after a first decision. If it has changed since,
    /// nothing is undone.
    version: u32,
    /// The site.
    #[arg(long)]
    site: String,
    /// For other moderators.
    #[arg(long, default_value = "", hide_default_value = true)]
    note: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs it.
///
/// # Errors
/// Something came after the decision, it is too old, or the service is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let connection = Connection::open(&args.reach.target()?).await?;
    let request = UndoDecisionRequest {
        site: args.site,
        comment_id: args.id.to_string(),
        version: args.version,
        note: args.note,
    };
    let undone = once(connection.moderation().undo_decision(timely(request))).await;
    let undone = undone.map_err(|status| explain(&status))?;
    if args.json {
        return output::json(&json::undone(&undone));
    }
    output::say(format!(
        "undone: {}; the comment is {} again, at version {}",
        words::verdict(undone.verdict).to_lowercase(),
        words::state(undone.state),
        undone.version
    ))
}
