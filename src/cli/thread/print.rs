//! Threads and their counts as people and scripts read them.

use serde_json::{Value, json};

use crate::{
    cli::{clock, failure::Failure, output, untrusted, words},
    proto::v1::{CountedThread, ThreadClosedBy, ThreadCounts, ThreadSettings},
};

/// That a thread was closed, or opened.
///
/// # Errors
/// It cannot be printed.
pub fn closed(thread_id: &str, closed: bool, json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&json!({ "thread_id": thread_id, "closed": closed }));
    }
    let state = if closed {
        "closed: it takes no comments"
    } else {
        "open, whatever its age"
    };
    output::say(format!("thread {} is {state}", untrusted::line(thread_id)))
}

/// A thread as it stands.
///
/// # Errors
/// It cannot be printed.
pub fn settings(thread: &ThreadSettings, json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&as_json(thread));
    }
    output::say(as_text(thread))
}

/// How many comments threads have, one line each.
///
/// # Errors
/// It cannot be printed.
pub fn counts(threads: &[CountedThread], json: bool) -> Result<(), Failure> {
    if json {
        return threads.iter().try_for_each(|thread| {
            let mut value = counts_json(thread.counts.as_ref());
            value["thread_id"] = thread.thread_id.clone().into();
            output::json(&value)
        });
    }
    let row = |thread: &CountedThread| {
        let counts = thread.counts.unwrap_or_default();
        let numbers = [
            counts.approved,
            counts.pending,
            counts.rejected,
            counts.spam,
        ];
        let mut row = vec![untrusted::line(&thread.thread_id)];
        row.extend(numbers.map(|number| number.to_string()));
        row
    };
    let rows: Vec<Vec<String>> = threads.iter().map(row).collect();
    let header = ["THREAD", "APPROVED", "PENDING", "REJECTED", "SPAM"];
    output::say(output::table(&header, &rows))
}

fn as_text(settings: &ThreadSettings) -> String {
    let thread = settings.thread.clone().unwrap_or_default();
    let takes = match settings.closed_by() {
        ThreadClosedBy::Moderator => "closed by a moderator",
        ThreadClosedBy::Age => "closed by its age",
        ThreadClosedBy::Unspecified if settings.kept_open => "open, whatever its age",
        ThreadClosedBy::Unspecified => "open",
    };
    let moderated = words::mode(settings.mode).map_or_else(
        || "as the site".to_owned(),
        |mode| {
            let until = clock::readable(settings.mode_until.as_ref());
            format!("{mode} until {until} UTC")
        },
    );
    let first = settings.first_comment_at.as_ref().map_or_else(
        || "no comment yet".to_owned(),
        |at| format!("first comment {} UTC", clock::readable(Some(at))),
    );
    let name = format!(
        "{}  {}",
        untrusted::line(&thread.thread_id),
        untrusted::line(&thread.title)
    );
    let counts = settings.counts.unwrap_or_default();
    format!(
        "{}\n  {takes}\n  moderated {moderated}\n  {first}\n  {} approved, {} pending, {} rejected, {} spam",
        name.trim_end(),
        counts.approved,
        counts.pending,
        counts.rejected,
        counts.spam,
    )
}

fn as_json(settings: &ThreadSettings) -> Value {
    let thread = settings.thread.clone().unwrap_or_default();
    let closed_by = match settings.closed_by() {
        ThreadClosedBy::Moderator => Some("moderator"),
        ThreadClosedBy::Age => Some("age"),
        ThreadClosedBy::Unspecified => None,
    };
    let time = |at: Option<&prost_types::Timestamp>| at.and_then(clock::rfc3339);
    json!({
        "thread_id": thread.thread_id,
        "url": thread.url,
        "title": thread.title,
        "language": thread.language,
        "closed_by": closed_by,
        "kept_open": settings.kept_open,
        "first_comment_at": time(settings.first_comment_at.as_ref()),
        "mode": words::mode(settings.mode),
        "mode_until": time(settings.mode_until.as_ref()),
        "counts": counts_json(settings.counts.as_ref()),
    })
}

fn counts_json(counts: Option<&ThreadCounts>) -> Value {
    let counts = counts.copied().unwrap_or_default();
    json!({
        "approved": counts.approved,
        "pending": counts.pending,
        "rejected": counts.rejected,
        "spam": counts.spam,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::{ModerationMode, Thread};

    #[test]
    fn a_thread_is_told_in_a_few_lines() {
        let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let storm = ThreadSettings {
            thread: Some(Thread {
                thread_id: "tram-line".to_owned(),
                title: "The \u{1b}[31mtram".to_owned(),
                ..Thread::default()
            }),
            closed_by: ThreadClosedBy::Age.into(),
            first_comment_at: at(1_769_851_800),
            mode: ModerationMode::Pre.into(),
            mode_until: at(1_769_938_200),
            counts: Some(ThreadCounts {
                pending: 3,
                approved: 40,
                rejected: 2,
                spam: 1,
            }),
            ..ThreadSettings::default()
        };
        let kept_open = ThreadSettings {
            thread: Some(Thread {
                thread_id: "bridge".to_owned(),
                ..Thread::default()
            }),
            kept_open: true,
            ..ThreadSettings::default()
        };
        let told = [
            as_text(&storm),
            as_json(&storm).to_string(),
            as_text(&kept_open),
        ];
        insta::assert_snapshot!(told.join("\n"));
    }
}
