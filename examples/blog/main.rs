//! A small blog back end in Rust, by the crate's own client. `examples/README.md` tells what it prints and how it ends.

mod desk;
mod follow;
mod pause;
mod refusal;
mod service_config;
mod state;
mod submit;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use replydesk::{
    cli::{client::reach::Reach, failure::Failure, interrupt},
    comment::ids::CommentId,
};

use desk::Desk;
use follow::Follower;
use refusal::Refusal;
use state::{Form, State};

/// What a command ends with when the same again later may help, as of sysexits.h.
const TEMPORARY: u8 = 75;

/// A small blog back end that hands its comments to ReplyDesk.
#[derive(Parser)]
#[command(name = "blog")]
struct Arguments {
    /// The directory of the blog's records.
    #[arg(long, global = true, env = "BLOG_STATE", default_value = "blog-state")]
    state: PathBuf,
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Hand in a comment, and print what the reader should see.
    Submit(Box<Submit>),
    /// Hand in again what has no answer yet.
    Resend {
        /// For how many seconds to try each.
        #[arg(long, default_value = "30", value_parser = seconds)]
        wait: Duration,
    },
    /// Follow the feed, and print each change.
    Follow {
        #[arg(long)]
        site: String,
        /// Stop once so many changes are stored, earlier runs' among them.
        #[arg(long)]
        until: Option<u64>,
    },
    /// Print a thread's comments as HTML.
    Show {
        #[arg(long)]
        thread: String,
    },
}

#[derive(clap::Args)]
struct Submit {
    #[command(flatten)]
    form: Form,
    /// The comment's id from an attempt before; a fresh one if left out.
    #[arg(long)]
    id: Option<String>,
    /// For how many seconds to try.
    #[arg(long, default_value = "5", value_parser = seconds)]
    wait: Duration,
}

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{0}")]
    Unusable(#[from] Failure),
    #[error("the blog's records: {0}")]
    Records(#[from] std::io::Error),
    #[error("{0}")]
    Refused(#[from] Box<Refusal>),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("blog: {error}");
            ExitCode::from(if matches!(error, Error::Unusable(_)) {
                2
            } else {
                1
            })
        }
    }
}

async fn run(arguments: Arguments) -> Result<u8, Error> {
    let mut state = State::open(&arguments.state)?;
    let desk = || Desk::new(arguments.reach.target()?);
    match arguments.command {
        Command::Submit(submit) => {
            let id = submit.id.unwrap_or_else(|| CommentId::fresh().to_string());
            let form = submit.form.named(id);
            let answer = submit::hand_in(&desk()?, &state, &form, submit.wait).await?;
            Ok(print(&answer))
        }
        Command::Resend { wait } => resend(&desk()?, &state, wait).await,
        Command::Follow { site, until } => {
            let desk = desk()?;
            let mut follower = Follower::new(&desk, &mut state, site, until);
            // State is stored in whole steps, so stopping is safe at any moment.
            tokio::select! {
                () = interrupt::requested() => Ok(0),
                end = follower.run() => end.map(|()| 0),
            }
        }
        Command::Show { thread } => {
            show(&state, &thread);
            Ok(0)
        }
    }
}

async fn resend(desk: &Desk, state: &State, wait: Duration) -> Result<u8, Error> {
    let mut code = 0;
    for form in state.unanswered()? {
        let answer = submit::hand_in(desk, state, &form, wait).await?;
        code = code.max(print(&answer));
    }
    Ok(code)
}

fn show(state: &State, thread: &str) {
    for (id, comment) in state.approved(thread) {
        // Bodies are plain text: whatever a reader typed stays text.
        let text = |part: &Option<String>| escaped(part.as_deref().unwrap_or_default());
        println!(
            "<article id=\"{}\"><h4>{}</h4><p>{}</p></article>",
            escaped(id),
            text(&comment.name),
            text(&comment.body)
        );
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#x27;"),
            other => safe.push(other),
        }
    }
    safe
}

/// Prints an answer as a line, and says how the command ends.
fn print(answer: &serde_json::Value) -> u8 {
    println!("{answer}");
    match answer["result"].as_str() {
        Some("taken") => 0,
        Some("invalid") => 2,
        Some("limited" | "kept") => TEMPORARY,
        Some(_) | None => 1,
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "must be a number".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|why| why.to_string())
}
