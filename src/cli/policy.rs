//! `replydesk policy`: tries policies before they are applied.

mod backtest;
mod grid;
mod report;
mod settings;

use clap::Subcommand;

use super::{client::reach::Reach, clock, failure::Failure};

/// Try a policy on the comments that are there. Needs an admin key; changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  replydesk policy backtest --site daily --set approve_below=0.1 \\
      --set spam_above=0.9")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Backtest(Backtest),
}

const HELP: &str = "\
--set takes mode (pre, post, automatic), approve_at, spam_at (0 to 1), hold_first_comment (true,
false), max_links (0 or more), hold_words and reject_words (['word', 'a phrase']), as `site get
--toml` writes them. approve_below and spam_above are other names of approve_at and spam_at.

Each comment is decided anew by the score, the links and the author's history that it came with.
Limits, required fields and what chance puts before moderators take no part.

Examples:
  replydesk policy backtest --site daily --set approve_below=0.1 \\
      --set spam_above=0.9
  replydesk policy backtest --site daily --set hold_first_comment=false \\
      --since 30d --examples 10
  replydesk policy backtest --site daily --json       # the policy as it is";

/// What another policy would have approved, held and marked, and where moderators disagree.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
struct Backtest {
    /// The site.
    #[arg(long)]
    site: String,
    /// A change to try; repeat it for more.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// How many comments, the newest: at most 100,000.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(i32).range(1..=100_000))]
    last: i32,
    /// Only comments that came since then: 30d, 12h, or a time such as 2026-01-31T09:30:00Z.
    #[arg(long, value_name = "TIME", value_parser = clock::parse_past)]
    since: Option<prost_types::Timestamp>,
    /// How many examples of each kind of disagreement: at most 50.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(i32).range(0..=50))]
    examples: i32,
    /// Print the figures as one line of JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs it.
///
/// # Errors
/// A setting that is none; the service refuses it or is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    match args.verb {
        Verb::Backtest(args) => backtest::run(args).await,
    }
}
