//! The screen as a pure function of the session: the same lines for the same state and window.

mod footer;
mod help;
mod item;
mod lists;
mod panel;
mod redaction;
mod status;
mod wave;

use crate::cli::style::Tone;

use super::{
    line::Line,
    session::{LEAST, Mode, Session},
};

/// As many lines as the window has, none wider than it.
#[must_use]
pub fn render(session: &Session) -> Vec<Line> {
    let (width, height) = session.window;
    if !session.fits() {
        let size = format!("{} × {}", LEAST.0, LEAST.1);
        let mut lines = vec![
            Line::of(Tone::Notice, "make the window larger").cut(width),
            Line::of(Tone::Faint, format!("at least {size}; q quits")).cut(width),
        ];
        lines.resize(height, Line::new());
        return lines;
    }
    let room = room(session);
    let mut lines = vec![status::counters(session), status::mark(session)];
    let mut middle = middle(session, room);
    middle.resize(room, Line::new());
    lines.append(&mut middle);
    lines.extend(footer::lines(session));
    lines
}

/// Rows between what stands above and below.
fn room(session: &Session) -> usize {
    let (width, height) = session.window;
    height.saturating_sub(2 + footer::height(width, height))
}

fn middle(session: &Session, room: usize) -> Vec<Line> {
    let width = session.window.0;
    match &session.mode {
        Mode::Item
        | Mode::Reasons(_)
        | Mode::Typing(_)
        | Mode::Author(_)
        | Mode::Redact(_)
        | Mode::Thread => item::lines(session, room),
        Mode::Deeds(row) => lists::window(&lists::deeds(session), *row, (width, room)),
        Mode::Places(places) => lists::window(&lists::places(session), places.row, (width, room)),
        Mode::Wave | Mode::Help => {
            let page = page(session);
            scrolled(&page, session.page_scroll, (width, room)).0
        }
    }
}

/// A page of its own, in place of the item.
fn page(session: &Session) -> Vec<Line> {
    let width = session.window.0;
    match &session.mode {
        Mode::Wave => wave::lines(session, width),
        Mode::Help => help::lines(width),
        Mode::Item
        | Mode::Reasons(_)
        | Mode::Typing(_)
        | Mode::Author(_)
        | Mode::Redact(_)
        | Mode::Thread
        | Mode::Deeds(_)
        | Mode::Places(_) => Vec::new(),
    }
}

/// How far each part can be scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Furthest {
    /// The comment.
    pub comment: usize,
    /// What surrounds it.
    pub context: usize,
    /// A page of its own.
    pub page: usize,
}

/// How far each part can be scrolled in this window.
#[must_use]
pub fn furthest_scrolls(session: &Session) -> Furthest {
    let room = room(session);
    let (comment, context) = item::furthest_scrolls(session, room);
    let page = scrolled(&page(session), usize::MAX, (session.window.0, room)).1;
    Furthest {
        comment,
        context,
        page,
    }
}

/// The part of the lines from `first` on that fits, and where it begins at the latest. Where it does not all fit, the last
/// row tells the place.
fn scrolled(lines: &[Line], first: usize, (width, room): (usize, usize)) -> (Vec<Line>, usize) {
    if lines.len() <= room {
        return (lines.to_vec(), 0);
    }
    let rows = room.saturating_sub(1).max(1);
    let furthest = lines.len() - rows;
    let first = first.min(furthest);
    let mut shown: Vec<Line> = lines.iter().skip(first).take(rows).cloned().collect();
    let place = format!(
        "lines {}-{} of {}; ↑ ↓ PgUp PgDn",
        first + 1,
        first + rows,
        lines.len()
    );
    shown.push(Line::of(Tone::Notice, place).cut(width));
    (shown, furthest)
}

fn rule(width: usize) -> Line {
    Line::of(Tone::Faint, "─".repeat(width))
}

#[cfg(test)]
mod tests;
