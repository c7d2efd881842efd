//! What came out of a backtest, for people and for scripts.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    cli::{
        clock,
        review::line::Line,
        style::{Paint, Tone},
        untrusted, words,
    },
    proto::v1::{Backtest, Disagreement, Outcome, Replay, Verdict},
};

use super::grid::{Grid, ROWS, share};

/// How much of a comment stands in its line, in cells.
const EXCERPT: usize = 90;

/// For people; `tried` are the changes, one a line.
#[must_use]
pub fn text(site: &str, tried: &str, found: &Backtest, paint: Paint) -> String {
    let site = untrusted::line(site);
    if found.comments == 0 {
        return format!("{site}: no comments to replay");
    }
    let head = format!(
        "{site}: {} comments, from {} to {} UTC",
        found.comments,
        clock::readable(found.oldest.as_ref()),
        clock::readable(found.newest.as_ref())
    );
    let current = found.current.clone().unwrap_or_default();
    let proposed = found.proposed.clone().unwrap_or_default();
    let (now, then) = (Grid::of(&current), Grid::of(&proposed));
    let mut out = format!("{}\n\n", paint.paint(Tone::Strong, &head));
    if tried.is_empty() {
        let what = paint.paint(
            Tone::Strong,
            "The policy as it is, against what moderators said",
        );
        let _ = write!(out, "{what}\n{}\n\n", now.drawn(found.comments));
    } else {
        let what = paint.paint(Tone::Strong, "Tried, against what moderators said");
        let _ = write!(out, "{what}\n{tried}\n{}\n\n", then.drawn(found.comments));
        let what = paint.paint(Tone::Strong, "The policy as it is");
        let _ = write!(out, "{what}\n{}\n\n", now.drawn(found.comments));
    }
    out.push_str(&judged(&then, &now, tried));
    out.push_str(&workload(&proposed, &current, found, tried));
    if let Some(changes) = changes(found) {
        let _ = writeln!(out, "{changes}");
    }
    out.push_str(&examples(&found.examples, paint));
    out.trim_end().to_owned()
}

fn judged(then: &Grid, now: &Grid, tried: &str) -> String {
    let decided = then.decided();
    let line = |grid: &Grid| {
        let contrary = grid.contrary();
        let alike = decided - grid.asked() - contrary;
        format!(
            "{alike} ({}) as they did, {contrary} ({}) the other way, {} ({}) held for them",
            share(alike, decided),
            share(contrary, decided),
            grid.asked(),
            share(grid.asked(), decided)
        )
    };
    let mut out = format!("Of {decided} that moderators decided: {}\n", line(then));
    if !tried.is_empty() {
        let _ = writeln!(out, "  with the policy as it is: {}", line(now));
    }
    out
}

fn workload(proposed: &Replay, current: &Replay, found: &Backtest, tried: &str) -> String {
    let mut out = format!("For moderators to look at: {}", proposed.queued);
    if !tried.is_empty() {
        let (more, word) = if proposed.queued >= current.queued {
            (proposed.queued - current.queued, "more")
        } else {
            (current.queued - proposed.queued, "fewer")
        };
        let _ = write!(
            out,
            ", {more} {word} than with the policy as it is ({} of {})",
            share(more, current.queued),
            current.queued
        );
        if let Some(days) = days(found).filter(|days| *days > 0) {
            let _ = write!(out, ", some {} a day", more.div_ceil(days));
        }
    }
    out + "\n"
}

/// Whole days between the oldest and the newest.
fn days(found: &Backtest) -> Option<u64> {
    let seconds = found.newest?.seconds - found.oldest?.seconds;
    u64::try_from(seconds / 86_400).ok()
}

fn changes(found: &Backtest) -> Option<String> {
    let name = |outcome: Outcome| {
        let row = ROWS.iter().find(|(row, _)| *row == outcome);
        row.map_or("unknown", |(_, name)| name)
    };
    let changed: Vec<String> = found
        .outcomes
        .iter()
        .filter(|pair| pair.current != pair.proposed)
        .map(|pair| {
            let (from, to) = (name(pair.current()), name(pair.proposed()));
            format!("{from} -> {to} {}", pair.comments)
        })
        .collect();
    (!changed.is_empty()).then(|| format!("What changes: {}", changed.join(", ")))
}

/// By kind, the costliest mistakes first.
fn examples(all: &[Disagreement], paint: Paint) -> String {
    const KINDS: [(Outcome, Verdict, &str); 4] = [
        (
            Outcome::Approved,
            Verdict::Spam,
            "Shown, but a moderator marked it as spam",
        ),
        (
            Outcome::Spam,
            Verdict::Approve,
            "Marked as spam, but a moderator approved it",
        ),
        (
            Outcome::Approved,
            Verdict::Reject,
            "Shown, but a moderator rejected it",
        ),
        (
            Outcome::Rejected,
            Verdict::Approve,
            "Rejected by a word, but a moderator approved it",
        ),
    ];
    let mut out = String::new();
    for (outcome, verdict, title) in KINDS {
        let of_kind =
            |example: &&Disagreement| example.outcome() == outcome && example.verdict() == verdict;
        let mut found = all.iter().filter(of_kind).peekable();
        if found.peek().is_some() {
            let _ = write!(out, "\n{}\n", paint.paint(Tone::Notice, title));
        }
        for example in found {
            let body = Line::of(Tone::Plain, untrusted::line(&example.excerpt)).cut(EXCERPT);
            let now = ROWS.iter().find(|(row, _)| *row == example.current());
            let _ = writeln!(
                out,
                "  {:.2}  {}: {}\n        {} on {}, now {}; {}",
                example.spam_probability,
                untrusted::line(&example.display_name),
                body.text(),
                untrusted::line(&example.comment_id),
                untrusted::line(&example.thread_id),
                now.map_or("unknown", |(_, name)| name),
                words::reasons(&example.reasons)
            );
        }
    }
    out
}

/// For scripts.
#[must_use]
pub fn json(site: &str, found: &Backtest) -> Value {
    let verdict = |number: i32| match words::verdict(number) {
        "UNSPECIFIED" => Value::Null,
        word => word.into(),
    };
    let replay = |replay: Option<&Replay>| {
        let replay = replay.cloned().unwrap_or_default();
        let cells = replay.cells.iter().map(|cell| {
            json!({
                "outcome": words::outcome(cell.outcome),
                "verdict": verdict(cell.verdict),
                "comments": cell.comments,
            })
        });
        json!({ "cells": cells.collect::<Value>(), "queued": replay.queued })
    };
    let time = |time: Option<&prost_types::Timestamp>| time.and_then(clock::rfc3339);
    let pairs = found.outcomes.iter().map(|pair| {
        json!({
            "current": words::outcome(pair.current),
            "proposed": words::outcome(pair.proposed),
            "comments": pair.comments,
        })
    });
    let examples = found.examples.iter().map(|example| {
        let reasons = example.reasons.iter().map(
            |reason| json!({ "code": words::reason_code(reason.code), "detail": reason.detail }),
        );
        json!({
            "comment_id": example.comment_id,
            "thread_id": example.thread_id,
            "display_name": example.display_name,
            "excerpt": example.excerpt,
            "spam_probability": example.spam_probability,
            "outcome": words::outcome(example.outcome),
            "reasons": reasons.collect::<Value>(),
            "verdict": verdict(example.verdict),
            "current": words::outcome(example.current),
        })
    });
    json!({
        "site": site,
        "comments": found.comments,
        "oldest": time(found.oldest.as_ref()),
        "newest": time(found.newest.as_ref()),
        "current": replay(found.current.as_ref()),
        "proposed": replay(found.proposed.as_ref()),
        "outcomes": pairs.collect::<Value>(),
        "examples": examples.collect::<Value>(),
    })
}

#[cfg(test)]
mod tests;
