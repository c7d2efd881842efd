//! The command line: one file a command, each with its arguments and `run`.

pub mod configuration;
pub mod failure;
pub mod privacy;
pub mod serve;
pub mod clock;
pub mod demo;
pub mod events;
pub mod interrupt;
pub mod json;
pub mod key;
pub mod output;
pub mod review;
pub mod site;
pub mod style;
pub mod submit;
pub mod untrusted;
pub mod words;
pub mod eval;
pub mod train;

use clap::{Parser, Subcommand};

use failure::Failure;

/// The service behind "Leave a Reply": takes reader comments, scores them, and queues them for moderators.
#[derive(Debug, Parser)]
#[command(name = "replydesk", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Privacy(privacy::Args),
    Serve(serve::Args),
    Submit(Box<submit::Args>),
    Events(events::Args),
    Site(site::Args),
    Key(key::Args),
    Review(review::Args),
    Demo(demo::Args),
    Eval(eval::Args),
    Train(train::Args),
}

/// Runs one command to its end.
///
/// # Errors
/// What went wrong and what to do, as the user should read it, with the process's exit code.
pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Privacy(args) => privacy::run(args).await,
        Command::Serve(args) => serve::run(args).await,
    }
    let done = match arguments.command {
        Command::Submit(args) => submit::run(*args).await,
        Command::Events(args) => events::run(args).await,
        Command::Site(args) => site::run(args).await,
        Command::Key(args) => key::run(args).await,
        Command::Review(args) => review::run(args).await,
        Command::Demo(args) => demo::run(args).await,
    };
    done.or_else(Failure::unless_reader_left)
        Command::Eval(args) => eval::run(args).await,
        Command::Train(args) => train::run(args).await,
}
