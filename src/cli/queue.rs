//! `replydesk queue`: what waits in a site's queue, filtered; nothing is leased.

use std::time::SystemTime;

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    comment::{ids::CommentId, lane::Lane},
    proto::v1::{ListQueueRequest, ReasonCode, ReviewItem},
};

use super::{
    clock, comments, failure::Failure, json, output, review::line, style, style::Paint, untrusted,
    words,
};

/// The most that the service answers at once.
const PAGE: i32 = 200;

/// How much of a comment stands in its line, in cells.
const EXCERPT: usize = 60;

/// List what waits in a site's queue, the most urgent first, and narrow it down. Nobody is given an item by it: `review`
/// works the queue. Needs a moderator's key.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk queue --site daily --last 20
  replydesk queue --site daily --lane reported --lane escalated
  replydesk queue --site daily --language de --reason too-many-links --min-score 0.4
  replydesk queue --site daily --text casino --json > found.jsonl
  replydesk queue --site daily --author-of 01890a5d-ac96-774b-bcce-b302099a8057")]
pub struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// Of this lane: review, reported, escalated or appeals; repeat it for more; without it, review.
    #[arg(long = "lane", value_name = "LANE", value_parser = words::lane_of)]
    lanes: Vec<Lane>,
    /// Below articles in this language, such as `de`, with all its regions.
    #[arg(long, default_value = "", hide_default_value = true)]
    language: String,
    /// That came with this reason, such as `first-comment`; repeat it for more.
    #[arg(long = "reason", value_name = "REASON", value_parser = words::reason_code_of)]
    reasons: Vec<ReasonCode>,
    /// Scored at least so, from 0 to 1.
    #[arg(long, value_name = "SCORE")]
    min_score: Option<f64>,
    /// Scored at most so, from 0 to 1.
    #[arg(long, value_name = "SCORE")]
    max_score: Option<f64>,
    /// By the author of this comment.
    #[arg(long, value_name = "UUID")]
    author_of: Option<CommentId>,
    /// With this in the comment or the author's name; case, accents and disguises don't matter.
    #[arg(long, default_value = "", hide_default_value = true)]
    text: String,
    /// At most so many.
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    /// Print JSON, one line an item.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

impl Args {
    fn request(&self) -> ListQueueRequest {
        let lanes = self.lanes.iter().map(|lane| i32::from(lane.number()));
        ListQueueRequest {
            site: self.site.clone(),
            page_size: PAGE,
            page_token: String::new(),
            language: self.language.clone(),
            reasons: self.reasons.iter().map(|code| i32::from(*code)).collect(),
            min_spam_probability: self.min_score,
            max_spam_probability: self.max_score,
            same_author_as: self.author_of.map(|id| id.to_string()).unwrap_or_default(),
            text: self.text.clone(),
            lanes: lanes.collect(),
        }
    }
}

/// Runs it.
///
/// # Errors
/// No such site, a filter that is none, the key is not good for it, or the service is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let connection = Connection::open(&args.reach.target()?).await?;
    let mut request = args.request();
    let (paint, mut left) = (Paint::for_stdout(), args.last.unwrap_or(usize::MAX));
    loop {
        let page = once(connection.moderation().list_queue(timely(request.clone()))).await;
        let page = page.map_err(|status| explain(&status))?;
        for item in page.items.iter().take(left) {
            if args.json {
                output::json(&json::item(item))?;
            } else {
                output::say(one_line(item, paint, SystemTime::now()))?;
            }
        }
        left = left.saturating_sub(page.items.len());
        if page.next_page_token.is_empty() || left == 0 {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}

/// When it is due, where it waits, how it was scored, and how it begins.
fn one_line(item: &ReviewItem, paint: Paint, now: SystemTime) -> String {
    let Some(comment) = &item.comment else {
        return "(an item without its comment)".to_owned();
    };
    let thread = comment
        .thread
        .as_ref()
        .map_or("", |thread| &thread.thread_id);
    let score = comment
        .score
        .as_ref()
        .map_or_else(|| "-".to_owned(), |s| format!("{:.2}", s.spam_probability));
    let waits = comment
        .submitted_at
        .as_ref()
        .map_or_else(String::new, |at| clock::age(at, now));
    let body = line::Line::of(style::Tone::Plain, untrusted::line(&comment.body)).cut(EXCERPT);
    format!(
        "{}  {:<9}  {score:>4}  {}  {}  {}: {}",
        paint.paint(
            style::Tone::Faint,
            &format!(
                "due {}, waits {waits:>6}",
                clock::readable(item.due_at.as_ref())
            )
        ),
        words::lane(item.lane),
        untrusted::line(&comment.comment_id),
        untrusted::line(thread),
        comments::author(comment),
        body.text()
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cli::review::session::examples::item;

    #[test]
    fn an_item_is_a_line_that_says_where_it_waits_and_how_it_begins() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let mut waits = item(
            id,
            "",
            "I have ridden this line since I was a child,\nand so has \u{1b}[31mmy mother.",
        );
        waits.due_at = waits.comment.as_ref().and_then(|c| c.submitted_at);
        waits.lane = Lane::Reported.number().into();
        let submitted = waits.comment.as_ref().and_then(|c| c.submitted_at);
        let seconds = u64::try_from(submitted.expect("a time").seconds).expect("after 1970");
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds + 300);
        insta::assert_snapshot!(one_line(&waits, Paint::off(), now));
    }
}
