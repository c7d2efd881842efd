//! The `replydesk` command.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use mimalloc::MiMalloc;
use replydesk::cli::{self, Arguments};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
