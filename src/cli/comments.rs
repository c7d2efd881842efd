//! `replydesk comments`: a site's comments as they stand; what a blog does once when the feed no longer reaches back.

use clap::ValueEnum;

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    comment::ids::CommentId,
    proto::v1::{Comment, CommentState, GetCommentRequest, ListCommentsRequest},
};

use super::{
    clock, failure::Failure, json, output, review::line, style, style::Paint, untrusted, words,
};

/// The most that the service answers at once.
const PAGE: i32 = 200;

/// How much of a comment stands in its line, in cells.
const EXCERPT: usize = 60;

/// List a site's comments in the order of their arrival, or show one.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk comments --site daily
  replydesk comments --site daily --thread tram --state pending --state spam
  replydesk comments --site daily --json > comments.jsonl
  replydesk comments --site daily 01890a5d-ac96-774b-bcce-b302099a8057")]
pub struct Args {
    /// Show this one.
    #[arg(value_name = "UUID", conflicts_with_all = ["thread", "states"])]
    id: Option<CommentId>,
    /// The site.
    #[arg(long)]
    site: String,
    /// Only this article's: the blog's own name of it.
    #[arg(long, default_value = "", hide_default_value = true)]
    thread: String,
    /// Only what stands so; repeat it for more; without it, all but the erased.
    #[arg(long = "state", value_name = "STATE")]
    states: Vec<State>,
    /// Print JSON, one line a comment.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Where a comment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    /// Waits for a moderator.
    Pending,
    /// Shown.
    Approved,
    /// Not shown; an editorial decision.
    Rejected,
    /// Not shown; spam.
    Spam,
    /// Withdrawn by its author.
    Retracted,
    /// Gone; only the name is left.
    Erased,
}

impl From<State> for CommentState {
    fn from(state: State) -> Self {
        match state {
            State::Pending => Self::Pending,
            State::Approved => Self::Approved,
            State::Rejected => Self::Rejected,
            State::Spam => Self::Spam,
            State::Retracted => Self::Retracted,
            State::Erased => Self::Erased,
        }
    }
}

/// Runs it.
///
/// # Errors
/// No such site or comment, the key is not good for it, or the service is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let connection = Connection::open(&args.reach.target()?).await?;
    let Some(id) = args.id else {
        return list(&connection, args).await;
    };
    let request = GetCommentRequest {
        site: args.site,
        comment_id: id.to_string(),
    };
    let response = once(connection.comments().get_comment(timely(request))).await;
    let comment = response.map_err(|status| explain(&status))?.comment;
    let comment =
        comment.ok_or_else(|| Failure::new("the service answered without the comment"))?;
    if args.json {
        return output::json(&json::comment(&comment));
    }
    output::say(whole(&comment, Paint::for_stdout()))
}

async fn list(connection: &Connection, args: Args) -> Result<(), Failure> {
    let states = args.states.into_iter().map(CommentState::from);
    let mut request = ListCommentsRequest {
        site: args.site,
        thread_id: args.thread,
        states: states.map(i32::from).collect(),
        page_size: PAGE,
        page_token: String::new(),
    };
    let paint = Paint::for_stdout();
    loop {
        let page = once(connection.comments().list_comments(timely(request.clone()))).await;
        let page = page.map_err(|status| explain(&status))?;
        for comment in &page.comments {
            if args.json {
                output::json(&json::comment(comment))?;
            } else {
                output::say(one_line(comment, paint))?;
            }
        }
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}

fn one_line(comment: &Comment, paint: Paint) -> String {
    let state = words::state(comment.state);
    let thread = comment
        .thread
        .as_ref()
        .map_or("", |thread| &thread.thread_id);
    let body = line::Line::of(style::Tone::Plain, untrusted::line(&comment.body)).cut(EXCERPT);
    format!(
        "{}  {} v{}  {}  {}  {}: {}",
        clock::readable(comment.submitted_at.as_ref()),
        paint.paint(style::tone_of(state), &format!("{state:<9}")),
        comment.version,
        untrusted::line(&comment.comment_id),
        untrusted::line(thread),
        author(comment),
        body.text()
    )
}

fn whole(comment: &Comment, paint: Paint) -> String {
    let state = words::state(comment.state);
    let thread = comment
        .thread
        .as_ref()
        .map_or("", |thread| &thread.thread_id);
    let mut lines = vec![
        format!(
            "{}, version {}",
            paint.paint(style::tone_of(state), state),
            comment.version
        ),
        format!("  comment    {}", untrusted::line(&comment.comment_id)),
        format!("  thread     {}", untrusted::line(thread)),
        format!("  author     {}", author(comment)),
        format!(
            "  submitted  {} UTC",
            clock::readable(comment.submitted_at.as_ref())
        ),
        format!(
            "  outcome    {}: {}",
            words::outcome(comment.outcome),
            words::reasons(&comment.reasons)
        ),
    ];
    if !comment.parent_id.is_empty() {
        lines.push(format!(
            "  answers    {}",
            untrusted::line(&comment.parent_id)
        ));
    }
    if let Some(score) = &comment.score {
        lines.push(format!("  score      {:.3}", score.spam_probability));
    }
    if comment.wave_size > 1 {
        lines.push(format!(
            "  wave       {}, one of {} that say nearly the same",
            untrusted::line(&comment.wave_id),
            comment.wave_size
        ));
    }
    lines.push(format!("\n{}", untrusted::text(&comment.body)));
    lines.join("\n")
}

/// The name that its author gave.
pub(super) fn author(comment: &Comment) -> String {
    let name = comment
        .author
        .as_ref()
        .map_or("", |author| &author.display_name);
    if name.is_empty() {
        "(no name)".to_owned()
    } else {
        untrusted::line(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::review::session::examples::item;

    #[test]
    fn a_comment_is_shown_in_one_line_and_as_a_whole() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let body = "I have ridden this line since I was a child,\nand so has \u{1b}[31mmy mother before me.";
        let mut comment = item(id, "", body).comment.expect("a comment");
        comment.wave_id = "4711".to_owned();
        comment.wave_size = 50;
        let shown = [
            one_line(&comment, Paint::off()),
            whole(&comment, Paint::off()),
        ];
        insta::assert_snapshot!(shown.join("\n---\n"));
    }
}
