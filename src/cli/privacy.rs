//! `replydesk privacy`: keys for sealing and hashing, and opening what was sealed. Run by the privacy officer.

use crate::cli::failure::Failure;

mod keygen;
mod open;

/// Make the privacy officer's keys, and open sealed contact data with them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk privacy keygen --out-dir ./keys
  replydesk privacy open --key-file ./keys/privacy.key sealed.json")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Keygen(keygen::Args),
    Open(open::Args),
}

/// Does what was asked.
///
/// # Errors
/// What could not be done, and what to do instead.
pub async fn run(args: Args) -> Result<(), Failure> {
    match args.action {
        Action::Keygen(args) => keygen::run(&args),
        Action::Open(args) => open::run(&args),
    }
}
