//! `replydesk privacy export`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{
    key_files::read_keys_if_any,
    sealed::{Count, Sealed},
    subject::{Subject, warn_of_strangers},
};
use crate::{
    cli::{
        client::{Connection, explain::explain},
        clock,
        failure::Failure,
        json, output, words,
    },
    privacy::keyring::Keyring,
    proto::v1::{
        EarlierVersion, ExportSubjectRequest, ExportedAuthor, ExportedComment,
        export_subject_response::Item,
    },
};

/// Print all that is held on a data subject, a JSON object a line: authors, then comments, then a summary.
///
/// With the officer's private key the contact data is opened here, where the key is; else, and where the key is not the one
/// that it takes, it stays sealed, and `privacy open` reads these lines. Without the summary at the end the export is not
/// whole.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk privacy export --site daily --email-file address.txt \\
      --reason \"asked for by the reader\" --private-key-file privacy.key
  echo ada@example.org | replydesk privacy export --site daily \\
      --email-file - --reason \"asked for by the reader\" > export.jsonl
  replydesk privacy open --private-key-file privacy.key --json export.jsonl")]
pub struct Args {
    #[command(flatten)]
    subject: Subject,
    /// Open contact data with the private key in this file (rdpriv1_…); several, each with the flag.
    #[arg(long = "private-key-file", value_name = "FILE")]
    private_key_files: Vec<PathBuf>,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let officer = read_keys_if_any(&args.private_key_files)?;
    let subject = args.subject;
    let connection = Connection::open(&subject.reach.target()?).await?;
    let request = ExportSubjectRequest {
        site: subject.site.clone(),
        subject: subject.named()?,
        reason: subject.reason.clone(),
    };
    let told = connection.privacy().export_subject(request).await;
    let mut told = told.map_err(|status| explain(&status))?.into_inner();
    let (mut is_whole, mut count) = (false, Count::default());
    while let Some(item) = told.message().await.map_err(|status| explain(&status))? {
        match item.item {
            Some(Item::Author(author)) => output::json(&told_author(&author))?,
            Some(Item::Comment(comment)) => {
                let contact = contact(&subject.site, &comment, officer.as_ref(), &mut count);
                output::json(&told_comment(&comment, &contact))?;
            }
            Some(Item::Summary(summary)) => {
                is_whole = true;
                let (authors, comments) = (summary.authors, summary.comments);
                warn_of_strangers(summary.not_found_before.as_ref());
                output::json(&json!({ "summary": {
                    "authors": authors,
                    "comments": comments,
                    "not_found_before": json::time(summary.not_found_before.as_ref()),
                } }))?;
            }
            None => {}
        }
    }
    if !is_whole {
        return Err(Failure::new(
            "the export was cut off: it is not whole; run it again",
        ));
    }
    if count.not_opened() > 0 {
        return Err(Failure::new(format!(
            "the export is whole, but of the contact data some is still sealed: {count}\n  `replydesk privacy open --json` opens the rest in what was printed"
        )));
    }
    Ok(())
}

fn told_author(author: &ExportedAuthor) -> Value {
    let standing = author.standing.clone().unwrap_or_default();
    let notes = author.notes.iter().map(|note| {
        json!({ "note": note.note, "moderator": note.moderator, "noted_at": json::time(note.noted_at.as_ref()) })
    });
    json!({ "author": {
        "known_as": if author.is_account { "account" } else { "e-mail address" },
        "standing": words::standing(standing.standing),
        "reason": standing.reason,
        "strikes": standing.strikes,
        "notes": notes.collect::<Value>(),
        "first_seen_at": json::time(author.first_seen_at.as_ref()),
        "legal_hold": author.legal_hold,
    }})
}

/// Opened, where that can be; else sealed.
fn contact(
    site: &str,
    exported: &ExportedComment,
    officer: Option<&Keyring>,
    count: &mut Count,
) -> Value {
    let Some(contact) = &exported.contact else {
        return Value::Null;
    };
    let sealed = Sealed::new(site, contact);
    let Some(officer) = officer else {
        return sealed.to_json();
    };
    match sealed.opened(officer) {
        Ok(opened) => {
            count.opened += 1;
            opened
        }
        Err(error) => {
            count.failed(&error);
            sealed.to_json()
        }
    }
}

fn told_comment(exported: &ExportedComment, contact: &Value) -> Value {
    let earlier = exported.earlier_versions.iter().map(told_earlier);
    let decisions = exported.decisions.iter().map(json::audit_entry);
    let comment = exported.comment.as_ref();
    json!({ "comment": comment.map(json::comment), "contact": contact,
        "earlier_versions": earlier.collect::<Value>(), "decisions": decisions.collect::<Value>() })
}

fn told_earlier(version: &EarlierVersion) -> Value {
    json!({
        "body": version.body,
        "state": words::state(version.state),
        "written_at": version.written_at.as_ref().and_then(clock::rfc3339),
        "replaced_at": version.replaced_at.as_ref().and_then(clock::rfc3339),
        "redacted": version.redacted,
    })
}
