//! The command line: one file a command, each with its arguments and `run`.

pub mod configuration;
pub mod failure;
pub mod privacy;
pub mod serve;

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
}
