//! The `replydesk` command.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use replydesk::cli::{self, Arguments};

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Whoever reads standard error may be gone.
            let _ = writeln!(std::io::stderr(), "replydesk: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
