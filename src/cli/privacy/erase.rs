//! `replydesk privacy erase`.

use std::io::{IsTerminal, Write};

use serde_json::json;

use super::subject::{Subject, warn_of_strangers};
use crate::{
    cli::{
        client::{Connection, explain::explain},
        clock,
        failure::Failure,
        json, output,
    },
    proto::v1::{EraseSubjectRequest, EraseSubjectResponse, EraseSummary},
};

/// Erase a data subject: text, contact data, hashes and history. Blogs hear of each comment, and delete it too.
///
/// Shows what there is, asks, and erases. Whatever cuts it off: the same command again goes on. Beside an author who writes on
/// it ends with exit code 1, and says so: the same command again, once that has stopped, erases the rest. A legal hold refuses
/// it. The audit log has the look too.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk privacy erase --site daily --email-file address.txt \\
      --reason \"asked for by the reader\"
  replydesk privacy erase --site daily --account reader-7 --dry-run \\
      --reason \"asked for by the reader\"")]
pub struct Args {
    #[command(flatten)]
    subject: Subject,
    /// Only count the comments.
    #[arg(long)]
    dry_run: bool,
    /// Don't ask.
    #[arg(long)]
    yes: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let subject = args.subject;
    let connection = Connection::open(&subject.reach.target()?).await?;
    let mut request = EraseSubjectRequest {
        site: subject.site.clone(),
        subject: subject.named()?,
        reason: subject.reason.clone(),
        validate_only: true,
    };
    let looked = last(&connection, request.clone(), false).await?;
    let not_found_before = looked.summary.and_then(|summary| summary.not_found_before);
    if !args.json {
        warn_of_strangers(not_found_before.as_ref());
    }
    if args.dry_run {
        return if args.json {
            output::json(&json!({
                "found": looked.found,
                "not_found_before": json::time(not_found_before.as_ref()),
            }))
        } else {
            output::say(format!("{} comments would be erased", looked.found))
        };
    }
    if !args.yes && !agreed(looked.found)? {
        return Err(Failure::new("nothing was erased"));
    }
    request.validate_only = false;
    let erased = last(
        &connection,
        request,
        !args.json && std::io::stderr().is_terminal(),
    )
    .await?;
    let summary = erased.summary.ok_or_else(|| {
        Failure::new("the erasure was cut off; run the same command again, and it goes on")
    })?;
    if args.json {
        output::json(&json!({
            "erased": erased.erased,
            "verified": summary.verified,
            "log_rewrite_due_at": json::time(summary.log_rewrite_due_at.as_ref()),
            "not_found_before": json::time(summary.not_found_before.as_ref()),
        }))?;
    } else {
        tell(erased.erased, &summary)?;
    }
    if summary.verified {
        Ok(())
    } else {
        Err(Failure::new(
            "more comments arrived meanwhile, and may be left: run the same command again. If the author writes on, stop \
             that at the blog first: what a ban rejects is stored too",
        ))
    }
}

fn tell(erased: u64, summary: &EraseSummary) -> Result<(), Failure> {
    output::say(format!("{erased} comments erased"))?;
    if summary.verified {
        output::say("a second look found nothing left that is known by this")?;
    }
    let what = if erased == 0 {
        "if there was a standing, a note or a history, it is gone, and Redis forgets it"
    } else {
        "Redis forgets them"
    };
    output::say(format!(
        "{what} in its append-only file by {} at the latest; backups, by their own retention",
        clock::readable(summary.log_rewrite_due_at.as_ref())
    ))
}

/// The last message; progress on the way.
async fn last(
    connection: &Connection,
    request: EraseSubjectRequest,
    draws: bool,
) -> Result<EraseSubjectResponse, Failure> {
    let told = connection.privacy().erase_subject(request).await;
    let mut told = told.map_err(|status| explain(&status))?.into_inner();
    let mut last = EraseSubjectResponse::default();
    while let Some(step) = told.message().await.map_err(|status| explain(&status))? {
        if draws {
            eprint!("\r{} of {} comments erased ", step.erased, step.found);
            std::io::stderr().flush()?;
        }
        last = step;
    }
    if draws {
        eprintln!();
    }
    Ok(last)
}

fn agreed(found: u64) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "nobody is here to ask: add --yes to erase, or --dry-run to look",
        ));
    }
    eprint!("Erase {found} comments, for good? Type yes: ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
