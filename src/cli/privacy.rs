//! `replydesk privacy`: keys for sealing and hashing, opening what was sealed, and the rights of data subjects. Run by the
//! privacy officer, where the private key is.

use crate::cli::failure::Failure;

mod erase;
mod export;
mod fingerprint;
mod hold;
mod key_files;
mod keygen;
mod open;
mod retention;
mod reveal;
mod rewrap;
mod sealed;
mod subject;

/// The privacy officer's: make the keys, reveal and open contact data, export, erase and hold data subjects, change
/// the key pair.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk privacy keygen --out-dir ./keys
  replydesk privacy reveal --site daily 01890a5d-ac96-774b-bcce-b302099a8057 \\
      --reason \"police request 4711/26\" > sealed.json
  replydesk privacy open --private-key-file ./keys/privacy.key sealed.json
  replydesk privacy export --site daily --account reader-7 \\
      --reason \"asked for by the reader\"
  replydesk privacy erase --site daily --email-file address.txt \\
      --reason \"asked for by the reader\"
  replydesk privacy rewrap --private-key-file old.key \\
      --public-key-file new/privacy.pub
  replydesk privacy fingerprint new/privacy.pub
All but keygen, fingerprint and open need an access key of the role privacy-officer.")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Keygen(keygen::Args),
    Fingerprint(fingerprint::Args),
    Open(open::Args),
    Reveal(reveal::Args),
    Export(export::Args),
    Erase(erase::Args),
    Hold(hold::Args),
    Retention(retention::Args),
    Rewrap(rewrap::Args),
}

/// Does what was asked.
///
/// # Errors
/// What could not be done, and what to do instead.
pub async fn run(args: Args) -> Result<(), Failure> {
    match args.action {
        Action::Keygen(args) => keygen::run(&args),
        Action::Fingerprint(args) => fingerprint::run(&args),
        Action::Open(args) => open::run(&args),
        Action::Reveal(args) => reveal::run(args).await,
        Action::Export(args) => export::run(args).await,
        Action::Erase(args) => erase::run(args).await,
        Action::Hold(args) => hold::run(args).await,
        Action::Retention(args) => retention::run(args).await,
        Action::Rewrap(args) => rewrap::run(args).await,
    }
}
