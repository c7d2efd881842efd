//! The `replydesk` command.

use std::process::ExitCode;

use clap::Parser;
use replydesk::cli::{self, Arguments};

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("replydesk: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
