//! `replydesk privacy retention`.

use serde_json::{Value, json};

use crate::{
    cli::{
        client::{Connection, explain::explain, once, reach::Reach, timely},
        clock,
        failure::Failure,
        json, output,
    },
    proto::v1::{PreviewRetentionRequest, RetentionDue},
};

/// Show what the site's retention would forget now. Changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  replydesk privacy retention --site daily")]
pub struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let connection = Connection::open(&args.reach.target()?).await?;
    let request = PreviewRetentionRequest { site: args.site };
    let preview = once(connection.privacy().preview_retention(timely(request))).await;
    let preview = preview.map_err(|status| explain(&status))?;
    let (texts, contacts) = (
        preview.texts.unwrap_or_default(),
        preview.contacts.unwrap_or_default(),
    );
    if args.json {
        return output::json(&json!({
            "texts": told(&texts),
            "contacts": told(&contacts),
            "data_keys": preview.data_keys,
            "at": json::time(preview.at.as_ref()),
        }));
    }
    output::say(format!("texts         {}", line(&texts)))?;
    output::say(format!("contact data  {}", line(&contacts)))?;
    output::say(format!("data keys     {} due", preview.data_keys))
}

fn told(due: &RetentionDue) -> Value {
    json!({
        "comments": due.comments,
        "more": due.more,
        "oldest_submitted_at": json::time(due.oldest_submitted_at.as_ref()),
    })
}

fn line(due: &RetentionDue) -> String {
    if due.comments == 0 {
        return "nothing due".to_owned();
    }
    format!(
        "{}{} comments due, the oldest of {}",
        if due.more { "at least " } else { "" },
        due.comments,
        clock::readable(due.oldest_submitted_at.as_ref())
    )
}
