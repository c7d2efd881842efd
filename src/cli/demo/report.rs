//! What the demo tells at its end: tables, a few items and events, and the totals.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use crate::{
    cli::{
        events, output,
        review::card,
        style::{Paint, Tone},
    },
    proto::v1::ReviewItem,
};

use super::tally::{OUTCOMES, Tally};

/// Wide enough for the table, narrow enough for every terminal.
const WIDTH: usize = 80;

/// How much of a long comment is shown.
const BODY_LINES: usize = 5;

/// Outcomes by reasons, with sums that must match the totals.
#[must_use]
pub fn outcomes(tally: &Tally) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (reasons, counts) in &tally.reasons {
        rows.push(row(reasons, counts));
    }
    rows.sort_by_key(|row| {
        std::cmp::Reverse(row.last().and_then(|sum| sum.trim().parse::<usize>().ok()))
    });
    rows.push(row("stored", &tally.outcomes));
    let header = [
        "REASONS", "APPROVED", " PENDING", "    SPAM", "REJECTED", "     SUM",
    ];
    indented(&output::table(&header, &rows))
}

fn row(name: &str, counts: &BTreeMap<&'static str, usize>) -> Vec<String> {
    let name = if name.is_empty() {
        "(no reason given)"
    } else {
        name
    };
    let count = |outcome: &&str| format!("{:>8}", counts.get(*outcome).copied().unwrap_or(0));
    let mut cells = vec![name.to_owned()];
    cells.extend(OUTCOMES.iter().map(count));
    cells.push(format!("{:>8}", counts.values().sum::<usize>()));
    cells
}

/// Refusals by why; empty if there was none.
#[must_use]
pub fn refusals(tally: &Tally) -> String {
    let rows: Vec<String> = tally
        .refused
        .iter()
        .map(|(why, count)| format!("  {count:>5}  {why}"))
        .collect();
    rows.join("\n")
}

/// What became of the data's own labels; empty if it has none.
#[must_use]
pub fn labels(tally: &Tally) -> String {
    let columns = ["APPROVED", "PENDING", "SPAM", "REJECTED", "REFUSED"];
    let rows: Vec<Vec<String>> = tally
        .labels
        .iter()
        .map(|(label, counts)| {
            let count = |column: &&str| format!("{:>8}", counts.get(*column).copied().unwrap_or(0));
            std::iter::once(label.clone())
                .chain(columns.iter().map(count))
                .collect()
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    indented(&output::table(
        &[
            "LABEL", "APPROVED", " PENDING", "    SPAM", "REJECTED", " REFUSED",
        ],
        &rows,
    ))
}

/// One item as a moderator sees it.
#[must_use]
pub fn item(item: &ReviewItem, paint: Paint, now: SystemTime) -> String {
    let mut lines: Vec<String> = card::head(item, WIDTH - 4, 4, now)
        .iter()
        .map(|line| line.painted(paint))
        .collect();
    let body = card::body(item, WIDTH - 6);
    let more = body.len() > BODY_LINES;
    lines.extend(
        body.into_iter()
            .take(BODY_LINES)
            .map(|line| format!("> {line}")),
    );
    if more {
        lines.push("> …".to_owned());
    }
    lines
        .iter()
        .map(|line| format!("  │ {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The feed's first and last lines.
#[must_use]
pub fn feed(tally: &Tally, paint: Paint) -> String {
    let line = |event| format!("  {}", events::line(event, paint));
    let mut lines: Vec<String> = tally.first.iter().map(line).collect();
    let hidden = tally
        .events
        .saturating_sub(tally.first.len() + tally.last.len());
    if hidden > 0 {
        lines.push(format!("  … {hidden} more …"));
    }
    let overlap = (tally.first.len() + tally.last.len()).saturating_sub(tally.events);
    lines.extend(tally.last.iter().skip(overlap).map(line));
    lines.join("\n")
}

/// The sums, spelt out.
#[must_use]
pub fn totals(tally: &Tally, took: Duration) -> String {
    let outcome = |word: &str| tally.outcomes.get(word).copied().unwrap_or(0);
    let verdict = |word: &str| tally.decisions.get(word).copied().unwrap_or(0);
    let state = |word: &str| tally.states().get(word).copied().unwrap_or(0);
    let lines = [
        format!(
            "submitted {} = approved {} + pending {} + spam {} + rejected {} + refused {}",
            tally.submitted,
            outcome("APPROVED"),
            outcome("PENDING"),
            outcome("SPAM"),
            outcome("REJECTED"),
            tally.refused_count()
        ),
        format!(
            "decided {} = approve {} + reject {} + spam {}  ({} of them made a new version)",
            tally.decided_count(),
            verdict("APPROVE"),
            verdict("REJECT"),
            verdict("SPAM"),
            tally.changes
        ),
        format!(
            "feed {} = stored {} + new versions by decisions {}  (each once, in order, read twice)",
            tally.events,
            tally.stored_count(),
            tally.changes
        ),
        format!(
            "in the end: approved {}, pending {}, spam {}, rejected {}  (feed and service agree)",
            state("APPROVED"),
            state("PENDING"),
            state("SPAM"),
            state("REJECTED")
        ),
        format!(
            "took {:.1} s from the first comment to the last event",
            took.as_secs_f64()
        ),
    ];
    lines.map(|line| format!("  {line}")).join("\n")
}

/// The figures as JSON.
#[must_use]
pub fn json(tally: &Tally, took: Duration, breaches: &[String]) -> serde_json::Value {
    serde_json::json!({
        "submitted": tally.submitted,
        "outcomes": tally.outcomes,
        "reasons": tally.reasons,
        "labels": tally.labels,
        "refused": tally.refused,
        "failed": tally.failed,
        "decisions": tally.decisions,
        "versions_by_decisions": tally.changes,
        "refused_decisions": tally.problems,
        "events": tally.events,
        "states": tally.states(),
        "seconds": took.as_secs_f64(),
        "breaches": breaches,
    })
}

/// Where to go from here.
#[must_use]
pub fn next_steps(paint: Paint) -> String {
    let steps = [
        (
            "replydesk serve",
            "the service, with its own Redis in ./data",
        ),
        ("replydesk site create daily", "a site of yours"),
        (
            "replydesk submit --site daily --thread hello --name Ada --email ada@example.org 'Hello'",
            "",
        ),
        ("replydesk review --site daily", "be the moderator"),
        (
            "replydesk events --site daily --follow",
            "what a blog hears of it",
        ),
        (
            "make demo DATA=comments.jsonl",
            "your own comments: JSON lines with id and text",
        ),
    ];
    let line = |(command, what): (&str, &str)| {
        let gap = if what.is_empty() {
            String::new()
        } else {
            paint.paint(Tone::Faint, &format!("  # {what}"))
        };
        format!("  {command:<38}{gap}").trim_end().to_owned()
    };
    steps.map(line).join("\n")
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
