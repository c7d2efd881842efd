//! What stands below the item: the last thing worth saying, and the keys.

use crate::cli::{
    review::{
        keys::{self, Binding},
        line::Line,
        session::{Link, Session},
    },
    style::Tone,
    untrusted,
};

/// Where the keys do not all fit, this says where they are.
const MORE: (&str, &str) = ("?", "all keys");

/// Rule, notice and keys: the same for a window whatever is shown in it, so that nothing moves.
pub(super) fn height(width: usize, height: usize) -> usize {
    2 + key_rows(width, height)
}

fn key_rows(width: usize, height: usize) -> usize {
    match (width, height) {
        (_, 0..=17) => 1,
        (0..=75, _) => 3,
        (76..=139, _) => 2,
        (140.., _) => 1,
    }
}

pub(super) fn lines(session: &Session) -> Vec<Line> {
    let (width, height) = session.window;
    let mut lines = vec![super::rule(width), notice(session).cut(width)];
    let bound = keys::bindings(session);
    lines.extend(flow(&bound, width, key_rows(width, height)));
    lines
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
    notice.map_or_else(Line::new, |(tone, text)| {
        Line::of(*tone, untrusted::line(text))
    })
}

/// The keys, in as many rows as there are for them: with signs around each where that fits.
fn flow(bound: &[Binding], width: usize, rows: usize) -> Vec<Line> {
    let keys: Vec<(&str, &str)> = bound
        .iter()
        .filter(|binding| !binding.label.is_empty() && !binding.what.is_empty())
        .map(|binding| (binding.label, binding.what))
        .collect();
    let roomy: Vec<Line> = keys.iter().map(|key| piece(key, true)).collect();
    let tight: Vec<Line> = keys.iter().map(|key| piece(key, false)).collect();
    let placed = place(&roomy, width, rows).or_else(|| place(&tight, width, rows));
    let mut lines = placed.unwrap_or_else(|| some(&tight, width, rows));
    lines.resize(rows, Line::new());
    lines
}

/// All of them, if they fit.
fn place(pieces: &[Line], width: usize, rows: usize) -> Option<Vec<Line>> {
    let mut lines = vec![Line::new()];
    for piece in pieces {
        let used = lines.last().map_or(0, Line::width);
        // The spaces behind the last one may stick out.
        if used > 0 && used + piece.width() > width + 2 {
            lines.push(Line::new());
        }
        let last = lines.pop().unwrap_or_default();
        lines.push(last.and(piece.clone()));
    }
    let fits = lines.len() <= rows && lines.iter().all(|line| line.width() <= width + 2);
    fits.then(|| {
        lines
            .into_iter()
            .map(|line| line.cut(width + 2).trimmed())
            .collect()
    })
}

/// As many as fit, and where the others are.
fn some(pieces: &[Line], width: usize, rows: usize) -> Vec<Line> {
    let more = piece(&MORE, false);
    let most = (1..pieces.len()).rev().find_map(|count| {
        let mut kept: Vec<Line> = pieces.iter().take(count).cloned().collect();
        kept.push(more.clone());
        place(&kept, width, rows)
    });
    most.unwrap_or_else(|| vec![more.cut(width)])
}

fn piece((label, what): &(&str, &str), roomy: bool) -> Line {
    let label = if roomy {
        format!("[{label}]")
    } else {
        (*label).to_owned()
    };
    Line::of(Tone::Strong, label).with(Tone::Plain, format!(" {what}  "))
}
