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

/// The width of a list, in cells.
const WIDTH: usize = 80;

/// List what waits in a site's queue, the most urgent first, and narrow it down. Nobody is given an item by it: `review`
/// works the queue. Needs a moderator's key.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk queue --site daily --limit 20
  replydesk queue --site daily --lane reported --lane escalated
  replydesk queue --site daily --language de --reason too-many-links \\
      --min-score 0.4
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
    /// At most so many, the most urgent ones; says how to go on if there are more.
    #[arg(long, visible_alias = "last", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Go on where a list with --limit ended; with the same lanes and filters.
    #[arg(
        long,
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    page_token: String,
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
            page_token: self.page_token.clone(),
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
    let (paint, mut left) = (Paint::for_stdout(), args.limit);
    loop {
        let most = left.and_then(|left| i32::try_from(left).ok());
        request.page_size = most.map_or(PAGE, |most| most.min(PAGE));
        let page = once(connection.moderation().list_queue(timely(request.clone()))).await;
        let page = page.map_err(|status| explain(&status))?;
        for item in &page.items {
            if args.json {
                output::json(&json::item(item))?;
            } else {
                output::say(two_lines(item, paint, SystemTime::now()))?;
            }
        }
        let shown = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
        left = left.map(|left| left.saturating_sub(shown));
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        if left == Some(0) {
            eprintln!(
                "replydesk: there may be more: --page-token {}",
                page.next_page_token
            );
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}

/// Which, where it waits, how it was scored and when it came; then when it is due, and how it begins.
fn two_lines(item: &ReviewItem, paint: Paint, now: SystemTime) -> String {
    let Some(comment) = &item.comment else {
        return "(an item without its comment)".to_owned();
    };
    let thread = comment.thread.as_ref().map_or("", |t| &t.thread_id);
    let score = comment.score.as_ref();
    let score = score.map_or_else(|| "-".to_owned(), |s| format!("{:.2}", s.spam_probability));
    let submitted = comment.submitted_at.as_ref();
    let came = submitted.map_or_else(String::new, |at| {
        format!("came {} ago", clock::age(at, now))
    });
    let due = format!("  due {}  ", clock::readable(item.due_at.as_ref()));
    let begins = format!(
        "{}  {}: {}",
        untrusted::line(thread),
        comments::author(comment),
        untrusted::line(&comment.body)
    );
    let second = line::Line::of(style::Tone::Faint, due).with(style::Tone::Plain, begins);
    format!(
        "{}  {:<9}  score {score:>4}  {came}\n{}",
        untrusted::line(&comment.comment_id),
        words::lane(item.lane),
        second.cut(WIDTH).painted(paint)
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cli::review::session::examples::item;

    #[test]
    fn an_item_says_in_eighty_columns_where_it_waits_and_how_it_begins() {
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
        let shown = two_lines(&waits, Paint::off(), now);
        assert!(
            shown
                .lines()
                .all(|line| unicode_width::UnicodeWidthStr::width(line) <= WIDTH)
        );
        insta::assert_snapshot!(shown);
    }
}
