//! The item: the comment with what stands above it, and what surrounds it beside it or in its place.

use crate::cli::{
    review::{
        card, context,
        line::Line,
        session::{Current, Link, Mode, Session},
    },
    style::Tone,
};

use super::{lists, panel, redaction, rule, scrolled};

/// Lines above the comment without parts of the score: title, address, author, standing, probability, rule.
const HEAD: usize = 6;

/// Rows of the comment that the parts of the score must leave.
const LEAST_BODY: usize = 3;

/// What stands between two columns.
const BETWEEN: &str = " │ ";

/// All rows of the item.
pub(super) fn lines(session: &Session, room: usize) -> Vec<Line> {
    let width = session.window.0;
    let panel = panel(session, room);
    let above = room - panel.len();
    let mut lines = match &session.current {
        Some(current) if session.is_wide() => beside(session, current, above),
        Some(current) => column(session, current, (width, above), session.is_context_focused).0,
        None => vec![Line::new(), Line::of(Tone::Faint, idle(session)).cut(width)],
    };
    lines.resize(above, Line::new());
    lines.extend(panel);
    lines
}

/// What is being chosen or written, at the foot of the item.
fn panel(session: &Session, room: usize) -> Vec<Line> {
    let width = session.window.0;
    let (rows, chosen) = panel::lines(session);
    if rows.is_empty() {
        return rows;
    }
    let most = (room / 2).max(2);
    let height = rows.len().min(most - 1);
    let mut panel = vec![rule(width)];
    panel.extend(lists::window(&rows, chosen, (width, height)));
    panel
}

fn widths(width: usize) -> (usize, usize) {
    let left = width * 3 / 5;
    (left, width - left - BETWEEN.chars().count())
}

fn beside(session: &Session, current: &Current, room: usize) -> Vec<Line> {
    let (left_width, right_width) = widths(session.window.0);
    let (left, _) = column(session, current, (left_width, room), false);
    let (right, _) = surroundings(session, (right_width, room));
    (0..room)
        .map(|row| {
            let left = left.get(row).cloned().unwrap_or_default();
            let right = right.get(row).cloned().unwrap_or_default();
            left.padded(left_width)
                .with(Tone::Faint, BETWEEN)
                .and(right)
        })
        .collect()
}

fn surroundings(session: &Session, (width, room): (usize, usize)) -> (Vec<Line>, usize) {
    let tone = if session.is_context_focused {
        Tone::Strong
    } else {
        Tone::Faint
    };
    let mut lines = vec![Line::of(tone, "why it is here").cut(width), rule(width)];
    let (shown, furthest) = scrolled(
        &context_lines(session, width),
        session.context_scroll,
        (width, room.saturating_sub(2)),
    );
    lines.extend(shown);
    (lines, furthest)
}

fn context_lines(session: &Session, width: usize) -> Vec<Line> {
    let surroundings = session.surroundings.as_ref();
    surroundings.map_or_else(Vec::new, |found| context::lines(found, width, session.now))
}

/// The head and the comment, or what surrounds it; and how far that scrolls.
fn column(
    session: &Session,
    current: &Current,
    (width, room): (usize, usize),
    is_context: bool,
) -> (Vec<Line>, usize) {
    let bars = if room > 24 { 8 } else { 4 };
    let bars = bars.min(room.saturating_sub(HEAD + LEAST_BODY));
    // What surrounds the comment has them all.
    let bars = if is_context { 0 } else { bars };
    let mut lines = card::head(&current.item, width, bars, session.now);
    lines.truncate(room.saturating_sub(3).max(1));
    lines.push(rule(width));
    let rows = room.saturating_sub(lines.len()).max(1);
    let (body, first) = if is_context {
        (context_lines(session, width), session.context_scroll)
    } else if let (Mode::Redact(chosen), Some(comment)) = (&session.mode, &current.item.comment) {
        let (body, at) = redaction::lines(chosen, &comment.body, width);
        // The word under the cursor is in the middle, as far as there is text around it.
        (body, at.saturating_sub(rows / 2))
    } else {
        let text = card::body(&current.item, width).into_iter();
        let body = text.map(|text| Line::of(Tone::Plain, text)).collect();
        (body, session.scroll)
    };
    let (shown, furthest) = scrolled(&body, first, (width, rows));
    lines.extend(shown);
    (lines, furthest)
}

/// Of the comment and of what surrounds it.
pub(super) fn furthest_scrolls(session: &Session, room: usize) -> (usize, usize) {
    let Some(current) = &session.current else {
        return (0, 0);
    };
    let room = room - panel(session, room).len();
    if session.is_wide() {
        let (left, right) = widths(session.window.0);
        let comment = column(session, current, (left, room), false).1;
        return (comment, surroundings(session, (right, room)).1);
    }
    let size = (session.window.0, room);
    (
        column(session, current, size, false).1,
        column(session, current, size, true).1,
    )
}

fn idle(session: &Session) -> String {
    match &session.link {
        Link::Up if session.is_paused => {
            "You pause: nothing comes, and you hold nothing.".to_owned()
        }
        Link::Up => {
            "Nothing to review at the moment. New items appear here by themselves.".to_owned()
        }
        Link::Down(_) => "Not connected.".to_owned(),
        Link::Resting => "Resting.".to_owned(),
    }
}
