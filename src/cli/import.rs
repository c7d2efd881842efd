//! `replydesk import`: learns from comments that a newsroom has moderated elsewhere.

pub mod check;
pub mod entry;
pub mod json_lines;
pub mod plain;
pub(in crate::cli) mod progress;
mod report;
mod send;
mod utf8;
pub mod wxr;

use std::path::PathBuf;

use crate::{
    cli::client::{Connection, reach::Reach},
    comment::ids::SiteId,
};

use super::failure::Failure;
use check::{Findings, Format, Source};
use progress::Progress;
use report::Sent;
use send::Chunk;

const HELP: &str = "\
JSON lines: one object a line, with
  id             the comment's name where it comes from, a text or a number
  state          approved (or ham), spam, rejected (or trash), pending; also
                 as \"label\"
  body           the comment as plain text; also as \"text\"
and, where known, author (the display name), email, website, account_id, title, url and language \
of the article, and submitted_at (2026-01-31T09:30:00Z, or seconds since 1970; also as \"created\").

A WordPress export (Tools, Export, all content) is read as it is. HTML becomes plain text; a link's \
address stays behind its text. Pending comments, pingbacks and trackbacks are passed over.

Every line is looked at before anything is sent. Sending the same twice changes nothing, so a command \
that was broken off is simply run again. No comment is stored, shown or queued: they train the model, \
and count in their authors' history. Addresses are hashed by the service at once, and kept nowhere.

Examples:
  replydesk import --site daily comments.jsonl --dry-run
  replydesk import --site daily wordpress.xml
  replydesk import --site daily wordpress.001.xml wordpress.002.xml \\
      --skip-bad --json";

/// Train the model and the authors' history from comments moderated elsewhere. Needs an admin key.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// JSON lines, or WordPress exports.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The site that is to learn.
    #[arg(long)]
    site: SiteId,
    /// How the files are written; without it, their first character tells.
    #[arg(long)]
    format: Option<Format>,
    /// Pass over what is wrong; without it nothing is sent as long as anything is.
    #[arg(long)]
    skip_bad: bool,
    /// Only look at the files.
    #[arg(long)]
    dry_run: bool,
    /// In WordPress exports: the blog submits its user ids as account_id, so know logged-in readers by them instead of
    /// by their e-mail.
    #[arg(long)]
    user_ids: bool,
    /// Print the summary as one line of JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs it.
///
/// # Errors
/// A file that cannot be read; a line that is wrong; the service refuses it or is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let sources: Vec<Source> = args
        .files
        .iter()
        .map(|path| Source {
            path: path.clone(),
            format: args.format,
            options: wxr::Options {
                user_ids: args.user_ids,
            },
        })
        .collect();
    let found = check_all(&args.site, &sources)?;
    if found.bad > 0 && !args.skip_bad {
        report::name_bad(&found);
        return Err(Failure::usage(format!(
            "{} of {} comments are wrong; nothing was sent: mend them, or pass over them with --skip-bad",
            found.bad,
            found.read()
        )));
    }
    if args.dry_run {
        report::name_bad(&found);
        return report::print(&args.site, sources.len(), &found, None, args.json);
    }
    let connection = Connection::open(&args.reach.target()?).await?;
    let (found, sent) = send_all(&connection, &args.site, &sources, found.usable()).await?;
    report::name_bad(&found);
    report::print(&args.site, sources.len(), &found, Some(&sent), args.json)
}

fn check_all(site: &SiteId, sources: &[Source]) -> Result<Findings, Failure> {
    let mut found = Findings::default();
    let mut progress = Progress::of("checking", None);
    for source in sources {
        for entry in source.open()? {
            let entry = entry.map_err(|error| source.broken(&error))?;
            found.count(site, source, entry);
            progress.at(found.read());
        }
    }
    progress.finish();
    Ok(found)
}

/// Reads all again, and sends what can be learnt from.
async fn send_all(
    connection: &Connection,
    site: &SiteId,
    sources: &[Source],
    expected: u64,
) -> Result<(Findings, Sent), Failure> {
    let (mut found, mut sent) = (Findings::default(), Sent::default());
    let mut progress = Progress::of("importing", Some(expected));
    let mut chunk = Chunk::default();
    for source in sources {
        for entry in source.open()? {
            let entry = entry.map_err(|error| source.broken(&error))?;
            let place = source.at(entry.line);
            if let Some(comment) = found.count(site, source, entry) {
                chunk.push(*comment, place);
            }
            if chunk.is_full() {
                let full = std::mem::take(&mut chunk);
                pass_on(connection, site, full, &mut found, &mut sent, &mut progress).await?;
            }
        }
    }
    // Also with nothing to send: a site that is not there should be told.
    if !chunk.is_empty() || sent.calls == 0 {
        pass_on(
            connection,
            site,
            chunk,
            &mut found,
            &mut sent,
            &mut progress,
        )
        .await?;
    }
    progress.finish();
    Ok((found, sent))
}

async fn pass_on(
    connection: &Connection,
    site: &SiteId,
    chunk: Chunk,
    found: &mut Findings,
    sent: &mut Sent,
    progress: &mut Progress,
) -> Result<(), Failure> {
    let tell = |why: &str| progress.wait(why);
    let answer = send::send(connection, site.as_str(), &chunk, sent.calls > 0, tell).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => {
            progress.finish();
            return Err(failure);
        }
    };
    // Looked at here before; a service of another version may still see it otherwise.
    for refusal in &answer.refusals {
        let at = usize::try_from(refusal.position).unwrap_or(0);
        let place = chunk.places.get(at.wrapping_sub(1)).cloned();
        found.refuse(place.unwrap_or_default(), refusal.problems.clone());
    }
    sent.add(&answer, chunk.len());
    progress.at(sent.comments);
    Ok(())
}
