//! `replydesk privacy rewrap`.

mod moving;

use std::{
    collections::BTreeSet,
    io::{IsTerminal, Write},
    path::PathBuf,
};

use serde_json::json;

use super::key_files::{read_keys, read_public_key};
use crate::{
    cli::{
        client::{Connection, explain::explain, once, reach::Reach, timely},
        clock,
        failure::Failure,
        json, output, untrusted,
    },
    proto::v1::ListSitesRequest,
};
use moving::{Mover, Tally};

/// Move data keys from the officer's old key pair to the new one, so that the old private key is needed no more.
///
/// Run it where the old private key is, once every replica has the new public key: each data key is opened and wrapped
/// anew here, and only wrapped ones travel. Whatever cuts it off: the same command again goes on, and one more does
/// nothing. Exit code 0 means that all of these sites is moved, and that no replica can store anything any more that is sealed
/// to another key than the new one: one that hung or was cut off meanwhile is refused by Redis until it has the new key. Other
/// sites than the access key is good for have data keys of their own: their officers move those.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk privacy rewrap --private-key-file old.key \\
      --public-key-file new/privacy.pub
  replydesk privacy rewrap --site daily --private-key-file old.key \\
      --public-key-file new/privacy.pub --dry-run")]
pub struct Args {
    /// A site; several, each with the flag. Without it: all sites that the access key is good for.
    #[arg(long = "site", value_name = "SITE")]
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
    let (mut is_left, mut also_sealed_to) = (false, BTreeSet::new());
    let sites = sites(args.sites, &mover.connection).await?;
    for site in &sites {
        let moved = mover.site(site, |tally| draw(draws, site, tally)).await;
        if draws {
            eprintln!();
        }
        let tally = moved?;
        is_left |= tally.is_left();
        if args.json {
            output::json(&told(site, &tally, args.dry_run))?;
        } else {
            say(site, &tally, args.dry_run)?;
        }
        also_sealed_to.extend(tally.also_sealed_to);
    }
    let mut why = Vec::new();
    if is_left {
        why.push(
            "not all could be moved: keep the old private keys, without which they open for nobody"
                .to_owned(),
        );
    }
    if !also_sealed_to.is_empty() {
        why.push(still_sealed_to(&also_sealed_to));
    }
    if !why.is_empty() {
        return Err(Failure::new(why.join("\n  ")));
    }
    if args.json || args.dry_run {
        return Ok(());
    }
    output::say(format!(
        "done for {}; an old private key is needed until each site that there is has been named here",
        sites.join(", ")
    ))
}

/// Those that are named; else all that the access key is good for.
async fn sites(named: Vec<String>, connection: &Connection) -> Result<Vec<String>, Failure> {
    if !named.is_empty() {
        return Ok(named);
    }
    let listed = once(connection.sites().list_sites(timely(ListSitesRequest {}))).await;
    let listed = listed.map_err(|status| explain(&status))?.sites;
    if listed.is_empty() {
        return Err(Failure::new(
            "the access key is good for no site that there is: nothing was looked at",
        ));
    }
    Ok(listed
        .into_iter()
        .map(|site| untrusted::line(&site.site))
        .collect())
}

/// Such a replica makes new data keys, which only an old private key opens.
fn still_sealed_to(officers: &BTreeSet<String>) -> String {
    let officers: Vec<_> = officers
        .iter()
        .map(|officer| untrusted::line(officer))
        .collect();
    format!(
        "within the last minute a replica still sealed to {}: give each the new public key (or stop it, and wait for a minute), then run this again before an old private key is destroyed",
        officers.join(", ")
    )
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
        "also_sealed_to": tally.also_sealed_to,
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
