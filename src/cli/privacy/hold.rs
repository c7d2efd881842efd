//! `replydesk privacy hold`.

use serde_json::json;

use super::subject::{Subject, warn_of_strangers};
use crate::{
    cli::{
        client::{Connection, explain::explain, once, timely},
        failure::Failure,
        json, output,
    },
    proto::v1::SetLegalHoldRequest,
};

/// Hold what is kept of a data subject, or end that: erasure is refused with the reason, and retention passes it by.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk privacy hold --site daily --account reader-7 \\
      --reason \"district court, 12 O 345/26\"
  replydesk privacy hold --site daily --account reader-7 --end \\
      --reason \"the case is closed\"")]
pub struct Args {
    #[command(flatten)]
    subject: Subject,
    /// End the hold.
    #[arg(long)]
    end: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let subject = args.subject;
    let connection = Connection::open(&subject.reach.target()?).await?;
    let request = SetLegalHoldRequest {
        site: subject.site.clone(),
        subject: subject.named()?,
        held: !args.end,
        reason: subject.reason.clone(),
    };
    let set = once(connection.privacy().set_legal_hold(timely(request))).await;
    let set = set.map_err(|status| explain(&status))?;
    let (changed, known) = (set.changed, set.authors_known);
    if args.json {
        return output::json(&json!({
            "held": !args.end,
            "changed": changed,
            "authors_known": known,
            "not_found_before": json::time(set.not_found_before.as_ref()),
        }));
    }
    warn_of_strangers(set.not_found_before.as_ref());
    let so_far = if known == 0 {
        "; nobody is known by that so far: what arrives later is held"
    } else {
        ""
    };
    output::say(match (args.end, changed) {
        (false, true) => format!("held{so_far}"),
        (false, false) => format!("was held for this reason already{so_far}"),
        (true, true) => "held no longer: retention takes what is due".to_owned(),
        (true, false) => "was not held".to_owned(),
    })
}
