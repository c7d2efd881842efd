//! The page of help: every key in a line, and what else one should know.

use crate::cli::{
    review::{
        keys,
        line::{Line, wrap},
    },
    style::Tone,
};

/// Cells of the keys' column.
const KEY: usize = 5;

pub(super) fn lines(width: usize) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Strong, "Keys")];
    for binding in keys::of_an_item() {
        let text = wrap(binding.more, width.saturating_sub(KEY));
        for (row, text) in text.into_iter().enumerate() {
            let label = if row == 0 { binding.label } else { "" };
            lines.push(Line::of(Tone::Strong, format!("{label:<KEY$}")).with(Tone::Plain, text));
        }
    }
    lines.push(Line::new());
    let more = [
        "Nothing that comes in moves the comment that you look at, or changes how far it is scrolled. If somebody \
         else decides on it, the line above it says who and what, and k goes on.",
        "You hold the items behind it too, so nobody else gets them; they go back when you pause, quit, or press \
         no key for ten minutes.",
        "Where a reason is chosen, 1 to 9 rejects for it at once.",
    ];
    for text in more {
        lines.extend(
            wrap(text, width)
                .into_iter()
                .map(|text| Line::of(Tone::Plain, text)),
        );
    }
    lines.into_iter().map(|line| line.cut(width)).collect()
}
