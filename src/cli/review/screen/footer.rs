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
    notice.map_or_else(Line::new, |(tone, text)| Line::of(*tone, untrusted::line(text)))
}

/// The keys, in as many rows as there are for them.
fn flow(bound: &[Binding], width: usize, rows: usize) -> Vec<Line> {
    let keys: Vec<(&str, &str)> = bound
        .iter()
        .filter(|binding| !binding.label.is_empty())
        .map(|binding| (binding.label, binding.what))
        .collect();
    let mut lines = vec![Line::new()];
    for (at, key) in keys.iter().enumerate() {
        let piece = piece(key);
        let is_last_row = lines.len() == rows;
        // On the last row, the rest must fit too, or there must be room to say where it is.
        let rest: usize = keys.iter().skip(at + 1).map(|key| piece_width(key)).sum();
        let used = lines.last().map_or(0, Line::width);
        let wanted = used + piece.width() + rest.min(piece_width(&MORE));
        if !is_last_row && used + piece.width() > width {
            lines.push(piece);
        } else if is_last_row && wanted > width + 1 {
            let last = lines.pop().unwrap_or_default();
            lines.push(last.and(self::piece(&MORE)).cut(width));
            break;
        } else {
            let last = lines.pop().unwrap_or_default();
            lines.push(last.and(piece));
        }
    }
    lines.resize(rows, Line::new());
    lines.into_iter().map(|line| line.cut(width)).collect()
}

fn piece((label, what): &(&str, &str)) -> Line {
    Line::of(Tone::Strong, format!("[{label}]")).with(Tone::Plain, format!(" {what}  "))
}

fn piece_width(key: &(&str, &str)) -> usize {
    piece(key).width()
}
