//! `replydesk submit`: hands in one comment, as a blog would.

use std::{
    io::Read,
    time::{Duration, SystemTime},
};

use crate::{
    cli::client::{Connection, explain::explain, reach::Reach, resend},
    comment::ids::CommentId,
    proto::v1::{AuthorInput, SubmitCommentRequest, SubmitCommentResponse, Thread, Transport},
};

use super::{clock, failure::Failure, json, output, style, style::Paint, untrusted, words};

/// More than the service takes (65,525 bytes), so that the service, not we, says what is too long.
const MOST_INPUT: u64 = 256 * 1024;

/// How many parts of the score are shown.
const CONTRIBUTIONS: usize = 5;

/// Hand in one comment, and show what policy decides.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk submit --site daily --thread tram --name Ada \\
      --email ada@example.org 'Hello'
  replydesk submit --site daily --thread tram --name Ada \\
      --email ada@example.org - < text
  replydesk submit --site daily --thread tram --name Ada \\
      --email ada@example.org --validate-only --json 'Hello'")]
pub struct Args {
    /// The comment; `-` reads it from standard input.
    text: String,
    /// The site.
    #[arg(long)]
    site: String,
    /// The blog's own name of the article.
    #[arg(long)]
    thread: String,
    /// The author's display name.
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// The author's e-mail address; sealed on arrival, never shown.
    #[arg(long, default_value = "", hide_default_value = true)]
    email: String,
    /// The author's website.
    #[arg(long, default_value = "", hide_default_value = true)]
    website: String,
    /// The blog's logged-in reader.
    #[arg(long, default_value = "", hide_default_value = true)]
    account: String,
    /// The comment that this one answers.
    #[arg(
        long,
        value_name = "UUID",
        default_value = "",
        hide_default_value = true
    )]
    parent: String,
    /// The article's title.
    #[arg(long, default_value = "", hide_default_value = true)]
    title: String,
    /// The article's address.
    #[arg(long, default_value = "", hide_default_value = true)]
    url: String,
    /// The article's language, such as de-AT.
    #[arg(long, default_value = "", hide_default_value = true)]
    language: String,
    /// The reader's IP address; sealed on arrival.
    #[arg(long, default_value = "", hide_default_value = true)]
    ip: String,
    /// The reader's browser; sealed on arrival.
    #[arg(long, default_value = "", hide_default_value = true)]
    user_agent: String,
    /// The page that led the reader to the article.
    #[arg(
        long,
        value_name = "URL",
        default_value = "",
        hide_default_value = true
    )]
    referrer: String,
    /// What was in the hidden field that people don't see.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    honeypot: String,
    /// How many seconds ago the reader's browser opened the form.
    #[arg(long, value_name = "SECONDS_AGO")]
    form_opened: Option<u32>,
    /// The comment's id; a fresh one if left out. The same id again is a retry, not a second comment.
    #[arg(long, value_name = "UUID")]
    id: Option<String>,
    /// Go the whole way, but store nothing.
    #[arg(long)]
    validate_only: bool,
    /// Print the answer as one line of JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs it.
///
/// # Errors
/// The service refuses the comment or is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let target = args.reach.target()?;
    let json = args.json;
    let validate_only = args.validate_only;
    let request = request(args)?;
    let connection = Connection::open(&target).await?;
    let response = resend::submit(&connection, &request, |why| eprintln!("replydesk: {why}"))
        .await
        .map_err(|status| explain(&status))?;
    if json {
        return output::json(&json::submitted(&request.comment_id, &response));
    }
    let kept = match (validate_only, response.replayed) {
        (true, _) => "validated only, nothing stored",
        (false, true) => "stored before, nothing done again",
        (false, false) => "stored",
    };
    output::say(describe(
        &request.comment_id,
        kept,
        &response,
        Paint::for_stdout(),
    ))
}

fn request(args: Args) -> Result<SubmitCommentRequest, Failure> {
    let form_opened_at = args.form_opened.and_then(|seconds| {
        let opened = SystemTime::now().checked_sub(Duration::from_secs(seconds.into()));
        opened.map(clock::to_proto)
    });
    let body = if args.text == "-" {
        read_standard_input()?
    } else {
        args.text
    };
    Ok(SubmitCommentRequest {
        site: args.site,
        comment_id: args.id.unwrap_or_else(|| CommentId::fresh().to_string()),
        parent_id: args.parent,
        thread: Some(Thread {
            thread_id: args.thread,
            url: args.url,
            title: args.title,
            language: args.language,
        }),
        author: Some(AuthorInput {
            display_name: args.name,
            email: args.email,
            website: args.website,
            account_id: args.account,
        }),
        body,
        transport: Some(Transport {
            ip_address: args.ip,
            user_agent: args.user_agent,
            referrer: args.referrer,
            honeypot: args.honeypot,
            form_opened_at,
        }),
        validate_only: args.validate_only,
    })
}

/// A comment from standard input.
///
/// # Errors
/// It can't be read, or is far longer than a comment may be.
pub(in crate::cli) fn read_standard_input() -> Result<String, Failure> {
    let mut body = String::new();
    let mut input = std::io::stdin().lock().take(MOST_INPUT + 1);
    input.read_to_string(&mut body).map_err(|error| {
        Failure::usage(format!(
            "cannot read the comment from standard input: {error}"
        ))
    })?;
    if body.len() as u64 > MOST_INPUT {
        return Err(Failure::usage(
            "standard input holds more than 256 KiB; a comment has at most 65,525 bytes",
        ));
    }
    // The line break that every shell tool adds is not the reader's.
    if body.ends_with('\n') {
        body.pop();
    }
    Ok(body)
}

fn describe(id: &str, kept: &str, response: &SubmitCommentResponse, paint: Paint) -> String {
    let outcome = words::outcome(response.outcome);
    let mut lines = vec![
        format!(
            "{}  {}",
            paint.paint(style::tone_of(outcome), outcome),
            words::reasons(&response.reasons)
        ),
        format!("  comment  {}", untrusted::line(id)),
        format!(
            "  state    {}, version {} ({kept})",
            words::state(response.state),
            response.version
        ),
    ];
    if let Some(score) = &response.score {
        lines.push(format!(
            "  score    {:.3} (model {})",
            score.spam_probability,
            untrusted::line(&score.model)
        ));
        for part in score.contributions.iter().take(CONTRIBUTIONS) {
            lines.push(format!(
                "    {:+.2}  {}",
                part.weight,
                untrusted::line(&part.feature)
            ));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::{CommentState, Contribution, Outcome, Reason, ReasonCode, Score};

    #[test]
    fn an_answer_names_outcome_reasons_and_the_strongest_parts_of_the_score() {
        let part = |feature: &str, weight| Contribution {
            feature: feature.to_owned(),
            weight,
        };
        let response = SubmitCommentResponse {
            outcome: Outcome::Pending.into(),
            reasons: vec![
                Reason {
                    code: ReasonCode::FirstComment.into(),
                    detail: String::new(),
                },
                Reason {
                    code: ReasonCode::TooManyLinks.into(),
                    detail: "4".to_owned(),
                },
            ],
            state: CommentState::Pending.into(),
            version: 1,
            score: Some(Score {
                spam_probability: 0.6123,
                contributions: vec![
                    part("\"casino\"", 2.25),
                    part("4 links", 1.5),
                    part("known author", -0.75),
                ],
                model: "1f0c2a77".to_owned(),
            }),
            submitted_at: None,
            replayed: false,
        };
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        insta::assert_snapshot!(describe(id, "stored", &response, Paint::off()));
    }
}
