//! `replydesk bulk`: decides on many comments at once, and takes that back.

mod changes;
mod decide;
mod report;
mod undo;

use clap::Subcommand;

use super::{client::reach::Reach, failure::Failure, words};
use crate::{
    comment::ids::{CommentId, OperationId, WaveId},
    comment::lane::Lane,
    proto::v1::Verdict,
};

/// Decide on many comments at once, undo that, or list what it did. Needs a moderator's key.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk bulk decide --site daily --wave 4711 --verdict spam
  replydesk bulk undo --site daily 01890a5d-ac96-774b-bcce-b302099a8057")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Decide(Box<Decide>),
    Undo(Undo),
    Changes(changes::Changes),
}

const HELP: &str = "\
Only what nobody has decided yet is decided; what another moderator holds or must decide is left,
and counted. What would be decided is shown first.

Examples:
  replydesk bulk decide --site daily --wave 4711 --verdict spam
  replydesk bulk decide --site daily \\
      --author-of 01890a5d-ac96-774b-bcce-b302099a8057 --verdict reject
  replydesk bulk decide --site daily --lane review --thread tram \\
      --verdict approve --dry-run
  replydesk bulk decide --site daily --ids spam.txt --verdict spam --yes --json

An operation that was cut off goes on when it is asked for again with the --operation
that it told.";

/// Decide on a wave, on what waits of an author or in a lane, or on named comments.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
struct Decide {
    /// The site.
    #[arg(long)]
    site: String,
    #[command(flatten)]
    which: Which,
    /// Only below this article.
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    thread: String,
    /// approve, reject or spam.
    #[arg(long, value_parser = verdict)]
    verdict: Verdict,
    /// The site's own code for a rejection.
    #[arg(
        long,
        value_name = "CODE",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
    /// For other moderators.
    #[arg(long, default_value = "", hide_default_value = true)]
    note: String,
    /// Show what would be decided, and decide nothing.
    #[arg(long)]
    dry_run: bool,
    /// Don't ask.
    #[arg(long)]
    yes: bool,
    /// Go on with the operation of this name, or give a new one this name.
    #[arg(long, value_name = "UUID")]
    operation: Option<OperationId>,
    /// Print JSON, one line each for what would be and what was decided.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The comments of this wave, the `wave_id` of a comment.
    #[arg(long, value_name = "WAVE-ID")]
    wave: Option<WaveId>,
    /// What waits of this comment's author.
    #[arg(long, value_name = "UUID")]
    author_of: Option<CommentId>,
    /// What waits in a lane: review, reported, escalated or appeals.
    #[arg(long, value_parser = words::lane_of)]
    lane: Option<Lane>,
    /// The comments that this file names, a UUID a line; - for standard input. At most 1,000.
    #[arg(long, value_name = "FILE")]
    ids: Option<std::path::PathBuf>,
}

/// Undo what a bulk decision did, where nothing came after it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk bulk undo --site daily 01890a5d-ac96-774b-bcce-b302099a8057
  replydesk audit --site daily --action bulk-decided    # which there were")]
struct Undo {
    /// The operation.
    #[arg(value_name = "UUID")]
    operation: OperationId,
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
/// The service refuses it or is not there, or the answer is no.
pub async fn run(args: Args) -> Result<(), Failure> {
    match args.verb {
        Verb::Decide(args) => decide::run(*args).await,
        Verb::Undo(args) => undo::run(args).await,
        Verb::Changes(args) => changes::run(args).await,
    }
}

fn verdict(word: &str) -> Result<Verdict, &'static str> {
    match word {
        "approve" => Ok(Verdict::Approve),
        "reject" => Ok(Verdict::Reject),
        "spam" => Ok(Verdict::Spam),
        _ => Err("must be approve, reject or spam"),
    }
}
