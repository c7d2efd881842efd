//! `replydesk privacy rewrap`.

mod moving;

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

use serde_json::json;

use super::open::{cannot_read, read_keys};
use crate::{
    cli::{
        client::{Connection, reach::Reach},
        clock,
        failure::Failure,
        json, output,
    },
    privacy::keys::OfficerPublicKey,
};
use moving::{Mover, Tally};

/// Move data keys from the officer's old key pair to the new one, so that the old private key is needed no more.
///
/// Run it where the old private key is, once every replica has the new public key: each data key is opened and wrapped
/// anew here, and only wrapped ones travel. Whatever cuts it off: the same command again goes on, and one more does
/// nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  replydesk privacy rewrap --site daily --private-key-file old.key \\
      --public-key-file new/privacy.pub")]
pub struct Args {
    /// A site; several, each with the flag.
    #[arg(long = "site", value_name = "SITE", required = true)]
    sites: Vec<String>,
    /// An old private key (rdpriv1_…); several, each with the flag.
    #[arg(long = "private-key-file", value_name = "FILE", required = true)]
    private_key_files: Vec<PathBuf>,
    /// The new public key (rdpub1_…), as the officer made it: not as somebody sent it.
    #[arg(long, value_name = "FILE")]
    public_key_file: PathBuf,
    /// Only count.
    #[arg(long)]
    dry_run: bool,
    /// Print a JSON object a site.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let mover = Mover {
        from: read_keys(&args.private_key_files)?,
        to: read_public_key(&args.public_key_file)?,
        connection: Connection::open(&args.reach.target()?).await?,
        only_look: args.dry_run,
    };
    let draws = !args.json && std::io::stderr().is_terminal();
    let mut is_done = true;
    for site in &args.sites {
        let moved = mover.site(site, |tally| draw(draws, site, tally)).await;
        if draws {
            eprintln!();
        }
        let tally = moved?;
        is_done &= tally.is_done();
        if args.json {
            output::json(&told(site, &tally, args.dry_run))?;
        } else {
            say(site, &tally, args.dry_run)?;
        }
    }
    if is_done {
        Ok(())
    } else {
        Err(Failure::new(
            "not all could be moved: keep the old private keys, without which they open for nobody",
        ))
    }
}

fn read_public_key(path: &Path) -> Result<OfficerPublicKey, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| cannot_read(path, &error))?;
    let key = text.parse();
    key.map_err(|error| Failure::usage(format!("the key in {} {error}", path.display())))
}

fn draw(draws: bool, site: &str, tally: &Tally) {
    if draws {
        eprint!(
            "\r{site}: {} data keys seen, {} moved ",
            tally.seen, tally.moved
        );
        // Progress that cannot be shown is no reason to stop.
        let _ = std::io::stderr().flush();
    }
}

fn told(site: &str, tally: &Tally, only_looked: bool) -> serde_json::Value {
    json!({
        "site": site,
        "dry_run": only_looked,
        "moved": tally.moved,
        "moved_before": tally.moved_before,
        "destroyed": tally.destroyed,
        "not_given": tally.not_given,
        "damaged": tally.damaged,
        "log_rewrite_due_at": json::time(tally.log_rewrite_due_at.as_ref()),
    })
}

fn say(site: &str, tally: &Tally, only_looked: bool) -> Result<(), Failure> {
    let moved = if only_looked {
        "would be moved"
    } else {
        "moved"
    };
    let mut line = format!("{site}: {} data keys {moved}", tally.moved);
    if tally.moved_before > 0 {
        line += &format!(", {} were before", tally.moved_before);
    }
    if tally.destroyed > 0 {
        line += &format!(
            ", {} were destroyed meanwhile, and stay so",
            tally.destroyed
        );
    }
    output::say(line)?;
    for (officer, count) in &tally.not_given {
        let what = "whose private key was not given";
        output::say(format!("{site}: {count} are wrapped to {officer}, {what}"))?;
    }
    if tally.damaged > 0 {
        output::say(format!(
            "{site}: {} do not open with the key that they name: they were changed",
            tally.damaged
        ))?;
    }
    match &tally.log_rewrite_due_at {
        None => Ok(()),
        due => output::say(format!(
            "{site}: Redis forgets the old ones in its append-only file by {}; backups, by their own retention",
            clock::readable(due.as_ref())
        )),
    }
}
