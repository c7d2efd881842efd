//! `replydesk comment`: what becomes of a comment after it was taken in, as its readers, its author or a moderator would
//! have it.

use clap::Subcommand;
use serde_json::{Value, json};

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    comment::ids::CommentId,
    proto::v1::{
        AppealCommentRequest, RedactCommentRequest, ReportCommentRequest, Reporter,
        RetractCommentRequest, ReviseCommentRequest,
    },
};

use super::{failure::Failure, json, output, submit, untrusted, words};

/// Report, retract, revise, appeal or redact a comment.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk comment report --site daily 01890a5d-ac96-774b-bcce-b302099a8057 \\
      insult --account jo
  replydesk comment retract --site daily 01890a5d-ac96-774b-bcce-b302099a8057
  replydesk comment revise --site daily 01890a5d-ac96-774b-bcce-b302099a8057 1 \\
      'What I meant to say'
  replydesk comment appeal --site daily 01890a5d-ac96-774b-bcce-b302099a8057 2 \\
      'It was a quote'
  replydesk comment redact --site daily 01890a5d-ac96-774b-bcce-b302099a8057 1 \\
      '555-0123'")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    reach: Reach,
    /// Print one line of JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// A reader reports it: it comes before moderators. Needs a blog's key.
    Report {
        #[command(flatten)]
        name: Name,
        /// Why: a code of your own, such as insult.
        reason: String,
        /// In the reader's words.
        #[arg(default_value = "", hide_default_value = true)]
        text: String,
        /// The blog's logged-in reader who reports.
        #[arg(long, default_value = "", hide_default_value = true)]
        account: String,
        /// The reader's e-mail address; hashed on arrival.
        #[arg(long, default_value = "", hide_default_value = true)]
        email: String,
        /// The reader's IP address; hashed on arrival.
        #[arg(long, default_value = "", hide_default_value = true)]
        ip: String,
    },
    /// Its author withdraws it. Needs a blog's key.
    Retract(Name),
    /// Its author writes it anew: it is judged again. Needs a blog's key.
    Revise {
        #[command(flatten)]
        name: Name,
        /// The version that it has.
        version: u32,
        /// The new text; `-` reads it from standard input.
        text: String,
    },
    /// Its author appeals against its rejection. Needs a blog's key.
    Appeal {
        #[command(flatten)]
        name: Name,
        /// The version that the decision made.
        version: u32,
        /// Why it should be shown.
        text: String,
    },
    /// Black out these texts, wherever they occur. Needs a moderator's key.
    Redact {
        #[command(flatten)]
        name: Name,
        /// The version that it has.
        version: u32,
        /// What to black out, letter by letter.
        #[arg(required = true)]
        texts: Vec<String>,
        /// For other moderators.
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
    },
}

/// Which comment.
#[derive(Debug, clap::Args)]
struct Name {
    /// The site.
    #[arg(long)]
    site: String,
    /// The comment.
    #[arg(value_name = "UUID")]
    id: CommentId,
}

/// What was done: in a line, and as JSON.
type Done = (String, Value);

/// Runs it.
///
/// # Errors
/// The service refuses it, the key is not good for it, or the service is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let connection = Connection::open(&args.reach.target()?).await?;
    let (line, value) = match args.verb {
        Verb::Report {
            name,
            reason,
            text,
            account,
            email,
            ip,
        } => {
            let reporter = Some(Reporter {
                account_id: account,
                email,
                ip_address: ip,
            });
            let request = ReportCommentRequest {
                site: name.site,
                comment_id: name.id.to_string(),
                reporter,
                reason,
                text,
            };
            report(&connection, request).await?
        }
        Verb::Retract(name) => retract(&connection, name).await?,
        Verb::Revise {
            name,
            version,
            text,
        } => revise(&connection, name, version, text).await?,
        Verb::Appeal {
            name,
            version,
            text,
        } => appeal(&connection, name, version, text).await?,
        Verb::Redact {
            name,
            version,
            texts,
            note,
        } => {
            let request = RedactCommentRequest {
                site: name.site,
                comment_id: name.id.to_string(),
                version,
                texts,
                note,
                lease_token: String::new(),
            };
            redact(&connection, request).await?
        }
    };
    if args.json {
        return output::json(&value);
    }
    output::say(line)
}

async fn report(connection: &Connection, request: ReportCommentRequest) -> Result<Done, Failure> {
    let done = once(connection.comments().report_comment(timely(request))).await;
    let done = done.map_err(|status| explain(&status))?;
    let told = if done.queued {
        "reported: the comment waits for a moderator"
    } else {
        "reported: the comment does not wait for a moderator"
    };
    let value = json!({
        "comment_id": done.comment_id,
        "queued": done.queued,
        "replayed": done.replayed,
    });
    Ok((told.to_owned(), value))
}

async fn retract(connection: &Connection, name: Name) -> Result<Done, Failure> {
    let request = RetractCommentRequest {
        site: name.site,
        comment_id: name.id.to_string(),
    };
    let done = once(connection.comments().retract_comment(timely(request))).await;
    let done = done.map_err(|status| explain(&status))?;
    let value = json!({
        "comment_id": done.comment_id,
        "state": words::state(done.state),
        "version": done.version,
        "retracted_at": json::time(done.retracted_at.as_ref()),
        "replayed": done.replayed,
    });
    Ok((format!("retracted, at version {}", done.version), value))
}

async fn revise(
    connection: &Connection,
    name: Name,
    version: u32,
    text: String,
) -> Result<Done, Failure> {
    let body = match text.as_str() {
        "-" => submit::read_standard_input()?,
        _ => text,
    };
    let request = ReviseCommentRequest {
        site: name.site,
        comment_id: name.id.to_string(),
        version,
        body,
    };
    let done = once(connection.comments().revise_comment(timely(request))).await;
    let done = done.map_err(|status| explain(&status))?;
    let line = format!(
        "{}: {}; the comment is {}, at version {}",
        words::outcome(done.outcome),
        words::reasons(&done.reasons),
        words::state(done.state),
        done.version
    );
    let value = json!({
        "comment_id": done.comment_id,
        "outcome": words::outcome(done.outcome),
        "reasons": json::reasons(&done.reasons),
        "state": words::state(done.state),
        "version": done.version,
        "revised_at": json::time(done.revised_at.as_ref()),
        "replayed": done.replayed,
    });
    Ok((line, value))
}

async fn appeal(
    connection: &Connection,
    name: Name,
    version: u32,
    text: String,
) -> Result<Done, Failure> {
    let request = AppealCommentRequest {
        site: name.site,
        comment_id: name.id.to_string(),
        version,
        text,
    };
    let done = once(connection.comments().appeal_comment(timely(request))).await;
    let done = done.map_err(|status| explain(&status))?;
    let value = json!({
        "comment_id": done.comment_id,
        "state": words::state(done.state),
        "version": done.version,
        "appealed_at": json::time(done.appealed_at.as_ref()),
        "replayed": done.replayed,
    });
    let line = "appealed: another moderator than the one who decided will look at it";
    Ok((line.to_owned(), value))
}

async fn redact(connection: &Connection, request: RedactCommentRequest) -> Result<Done, Failure> {
    let done = once(connection.moderation().redact_comment(timely(request))).await;
    let done = done.map_err(|status| explain(&status))?;
    let line = format!(
        "redacted, at version {}\n\n{}",
        done.version,
        untrusted::text(&done.body)
    );
    let value = json!({
        "comment_id": done.comment_id,
        "state": words::state(done.state),
        "version": done.version,
        "body": done.body,
        "redacted_at": json::time(done.redacted_at.as_ref()),
        "replayed": done.replayed,
    });
    Ok((line, value))
}
