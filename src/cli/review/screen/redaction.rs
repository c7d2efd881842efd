//! A comment whose words are chosen for blacking out.

use crate::cli::{
    review::{line::Line, session::Redaction},
    style::Tone,
    untrusted,
};

/// The comment, with the marked words in brackets of their own and the cursor on a word; and the line that it is on.
pub(super) fn lines(chosen: &Redaction, body: &str, width: usize) -> (Vec<Line>, usize) {
    let (mut lines, mut line, mut end, mut cursor_at) = (Vec::new(), Line::new(), 0, 0);
    for (number, range) in chosen.words.iter().enumerate() {
        let between = body.get(end..range.start).unwrap_or("");
        for _ in 0..between.matches('\n').count() {
            lines.extend(std::mem::take(&mut line).wrapped(width, 0));
        }
        let word = untrusted::line(body.get(range.clone()).unwrap_or(""));
        let is_marked = chosen.marked.contains(&number);
        let is_here = number == chosen.word;
        let (tone, text) = match (is_marked, is_here) {
            (true, true) => (Tone::Bad, format!("▸▒{word}▒")),
            (true, false) => (Tone::Bad, format!("▒{word}▒")),
            (false, true) => (Tone::Strong, format!("▸{word}")),
            (false, false) => (Tone::Plain, word),
        };
        line = line.with(tone, format!("{text} "));
        if is_here {
            let rows = line.clone().wrapped(width, 0).len();
            cursor_at = lines.len() + rows.saturating_sub(1);
        }
        end = range.end;
    }
    lines.extend(line.wrapped(width, 0));
    (lines, cursor_at)
}
