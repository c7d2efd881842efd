//! Who wrote a comment, and what stands around it.

use std::time::SystemTime;

use super::comment_line;
use crate::{
    cli::{clock, review::line::Line, style::Tone, untrusted, words},
    proto::v1::{AuthorDetails, NearbyComment, ReviewContext, Standing, SubjectStanding},
};

/// How the author stands, notes on them, and what else they said.
pub(super) fn author_lines(context: &ReviewContext, now: SystemTime) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(details) = &context.author {
        lines.extend(details.standing.iter().filter_map(standing_line));
        lines.extend(details.others.iter().filter_map(standing_line));
        lines.extend(note_lines(details, now));
    }
    lines.extend(known_since(context));
    if let Some(details) = &context.author {
        lines.extend(comment_lines(context, details, now));
    }
    lines
}

/// Nothing for who stands as everybody does.
fn standing_line(standing: &SubjectStanding) -> Option<Line> {
    let tone = match standing.standing() {
        Standing::Trusted => Tone::Good,
        Standing::Held => Tone::Notice,
        Standing::Banned => Tone::Bad,
        Standing::Normal | Standing::Unspecified if standing.strikes > 0 => Tone::Plain,
        Standing::Normal | Standing::Unspecified => return None,
    };
    let mut told = words::standing(standing.standing).to_lowercase();
    if let Some(until) = &standing.until {
        told.push_str(&format!(" until {}", clock::readable(Some(until))));
    }
    if !standing.moderator.is_empty() {
        told.push_str(&format!(" by {}", untrusted::line(&standing.moderator)));
    }
    if !standing.reason.is_empty() {
        told.push_str(&format!(": {}", untrusted::line(&standing.reason)));
    }
    let strikes = match standing.strikes {
        0 => String::new(),
        1 => ", 1 strike".to_owned(),
        many => format!(", {many} strikes"),
    };
    let kind = words::subject_kind(standing.kind);
    let name = untrusted::line(&standing.name);
    let name = if name.is_empty() || kind == "author" {
        String::new()
    } else {
        format!(" {name}")
    };
    Some(Line::of(Tone::Strong, format!("{kind}{name}: ")).with(tone, format!("{told}{strikes}")))
}

fn note_lines(details: &AuthorDetails, now: SystemTime) -> Vec<Line> {
    let notes = details.notes.iter();
    let line = notes.map(|note| {
        let when = note.noted_at.as_ref();
        let when = when.map(|at| format!(", {} ago", clock::age(at, now)));
        let who = untrusted::line(&note.moderator);
        let title = format!("on the author ({who}{}): ", when.unwrap_or_default());
        Line::of(Tone::Faint, title).with(Tone::Plain, untrusted::line(&note.note))
    });
    line.collect()
}

fn known_since(context: &ReviewContext) -> Option<Line> {
    let first = context.author_history.as_ref()?.first_seen_at.as_ref()?;
    let at = clock::rfc3339(first)?;
    let day = at.get(..10).unwrap_or_default();
    Some(Line::of(
        Tone::Plain,
        format!("the author's first comment: {day}"),
    ))
}

/// The author's others; the comment itself is on the screen.
fn comment_lines(context: &ReviewContext, details: &AuthorDetails, now: SystemTime) -> Vec<Line> {
    let shown = context.comment.as_ref();
    let shown = shown.map_or("", |comment| comment.comment_id.as_str());
    let others = details.comments.iter();
    let others: Vec<Line> = others
        .filter(|comment| comment.comment_id != shown)
        .map(|it| comment_line(it.state, it.submitted_at.as_ref(), now, &it.excerpt))
        .collect();
    if others.is_empty() {
        return others;
    }
    let mut lines = vec![Line::of(Tone::Notice, "the author's last comments")];
    lines.extend(others);
    lines
}

/// What it answers, what was said around it, and the article's counts.
pub(super) fn thread_lines(context: &ReviewContext, now: SystemTime) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(parent) = &context.parent {
        lines.push(Line::of(Tone::Notice, "it answers"));
        lines.push(nearby_line(parent, now));
    }
    for (title, nearby) in [
        ("just before it", &context.before),
        ("just after it", &context.after),
    ] {
        if !nearby.is_empty() {
            lines.push(Line::of(Tone::Notice, title));
            lines.extend(nearby.iter().map(|it| nearby_line(it, now)));
        }
    }
    let counts = context.thread_counts.unwrap_or_default();
    lines.push(Line::of(
        Tone::Plain,
        format!(
            "below the article: {} approved, {} pending, {} rejected, {} spam",
            counts.approved, counts.pending, counts.rejected, counts.spam
        ),
    ));
    lines
}

fn nearby_line(nearby: &NearbyComment, now: SystemTime) -> Line {
    let said = format!("{}: {}", nearby.display_name, nearby.excerpt);
    comment_line(nearby.state, nearby.submitted_at.as_ref(), now, &said)
}
