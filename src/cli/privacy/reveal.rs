//! `replydesk privacy reveal`.

use std::path::PathBuf;

use super::{key_files::read_keys_if_any, sealed::Sealed};
use crate::{
    cli::{
        client::{Connection, explain::explain, once, reach::Reach, timely},
        failure::Failure,
        output,
    },
    comment::ids::CommentId,
    proto::v1::RevealContactRequest,
};

/// Hand out one comment's contact data, sealed: as JSON that `privacy open` reads.
///
/// The audit log has it before it is answered, and a site allows so many a day (`privacy.reveals_per_day`).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk privacy reveal --site daily 01890a5d-ac96-774b-bcce-b302099a8057 \\
      --reason \"police request 4711/26\" > sealed.json
  replydesk privacy open --private-key-file privacy.key sealed.json")]
pub struct Args {
    /// The comment.
    #[arg(value_name = "UUID")]
    id: CommentId,
    /// The site.
    #[arg(long)]
    site: String,
    /// Why, for the audit log: 10 to 500 characters. A case number is a good reason. No e-mail address, telephone number or IP
    /// address, spelt out neither: the log keeps it for years.
    #[arg(long)]
    reason: String,
    /// Open it at once with the private key in this file (rdpriv1_…); several, each with the flag. What they do not open is
    /// printed sealed.
    #[arg(long = "private-key-file", value_name = "FILE")]
    private_key_files: Vec<PathBuf>,
    #[command(flatten)]
    reach: Reach,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    // A key that cannot be read must not use up one of the day's.
    let officer = read_keys_if_any(&args.private_key_files)?;
    let connection = Connection::open(&args.reach.target()?).await?;
    let request = RevealContactRequest {
        site: args.site.clone(),
        comment_id: args.id.to_string(),
        reason: args.reason,
    };
    let revealed = once(connection.privacy().reveal_contact(timely(request))).await;
    let revealed = revealed.map_err(|status| explain(&status))?;
    let contact = revealed.contact;
    let contact =
        contact.ok_or_else(|| Failure::new("the service answered without the contact"))?;
    let sealed = Sealed::new(&args.site, &contact);
    eprintln!(
        "replydesk: {} more may be revealed on {} today",
        revealed.reveals_left, args.site
    );
    let Some(officer) = officer else {
        return output::json(&sealed.to_json());
    };
    match sealed.opened(&officer) {
        Ok(opened) => output::json(&opened),
        // It has used up one of the day's, and must not be lost.
        Err(error) => {
            output::json(&sealed.to_json())?;
            Err(Failure::new(format!(
                "the contact data of {} is not opened: {error}\n  it is printed sealed: `replydesk privacy open` opens it later",
                args.id
            )))
        }
    }
}
