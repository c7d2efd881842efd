//! The command line: one file a command, each with its arguments and `run`.

pub mod eval;
pub mod failure;
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
    Eval(eval::Args),
    Train(train::Args),
}

/// Runs one command to its end.
///
/// # Errors
/// What went wrong and what to do, as the user should read it, with the process's exit code.
pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Eval(args) => eval::run(args).await,
        Command::Train(args) => train::run(args).await,
    }
}
