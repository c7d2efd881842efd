//! `replydesk demo`: a blog, two moderators and an event feed at work, on real comments and a real Redis.

mod blog;
mod feed;
mod input;
mod leftovers;
mod made_up;
mod moderator;
mod progress;
mod report;
mod run;
mod service;
mod setup;
mod shared;
mod tally;
mod wait;

use std::path::PathBuf;

use crate::cli::client::{Connection, reach::Reach};

use super::{failure::Failure, interrupt};
use service::Service;

/// See it work: comments come in, moderators decide, the blog hears of it; then the totals must add up.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk demo
  replydesk demo --quick
  replydesk demo --data comments.jsonl   # JSON lines with id and text
  replydesk demo --running --json        # a check of a service that runs

Contact fields that the data lacks are made up: example domains and documentation
addresses only.")]
pub struct Args {
    /// Comments as JSON lines; our own examples if left out.
    #[arg(long, value_name = "FILE.jsonl")]
    data: Option<PathBuf>,
    /// At most forty comments.
    #[arg(long)]
    quick: bool,
    /// Use the service that runs at --address (admin key needed), rather than starting one; leaves a site `demo-…` there, but no
    /// key.
    #[arg(long)]
    running: bool,
    /// Print nothing but one line of JSON at the end.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs it. Ctrl-C stops the service cleanly.
///
/// # Errors
/// Something failed, or the totals don't add up: exit code 1.
pub async fn run(args: Args) -> Result<(), Failure> {
    let entries = input::read(args.data.as_deref())?;
    let entries = if args.quick {
        input::thin_out(entries, 40)
    } else {
        entries
    };
    let plan = run::Plan {
        entries,
        own_examples: args.data.is_none(),
        own_service: !args.running,
        json: args.json,
    };
    let started = std::time::Instant::now();
    let mut service = if args.running {
        Service::running(&args.reach)?
    } else {
        tokio::select! {
            service = Service::start() => service?,
            () = interrupt::requested() => return Err(Failure::new("stopped")),
        }
    };
    let target = service.target.clone();
    let keys = setup::Keys::default();
    plan.introduce(target.address(), service.directory(), started.elapsed())?;
    let work = async {
        plan.run(&Connection::open(&target).await?, target.address(), &keys)
            .await
    };
    let done = tokio::select! {
        done = work => done,
        failure = service.ended_early() => Err(failure),
        () = interrupt::requested() => Err(Failure::new("stopped before the end, and the service with it")),
    };
    progress::finish();
    // Keys in a service of our own end with it.
    if args.running {
        setup::revoke(&target, &keys).await;
    }
    let stopped = service.stop().await;
    done.and(stopped)
}
