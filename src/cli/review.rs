//! `replydesk review`: works a site's queue, one item at a time.

mod ask;
pub mod card;
mod context;
pub mod input;
mod interactive;
pub mod keys;
pub mod line;
mod piped;
mod press;
pub mod screen;
pub mod session;
mod stream;
mod terminal;

use std::io::IsTerminal;

use crate::{
    cli::client::{Connection, reach::Reach},
    proto::v1::{Lane, work_queue_request::start::Within},
};

use super::failure::Failure;
use session::Place;

/// Review comments: one at a time, the most urgent first. Needs a moderator's key.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The keys are on the screen, and ? tells of each: approve, reject (with a reason of the site's), spam, \
escalate, skip, note, undo, what surrounds the comment, its wave (one verdict on all of it, after a \
preview), the author's standing, blacking words out, lanes and sites, pause. Nothing that comes in moves the \
comment that you look at.

Examples:
  replydesk review --site daily
  replydesk review --site daily,weekly --lane reported
  coproc replydesk review --site daily --json     # from a script

With --json, standard output has one JSON object a line, each with one of these:
  item       {comment, lease_expires_at, due_at, lane, author_history}: decide
             on it; the comment has the score's reasons, and wave_id and
             wave_size where others said nearly the same
  decision   {comment_id, state, version, verdict, decided_at, replayed}:
             carried out
  skipped    \"UUID\": given back
  noted      \"UUID\": the note is left
  undone     {comment_id, state, version, verdict, undone_at, replayed}:
             a decision was undone
  paused     true or false
  withdrawn  \"UUID\": not yours any more; don't decide on it. Beside it: reason,
             and state and version where those have changed
  problem    {comment_id, reason, message, state, version}: refused, nothing
             was changed
  error      \"why\", and line: a line of standard input that was not understood
  queue      {site, waiting, leased, oldest_waiting_seconds, pending, approved,
             rejected, spam, lanes}
For items that were printed, it reads lines such as
  {\"comment_id\": \"01890a5d-ac96-774b-bcce-b302099a8057\", \"verdict\": \"approve\"}
from standard input (approve, reject, spam, escalate or skip; reason_code and
note may be added, and cool_down_seconds for a skip). Also note (on any comment,
its text in note), undo (a decision of this run), and pause and resume, which
need no comment_id.
It ends when standard input ends and every verdict is answered; with exit code 1
if a line of input failed: an error or a problem was printed.")]
pub struct Args {
    /// The site; several are served in turn.
    #[arg(long, required = true, value_delimiter = ',')]
    site: Vec<String>,
    /// From which lanes; review and reported if none is named.
    #[arg(long, value_delimiter = ',')]
    lane: Vec<LaneName>,
    /// Only comments of this wave.
    #[arg(long, conflicts_with = "thread")]
    wave: Option<String>,
    /// Only comments of this article.
    #[arg(long)]
    thread: Option<String>,
    /// How many items to hold at once, 1 to 100.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(i32).range(1..=100))]
    prefetch: i32,
    /// Speak JSON lines, for scripts.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// A lane, as it is named on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LaneName {
    /// What policy wants a moderator to see.
    Review,
    /// What readers reported.
    Reported,
    /// What was left to senior moderators.
    Escalated,
    /// Appeals against rejections.
    Appeals,
}

impl From<LaneName> for Lane {
    fn from(name: LaneName) -> Self {
        match name {
            LaneName::Review => Self::Review,
            LaneName::Reported => Self::Reported,
            LaneName::Escalated => Self::Escalated,
            LaneName::Appeals => Self::Appeals,
        }
    }
}

/// Runs it.
///
/// # Errors
/// The service refuses the stream or is not there; no terminal and no `--json`.
pub async fn run(args: Args) -> Result<(), Failure> {
    let has_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if !args.json && !has_terminal {
        return Err(Failure::usage(
            "review needs a terminal for its keys and screen; for a script there is --json",
        ));
    }
    let connection = Connection::open(&args.reach.target()?).await?;
    let within = args.wave.map(Within::WaveId);
    let place = Place {
        sites: args.site,
        prefetch: args.prefetch,
        lanes: args.lane.into_iter().map(Lane::from).collect(),
        within: within.or(args.thread.map(Within::ThreadId)),
    };
    if args.json {
        piped::run(connection, place).await
    } else {
        interactive::run(connection, place).await
    }
}
