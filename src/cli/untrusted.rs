//! Text from outside, made safe to print: a terminal obeys control characters, and bidi overrides reorder what
//! stands around them. What is taken out is shown by a symbol, so that a moderator sees that it was there.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Longer runs of combining marks on one letter are disguise or vandalism; no language stacks as many.
const MOST_MARKS: usize = 6;

/// One line: line breaks and tabs become symbols too.
#[must_use]
pub fn line(text: &str) -> String {
    clean(text, |c, out| match c {
        '\n' => out.push('␊'),
        '\t' => out.push(' '),
        other => out.push(other),
    })
}

/// Several lines: `\n` stays, tabs become four spaces.
#[must_use]
pub fn text(text: &str) -> String {
    clean(&text.replace("\r\n", "\n"), |c, out| match c {
        '\t' => out.push_str("    "),
        other => out.push(other),
    })
}

fn clean(text: &str, whitespace: impl Fn(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        let category = c.general_category();
        let is_mark = matches!(
            category,
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
        );
        marks = if is_mark { marks + 1 } else { 0 };
        match c {
            '\n' | '\t' => whitespace(c, &mut out),
            _ if is_mark && marks == MOST_MARKS => out.push('…'),
            _ if is_mark && marks > MOST_MARKS => {}
            '\u{0}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('?')),
            '\u{7f}' => out.push('␡'),
            _ if is_hidden(c, category) => out.push_str(&named(c)),
            _ => out.push(c),
        }
    }
    out
}

/// Characters that nobody sees but that change what is seen: controls, bidi marks, zero-width ones, tags.
fn is_hidden(c: char, category: GeneralCategory) -> bool {
    let unseen = matches!(
        category,
        GeneralCategory::Control
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::Format
    );
    // Joiners build emoji and stand between letters in Persian and Indic scripts; the rest of the exceptions are
    // visible signs before numbers and abbreviations.
    let is_seen = matches!(
        c,
        '\u{200c}' | '\u{200d}' | '\u{600}'
            ..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}'
    );
    let is_filler = matches!(c, '\u{3164}' | '\u{115f}' | '\u{1160}' | '\u{ffa0}');
    (unseen && !is_seen) || is_filler
}

fn named(c: char) -> String {
    let name = match c {
        '\u{200b}' => "ZWSP",
        '\u{200e}' => "LRM",
        '\u{200f}' => "RLM",
        '\u{202a}' => "LRE",
        '\u{202b}' => "RLE",
        '\u{202c}' => "PDF",
        '\u{202d}' => "LRO",
        '\u{202e}' => "RLO",
        '\u{2066}' => "LRI",
        '\u{2067}' => "RLI",
        '\u{2068}' => "FSI",
        '\u{2069}' => "PDI",
        '\u{feff}' => "BOM",
        '\u{ad}' => "SHY",
        other => return format!("‹{:X}›", u32::from(other)),
    };
    format!("‹{name}›")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_would_obey_becomes_a_symbol() {
        let table = [
            ("\u{1b}[2J\u{7}", "␛[2J␇"),
            ("\u{9b}31m", "‹9B›31m"),
            ("a\u{202e}b\u{202c}", "a‹RLO›b‹PDF›"),
            ("ca\u{200b}si\u{ad}no", "ca‹ZWSP›si‹SHY›no"),
            ("line\u{2028}two", "line‹2028›two"),
            ("\u{e0041}", "‹E0041›"),
            ("one\ntwo\tthree", "one␊two three"),
            ("👩‍💻 naïve Ça va, мир, سلام", "👩‍💻 naïve Ça va, мир, سلام"),
        ];
        for (given, shown) in table {
            assert_eq!(line(given), shown);
        }
        assert_eq!(text("a\r\nb\tc\u{d}"), "a\nb    c␍");
        assert_eq!(
            line(&format!("e{}x", "\u{301}".repeat(40))).chars().count(),
            8
        );
    }

    proptest! {
        #[test]
        fn no_text_brings_a_control_or_a_bidi_override_through(given in any::<String>()) {
            let is_bad = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
            prop_assert!(!text(&given).chars().any(is_bad));
            prop_assert!(!line(&given).chars().any(|c| is_bad(c) || c == '\n'));
        }
    }
}
