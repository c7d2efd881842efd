//! The screen as a pure function of the session: the same lines for the same state, width and height.

use std::time::SystemTime;

use crate::{
    cli::{clock, style::Tone, untrusted},
    proto::v1::ReviewItem,
};

use super::{
    card, context,
    line::Line,
    session::{Current, Hold, Link, Session},
};

/// Below this nothing useful fits.
const LEAST: (usize, usize) = (40, 14);

/// Status and rule above; rule, notice and keys below.
const FRAME: usize = 5;

/// Lines above the comment without parts of the score: title, address, author, standing, probability, rule.
const HEAD: usize = 6;

/// Rows of the comment that the parts of the score must leave.
const LEAST_BODY: usize = 3;

/// Whether the window shows the item. Nobody decides on what is not shown.
#[must_use]
pub fn fits(width: usize, height: usize) -> bool {
    width >= LEAST.0 && height >= LEAST.1
}

/// Exactly `height` lines of at most `width` cells.
#[must_use]
pub fn render(session: &Session, width: usize, height: usize, now: SystemTime) -> Vec<Line> {
    if !fits(width, height) {
        let mut lines = vec![Line::of(Tone::Notice, "make the window larger").cut(width)];
        lines.resize(height, Line::new());
        return lines;
    }
    let rule = Line::of(Tone::Faint, "─".repeat(width));
    let mut lines = vec![status(session, width), mark(session, width)];
    let room = height - FRAME;
    let mut middle = match &session.current {
        Some(current) => item(session, current, (width, room), now),
        None => vec![Line::new(), Line::of(Tone::Faint, idle(session))],
    };
    middle.resize(room, Line::new());
    lines.append(&mut middle);
    lines.push(rule);
    lines.push(notice(session).cut(width));
    lines.push(keys(width));
    lines
}

/// The rule above the item. It says so for as long as the item cannot be decided: no news hides it.
fn mark(session: &Session, width: usize) -> Line {
    let why = match session.current.as_ref().map(|current| current.hold) {
        Some(Hold::Lost) => "lost, waiting for it again; k goes on",
        Some(Hold::Withdrawn) => "not yours any more; k goes on",
        Some(Hold::Ours) | None => return Line::of(Tone::Faint, "─".repeat(width)),
    };
    let rest = width.saturating_sub(why.len() + 1);
    Line::of(Tone::Bad, why)
        .with(Tone::Faint, format!(" {}", "─".repeat(rest)))
        .cut(width)
}

fn status(session: &Session, width: usize) -> Line {
    let left = Line::of(Tone::Strong, "ReplyDesk")
        .with(Tone::Plain, format!("  {}", untrusted::line(&session.site)));
    let mut counts: Vec<String> = session
        .decided
        .iter()
        .map(|(state, count)| format!("{count} {}", state.to_lowercase()))
        .collect();
    if counts.is_empty() {
        counts.push("none yet".to_owned());
    }
    let waiting = session
        .stats
        .as_ref()
        .map_or_else(|| "?".to_owned(), |stats| stats.waiting.to_string());
    let oldest = session
        .stats
        .as_ref()
        .and_then(|stats| stats.oldest_waiting.as_ref());
    let oldest = oldest.map(|oldest| {
        let seconds = u64::try_from(oldest.seconds).unwrap_or(0);
        format!(
            ", oldest {}",
            clock::rough(std::time::Duration::from_secs(seconds))
        )
    });
    let right = format!(
        "decided: {} · held {} · waiting {waiting}{}",
        counts.join(", "),
        session.held(),
        oldest.unwrap_or_default()
    );
    Line::spread(left, Line::of(Tone::Plain, right), width)
}

/// Where things go when a comment is shown.
struct Layout {
    head: Vec<Line>,
    body: Vec<Line>,
    /// How many rows of the body fit; one less than there is room where it must be scrolled.
    rows: usize,
}

fn layout(
    session: &Session,
    item: &ReviewItem,
    (width, room): (usize, usize),
    now: SystemTime,
) -> Layout {
    let bars = if room > 24 { 8 } else { 4 };
    let bars = bars.min(room.saturating_sub(HEAD + LEAST_BODY));
    // What surrounds the comment has them all.
    let bars = if session.surroundings.is_some() {
        0
    } else {
        bars
    };
    let mut head = card::head(item, width, bars, now);
    head.push(Line::of(Tone::Faint, "─".repeat(width)));
    let body = match &session.surroundings {
        Some(surroundings) => context::lines(surroundings, width, now),
        None => {
            let text = card::body(item, width).into_iter();
            text.map(|text| Line::of(Tone::Plain, text)).collect()
        }
    };
    let rows = room.saturating_sub(head.len()).max(1);
    let rows = if body.len() > rows {
        (rows - 1).max(1)
    } else {
        rows
    };
    Layout { head, body, rows }
}

fn item(
    session: &Session,
    current: &Current,
    (width, room): (usize, usize),
    now: SystemTime,
) -> Vec<Line> {
    let Layout {
        mut head,
        body,
        rows,
    } = layout(session, &current.item, (width, room), now);
    let first = session.scroll.min(body.len().saturating_sub(rows));
    let shown = body.iter().skip(first).take(rows);
    head.extend(shown.cloned());
    if body.len() > rows {
        let place = format!(
            "lines {}-{} of {}; arrows and page keys scroll",
            first + 1,
            first + rows,
            body.len()
        );
        head.push(Line::of(Tone::Notice, place).cut(width));
    }
    head
}

/// How far the comment can be scrolled: a key pressed too often needs not be pressed back as often.
#[must_use]
pub fn furthest_scroll(session: &Session, width: usize, height: usize) -> usize {
    let Some(current) = &session.current else {
        return 0;
    };
    let room = height.saturating_sub(FRAME);
    let now = SystemTime::UNIX_EPOCH;
    let layout = layout(session, &current.item, (width, room), now);
    layout.body.len().saturating_sub(layout.rows)
}

fn idle(session: &Session) -> String {
    match &session.link {
        Link::Up => {
            "Nothing to review at the moment. New items appear here by themselves.".to_owned()
        }
        Link::Down(_) => "Not connected.".to_owned(),
        Link::Resting => "Resting.".to_owned(),
    }
}

fn notice(session: &Session) -> Line {
    match &session.link {
        Link::Down(why) => return Line::of(Tone::Bad, untrusted::line(why)),
        Link::Resting => {
            return Line::of(
                Tone::Notice,
                "you were away, so your items went back to the queue; any key goes on",
            );
        }
        Link::Up => {}
    }
    let notice = session.notice.as_ref();
    notice.map_or_else(Line::new, |(tone, text)| Line::of(*tone, text.clone()))
}

fn keys(width: usize) -> Line {
    let keys = [
        ("a", "approve"),
        ("r", "reject"),
        ("s", "spam"),
        ("k", "skip"),
        ("w", "why"),
        ("q", "quit"),
    ];
    let mut line = Line::new();
    for (key, what) in keys {
        line = line
            .with(Tone::Strong, format!("[{key}]"))
            .with(Tone::Plain, format!(" {what}  "));
    }
    line.with(Tone::Faint, "↑ ↓ PgUp PgDn").cut(width)
}

#[cfg(test)]
mod tests;
