//! `replydesk stats`: how a site's queue stands, and what became of it in the last 24 hours.

mod told;

pub(super) use told::verdicts;

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    proto::v1::GetQueueStatsRequest,
};

use super::{failure::Failure, output, style::Paint};

/// Show a site's queue in numbers: what waits, what came, and what was decided in the last 24 hours. Needs a moderator's
/// key.
///
/// Hours are hours of the clock in UTC; the last one is not over. Times to a decision are told to a fifth.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk stats --site daily
  replydesk stats --site daily --json \\
      | jq .last_day.time_to_decision_p90_seconds")]
pub struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs it.
///
/// # Errors
/// No such site, the key is not good for it, or the service is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let connection = Connection::open(&args.reach.target()?).await?;
    let request = GetQueueStatsRequest {
        site: args.site.clone(),
    };
    let response = once(connection.moderation().get_queue_stats(timely(request))).await;
    let stats = response.map_err(|status| explain(&status))?;
    if args.json {
        return output::json(&told::json(&args.site, &stats));
    }
    output::say(told::text(&args.site, &stats, Paint::for_stdout()))
}
