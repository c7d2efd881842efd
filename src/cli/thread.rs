//! `replydesk thread`: whether a thread takes comments, how it is moderated for a while, and how many it has.

mod print;

use clap::{Subcommand, ValueEnum};

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    proto::v1::{
        CloseThreadRequest, CountCommentsRequest, CountedThread, GetThreadRequest, ModerationMode,
        SetThreadPolicyRequest, ThreadSettings,
    },
};

use super::{clock, failure::Failure};

/// Close and open threads, moderate one in its own way for a while, count comments. Needs a moderator's key; counting any.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk thread close --site daily tram-line
  replydesk thread moderate --site daily tram-line pre --for 6h     # a storm
  replydesk thread show --site daily tram-line
  replydesk thread count --site daily tram-line town-hall --json")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    reach: Reach,
    /// Print JSON, one line a thing.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Close a thread to new comments.
    #[command(after_help = "Example:\n  replydesk thread close --site daily tram-line")]
    Close(Name),
    /// Open a thread again, and keep it open whatever its age.
    #[command(after_help = "Example:\n  replydesk thread reopen --site daily tram-line")]
    Reopen(Name),
    /// Moderate a thread in its own way for a while.
    #[command(after_help = "\
Examples:
  replydesk thread moderate --site daily tram-line pre --for 6h
  replydesk thread moderate --site daily tram-line site   # as the site again")]
    Moderate {
        #[command(flatten)]
        name: Name,
        /// When its comments are shown.
        #[arg(value_enum)]
        mode: Mode,
        /// For how long: 6h, 2d; at most 30d.
        #[arg(long = "for", value_name = "SPAN", value_parser = clock::parse_ahead)]
        end: Option<prost_types::Timestamp>,
        /// Until when, such as 2026-01-31T09:30:00Z.
        #[arg(long, value_name = "TIME", conflicts_with = "end", value_parser = clock::parse_moment)]
        until: Option<prost_types::Timestamp>,
    },
    /// Show a thread: whether it takes comments, how it is moderated, how many it has.
    #[command(after_help = "Example:\n  replydesk thread show --site daily tram-line --json")]
    Show(Name),
    /// Count the comments of some threads.
    #[command(after_help = "Example:\n  replydesk thread count --site daily tram-line town-hall")]
    Count {
        /// The site.
        #[arg(long)]
        site: String,
        /// The blog's own names of the articles, at most 200.
        #[arg(required = true)]
        threads: Vec<String>,
    },
}

#[derive(Debug, clap::Args)]
struct Name {
    /// The site.
    #[arg(long)]
    site: String,
    /// The blog's own name of the article.
    thread: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// A moderator sees each comment before readers do.
    Pre,
    /// Readers see it at once, a moderator afterwards.
    Post,
    /// The score decides.
    Automatic,
    /// As the site again.
    Site,
}

/// Runs it.
///
/// # Errors
/// The service refuses it or is not there; a span or a time that is none.
pub async fn run(args: Args) -> Result<(), Failure> {
    let target = args.reach.target()?;
    let json = args.json;
    let open = || Connection::open(&target);
    match args.verb {
        Verb::Close(name) => close(&open().await?, name, false, json).await,
        Verb::Reopen(name) => close(&open().await?, name, true, json).await,
        Verb::Moderate {
            name,
            mode,
            end,
            until,
        } => {
            let until = last(mode, until.or(end))?;
            let thread = moderate(&open().await?, name, mode, until).await?;
            print::settings(&thread, json)
        }
        Verb::Show(name) => print::settings(&show(&open().await?, name).await?, json),
        Verb::Count { site, threads } => {
            print::counts(&count(&open().await?, site, threads).await?, json)
        }
    }
}

async fn close(
    connection: &Connection,
    name: Name,
    reopen: bool,
    json: bool,
) -> Result<(), Failure> {
    let thread_id = name.thread.clone();
    let request = CloseThreadRequest {
        site: name.site,
        thread_id: name.thread,
        reopen,
    };
    let response = once(connection.sites().close_thread(timely(request))).await;
    let closed = response.map_err(|status| explain(&status))?.closed;
    print::closed(&thread_id, closed, json)
}

async fn moderate(
    connection: &Connection,
    name: Name,
    mode: Mode,
    until: Option<prost_types::Timestamp>,
) -> Result<ThreadSettings, Failure> {
    let request = SetThreadPolicyRequest {
        site: name.site,
        thread_id: name.thread,
        mode: ModerationMode::from(mode).into(),
        until,
    };
    let response = once(connection.sites().set_thread_policy(timely(request))).await;
    let thread = response.map_err(|status| explain(&status))?.thread;
    thread.ok_or_else(|| Failure::new("the service answered without the thread"))
}

async fn show(connection: &Connection, name: Name) -> Result<ThreadSettings, Failure> {
    let request = GetThreadRequest {
        site: name.site,
        thread_id: name.thread,
    };
    let response = once(connection.sites().get_thread(timely(request))).await;
    let thread = response.map_err(|status| explain(&status))?.thread;
    thread.ok_or_else(|| Failure::new("the service answered without the thread"))
}

async fn count(
    connection: &Connection,
    site: String,
    thread_ids: Vec<String>,
) -> Result<Vec<CountedThread>, Failure> {
    let request = CountCommentsRequest { site, thread_ids };
    let response = once(connection.comments().count_comments(timely(request))).await;
    Ok(response.map_err(|status| explain(&status))?.threads)
}

/// Until when a mode holds; `None` for the site's own.
fn last(
    mode: Mode,
    end: Option<prost_types::Timestamp>,
) -> Result<Option<prost_types::Timestamp>, Failure> {
    if mode == Mode::Site {
        return Ok(None);
    }
    let missing = || {
        Failure::usage("say for how long: --for 6h, or --until 2026-01-31T09:30:00Z; at most 30 d")
    };
    end.ok_or_else(missing).map(Some)
}

impl From<Mode> for ModerationMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Pre => Self::Pre,
            Mode::Post => Self::Post,
            Mode::Automatic => Self::Automatic,
            Mode::Site => Self::Unspecified,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_needs_an_end_and_the_site_s_own_none() {
        let end = clock::parse_moment("2026-01-31T09:30:00Z").expect("a time");
        assert_eq!(last(Mode::Site, Some(end)).expect("none"), None);
        assert_eq!(last(Mode::Pre, Some(end)).expect("a time"), Some(end));
        let failure = last(Mode::Pre, None).expect_err("no end");
        assert_eq!(failure.exit_code(), 2);
        let says = "say for how long: --for 6h";
        assert!(failure.to_string().starts_with(says), "{failure}");
    }
}
