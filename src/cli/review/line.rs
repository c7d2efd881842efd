//! A line of the screen: pieces of text with their tones, measured in cells.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::style::{Paint, Tone};

/// One line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(Vec<(Tone, String)>);

impl Line {
    /// An empty line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A line in one tone.
    #[must_use]
    pub fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self::new().with(tone, text)
    }

    /// With one more piece.
    #[must_use]
    pub fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push((tone, text.into()));
        self
    }

    /// With another line behind it.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// With spaces behind it up to so many cells.
    #[must_use]
    pub fn padded(self, width: usize) -> Self {
        let gap = width.saturating_sub(self.width());
        self.with(Tone::Plain, " ".repeat(gap))
    }

    /// Without the spaces at its end.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        while let Some((_, text)) = self.0.last_mut() {
            text.truncate(text.trim_end_matches(' ').len());
            if !text.is_empty() {
                break;
            }
            self.0.pop();
        }
        self
    }

    /// How many cells it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    /// At most so many cells; what is cut off is shown by an ellipsis.
    #[must_use]
    pub fn cut(self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        let mut left = width.saturating_sub(1);
        let mut kept = Self::new();
        for (tone, text) in self.0 {
            let head = fitting(&text, left);
            left -= head.width();
            let is_whole = head.len() == text.len();
            kept = kept.with(tone, head);
            if !is_whole {
                break;
            }
        }
        kept.with(Tone::Faint, if width > 0 { "…" } else { "" })
    }

    /// In as many lines as it needs, broken at spaces; all but the first begin with `indent` spaces.
    #[must_use]
    pub fn wrapped(self, width: usize, indent: usize) -> Vec<Self> {
        if self.width() <= width || width <= indent + 2 {
            return vec![self.cut(width)];
        }
        let margin = || Self::of(Tone::Plain, " ".repeat(indent));
        let (mut lines, mut line, mut used) = (Vec::new(), Self::new(), 0);
        for (tone, text) in self.0 {
            for word in text.split_inclusive(' ') {
                let mut rest = word;
                while used + rest.trim_end_matches(' ').width() > width {
                    if used > indent {
                        lines.push(std::mem::replace(&mut line, margin()));
                    } else {
                        let head = fitting(rest, width - used);
                        lines.push(std::mem::replace(&mut line, margin()).with(tone, head));
                        rest = &rest[head.len()..];
                    }
                    used = indent;
                }
                line = line.with(tone, rest);
                used += rest.width();
            }
        }
        lines.push(line);
        lines.into_iter().map(|line| line.cut(width)).collect()
    }

    /// The left part and the right part at the line's two ends.
    #[must_use]
    pub fn spread(left: Self, right: Self, width: usize) -> Self {
        let right = right.cut(width);
        let left = left.cut(width.saturating_sub(right.width() + 1));
        let gap = width.saturating_sub(left.width() + right.width());
        let mut line = left.with(Tone::Plain, " ".repeat(gap));
        line.0.extend(right.0);
        line
    }

    /// Its text, without tones.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// Its text, painted.
    #[must_use]
    pub fn painted(&self, paint: Paint) -> String {
        let pieces = self.0.iter();
        pieces
            .map(|(tone, text)| paint.paint(*tone, text))
            .collect()
    }
}

/// The longest beginning of a text that takes at most so many cells.
#[must_use]
pub fn fitting(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width {
            return &text[..at];
        }
    }
    text
}

/// A text as lines of at most `width` cells: broken at spaces, inside a word only if the word alone is too long.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split_inclusive(' ') {
            let mut rest = word;
            // The space behind a word may stick out; nobody sees it.
            while used + rest.trim_end_matches(' ').width() > width {
                if used > 0 {
                    lines.push(std::mem::take(&mut line).trim_end().to_owned());
                    used = 0;
                } else {
                    let head = fitting(rest, width);
                    lines.push(head.to_owned());
                    rest = &rest[head.len()..];
                }
            }
            line.push_str(rest);
            used += rest.width();
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_breaks_at_spaces_and_long_words_where_they_must() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a\n\nb", 5), ["a", "", "b"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("漢字漢字", 5), ["漢字", "漢字"]);
        assert_eq!(wrap("", 5), [""]);
    }

    #[test]
    fn a_cut_line_says_so() {
        let line = Line::of(Tone::Plain, "abc").with(Tone::Good, "defgh");
        assert_eq!(line.clone().cut(8).text(), "abcdefgh");
        assert_eq!(line.clone().cut(5).text(), "abcd…");
        assert_eq!(line.cut(0).text(), "");
        let spread = Line::spread(
            Line::of(Tone::Plain, "left"),
            Line::of(Tone::Plain, "right"),
            12,
        );
        assert_eq!(spread.text(), "left   right");
    }

    #[test]
    fn a_line_of_pieces_breaks_at_spaces_and_is_indented() {
        let line = Line::of(Tone::Strong, "Reader 1: ").with(Tone::Plain, "one two abcdefghijkl");
        let texts = |lines: Vec<Line>| {
            let texts = lines.iter().map(|line| line.text().trim_end().to_owned());
            texts.collect::<Vec<_>>()
        };
        assert_eq!(
            texts(line.wrapped(12, 2)),
            ["Reader 1:", "  one two", "  abcdefghij", "  kl"]
        );
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_screen_and_no_letter_is_lost(text in any::<String>(), width in 2_usize..100) {
            let text = crate::cli::untrusted::text(&text);
            let lines = wrap(&text, width);
            for line in &lines {
                prop_assert!(line.width() <= width, "{line:?}");
            }
            let letters = |s: &str| s.chars().filter(|c| *c != ' ' && *c != '\n').collect::<String>();
            prop_assert_eq!(letters(&lines.join("")).trim().to_owned(), letters(&text).trim().to_owned());
        }
    }
}
