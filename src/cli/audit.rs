//! `replydesk audit`: who did what, when, and how it was before and after.

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    comment::ids::{CommentId, KeyId},
    proto::v1::{AuditAction, AuditEntry, ListAuditEntriesRequest},
};

use super::{clock, failure::Failure, json, output, style, style::Paint, untrusted, words};

/// The most that the service answers at once.
const PAGE: i32 = 200;

/// List the audit log, the newest entry first, or export it as JSON lines.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk audit --site daily
  replydesk audit --site daily --action decided --action undone --last 20
  replydesk audit --site daily --comment 01890a5d-ac96-774b-bcce-b302099a8057
  replydesk audit --site daily --by ada --since 2026-01-30T00:00:00Z --until 12h
  replydesk audit --site daily --oldest-first --json > audit.jsonl
  replydesk audit          # of access keys; needs an admin key of all sites")]
pub struct Args {
    /// The site; without it, the log of what concerns no site alone.
    #[arg(long, default_value = "", hide_default_value = true)]
    site: String,
    /// Only what was done to this comment.
    #[arg(long, value_name = "UUID")]
    comment: Option<CommentId>,
    /// Only what was done with this access key.
    #[arg(long, value_name = "KEY-ID")]
    key: Option<KeyId>,
    /// Only what this person did: the label of their key, whole, as in `by ada`.
    #[arg(
        long,
        value_name = "LABEL",
        default_value = "",
        hide_default_value = true
    )]
    by: String,
    /// Only this action, such as `decided` or `policy-updated`; repeat it for more.
    #[arg(long = "action", value_name = "ACTION", value_parser = words::audit_action_of)]
    actions: Vec<AuditAction>,
    /// Only since this time: RFC 3339, or `2026-01-31 09:30:00` in UTC; or so long ago, as 12h or 7d.
    #[arg(long, value_name = "TIME", value_parser = clock::parse_past)]
    since: Option<prost_types::Timestamp>,
    /// Only before this time, written in the same ways.
    #[arg(long = "until", visible_alias = "before", value_name = "TIME", value_parser = clock::parse_past)]
    before: Option<prost_types::Timestamp>,
    /// From the oldest entry to the newest.
    #[arg(long)]
    oldest_first: bool,
    /// At most so many entries.
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    /// Print JSON, one line an entry.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs it.
///
/// # Errors
/// No such site, the key is not good for it, or the service is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let connection = Connection::open(&args.reach.target()?).await?;
    let mut request = ListAuditEntriesRequest {
        site: args.site,
        comment_id: args.comment.map(|id| id.to_string()).unwrap_or_default(),
        key_id: args.key.map(|id| id.to_string()).unwrap_or_default(),
        actor: args.by,
        actions: args.actions.into_iter().map(i32::from).collect(),
        since: args.since,
        before: args.before,
        oldest_first: args.oldest_first,
        page_size: PAGE,
        ..ListAuditEntriesRequest::default()
    };
    let (paint, mut left) = (Paint::for_stdout(), args.last.unwrap_or(usize::MAX));
    loop {
        let page = once(
            connection
                .moderation()
                .list_audit_entries(timely(request.clone())),
        )
        .await;
        let page = page.map_err(|status| explain(&status))?;
        for entry in page.entries.iter().take(left) {
            if args.json {
                output::json(&json::audit_entry(entry))?;
            } else {
                output::say(line(entry, paint))?;
            }
        }
        left = left.saturating_sub(page.entries.len());
        if page.next_page_token.is_empty() || left == 0 {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}

/// One entry as one line.
fn line(entry: &AuditEntry, paint: Paint) -> String {
    let mut line = format!(
        "{}  {}  {}  by {}",
        paint.paint(style::Tone::Faint, &format!("{:>6}", entry.sequence)),
        clock::readable(entry.at.as_ref()),
        words::audit_action(entry.action),
        untrusted::line(&entry.actor)
    );
    let mut add = |part: String| {
        line.push_str("  ");
        line.push_str(&part);
    };
    if !entry.comment_id.is_empty() {
        let (before, after) = (
            words::state(entry.state_before),
            words::state(entry.state_after),
        );
        let change = if entry.version == 0 {
            String::new()
        } else {
            format!(" {before} -> {after} v{}", entry.version)
        };
        add(format!("{}{change}", untrusted::line(&entry.comment_id)));
    }
    if entry.verdict != 0 {
        add(words::verdict(entry.verdict).to_lowercase());
    }
    for (name, text) in [
        ("", &entry.subject),
        ("before: ", &entry.before),
        ("after: ", &entry.after),
        ("reason: ", &entry.reason_code),
        ("note: ", &entry.note),
    ] {
        if !text.is_empty() {
            add(format!("{name}{}", untrusted::line(text)));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::{CommentState, Verdict};

    #[test]
    fn an_entry_is_a_line_that_says_who_did_what() {
        let at = Some(prost_types::Timestamp {
            seconds: 1_795_000_000,
            nanos: 0,
        });
        let decided = AuditEntry {
            sequence: 7,
            at,
            action: AuditAction::Decided.into(),
            actor: "Ada".to_owned(),
            comment_id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            state_before: CommentState::Pending.into(),
            state_after: CommentState::Rejected.into(),
            version: 2,
            event_sequence: 9,
            verdict: Verdict::Reject.into(),
            reason_code: "off-topic".to_owned(),
            note: "a\u{1b}[31mgain".to_owned(),
            ..AuditEntry::default()
        };
        let key = AuditEntry {
            sequence: 1,
            at,
            action: AuditAction::KeyCreated.into(),
            actor: "root".to_owned(),
            subject: "key 0102030405060708".to_owned(),
            after: "moderator of daily: Ada".to_owned(),
            ..AuditEntry::default()
        };
        let lines = [decided, key].map(|entry| line(&entry, Paint::off()));
        insta::assert_snapshot!(lines.join("\n"));
    }
}
