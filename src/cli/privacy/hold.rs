//! `replydesk privacy hold`.

use serde_json::json;

use super::subject::Subject;
use crate::{
    cli::{
        client::{Connection, explain::explain, once, timely},
        failure::Failure,
        output,
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
    let changed = set.map_err(|status| explain(&status))?.changed;
    if args.json {
        return output::json(&json!({ "held": !args.end, "changed": changed }));
    }
    output::say(match (args.end, changed) {
        (false, true) => "held",
        (false, false) => "was held for this reason already",
        (true, true) => "held no longer: retention takes what is due",
        (true, false) => "was not held",
    })
}
