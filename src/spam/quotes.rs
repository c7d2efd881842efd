//! What others said and an author only repeats: near-duplicates are told by the author's own words.

use std::{borrow::Cow, collections::HashSet};

use crate::spam::{
    content::{Content, markup},
    sketch::Sketch,
};

const OPENING: &str = "<blockquote";
const CLOSING: &str = "</blockquote";

/// What near-duplicates share with a comment, without what it quotes: else a reader who quotes spam would be one of its
/// wave. Quoted are lines that begin with `>`, what stands in `<blockquote>`, and lines of the comment that it answers.
///
/// Where nothing else is said, what is quoted is what is said: else `>` before each line would hide a wave. Where too
/// little else is said for a sketch, only the same text again is near, as for any short text.
#[must_use]
pub fn sketch(body: &str, content: &Content, parent: Option<&str>) -> Option<Sketch> {
    let Some(own) = own_words(body, parent) else {
        return content.sketch();
    };
    let own = Content::of_text(&own, "");
    if own.folded().is_empty() {
        return content.sketch();
    }
    own.sketch().or_else(|| content.sketch_of_whole())
}

/// The text without its quotes; `None` where it has none.
fn own_words(body: &str, parent: Option<&str>) -> Option<String> {
    let body = markup::read(body);
    let blocks = without_blocks(&body);
    let parent = parent.map(markup::read);
    let said: HashSet<Vec<&str>> = parent
        .iter()
        .flat_map(|parent| parent.lines())
        .map(words)
        .collect();
    let is_quoted = |line: &&str| {
        line.trim_start().starts_with('>') || (!said.is_empty() && repeats(line, &said))
    };
    let mut own = String::with_capacity(blocks.len());
    let mut quotes = matches!(blocks, Cow::Owned(_));
    for line in blocks.lines() {
        if is_quoted(&line) {
            quotes = true;
        } else {
            own.push_str(line);
            own.push('\n');
        }
    }
    quotes.then_some(own)
}

fn repeats(line: &str, said: &HashSet<Vec<&str>>) -> bool {
    let words = words(line);
    !words.is_empty() && said.contains(&words)
}

/// A line's words, without quotation marks around it and whatever white space is between them.
fn words(line: &str) -> Vec<&str> {
    const MARKS: [char; 8] = ['"', '\'', '“', '”', '„', '«', '»', '‟'];
    line.trim().trim_matches(MARKS).split_whitespace().collect()
}

/// The text without `<blockquote>…</blockquote>`, however deep. One that isn't closed ends with the text, as in browsers.
fn without_blocks(text: &str) -> Cow<'_, str> {
    let Some(first) = next_tag(text, 0) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    let (mut depth, mut at, mut found) = (0_usize, 0, Some(first));
    let mut quotes = false;
    while let Some(tag) = found {
        if depth == 0 {
            out.push_str(text.get(at..tag.start).unwrap_or(""));
            out.push('\n');
        }
        quotes |= tag.opens;
        depth = if tag.opens {
            depth + 1
        } else {
            depth.saturating_sub(1)
        };
        at = tag.end;
        found = next_tag(text, at);
    }
    if depth == 0 {
        out.push_str(text.get(at..).unwrap_or(""));
    }
    if quotes {
        Cow::Owned(out)
    } else {
        Cow::Borrowed(text)
    }
}

struct Tag {
    start: usize,
    end: usize,
    opens: bool,
}

/// The next tag that begins or ends a block, in whichever case.
fn next_tag(text: &str, from: usize) -> Option<Tag> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let start = at + bytes.get(at..)?.iter().position(|byte| *byte == b'<')?;
        let rest = &bytes[start..];
        let is = |tag: &str| {
            let name = rest.get(..tag.len());
            let after = rest.get(tag.len());
            name.is_some_and(|name| name.eq_ignore_ascii_case(tag.as_bytes()))
                && after.is_none_or(|byte| !byte.is_ascii_alphanumeric())
        };
        let opens = is(OPENING);
        if opens || is(CLOSING) {
            let length = rest.iter().position(|byte| *byte == b'>');
            let end = length.map_or(bytes.len(), |length| start + length + 1);
            return Some(Tag { start, end, opens });
        }
        at = start + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAM: &str = "I made 4500 dollars last month working from home, my uncle taught me how in march.\n\
                        Read all of it at http://lucky.example/win and be quick, my dear friends of the paper.";
    const OWN: &str =
        "Does anybody here believe this? Please take it away, it stands below every article.";

    fn sketch_of(body: &str, parent: Option<&str>) -> Option<Sketch> {
        sketch(body, &Content::of_text(body, ""), parent)
    }

    fn quoted(text: &str, mark: &str) -> String {
        let lines: Vec<String> = text.lines().map(|line| format!("{mark}{line}")).collect();
        lines.join("\n")
    }

    #[test]
    fn who_quotes_is_known_by_own_words() {
        let spam = sketch_of(SPAM, None).unwrap();
        let own = sketch_of(OWN, None);
        for (body, parent) in [
            (format!("{}\n\n{OWN}", quoted(SPAM, "> ")), None),
            (format!("{}\n{OWN}", quoted(SPAM, "  >>")), None),
            (format!("{}<br>{OWN}", quoted(SPAM, "&gt; ")), None),
            (format!("<blockquote>{SPAM}</blockquote>{OWN}"), None),
            (
                format!(
                    "<BlockQuote cite=\"#c1\"><blockquote>Ha</blockquote>{SPAM}</BLOCKQUOTE >\n{OWN}"
                ),
                None,
            ),
            (format!("{OWN} <blockquote>{SPAM}"), None),
            (
                format!("&lt;blockquote&gt;{SPAM}&lt;/blockquote&gt;{OWN}"),
                None,
            ),
            (format!("{SPAM}\n\n{OWN}"), Some(SPAM)),
            (
                format!("{OWN}\n“{}”", SPAM.replace('\n', "”\n  “")),
                Some(SPAM),
            ),
        ] {
            let content = Content::of_text(&body, "");
            assert!(content.folded().contains("taught me how in march"));
            assert_eq!(sketch(&body, &content, parent), own, "{body}");
            assert!(content.sketch().is_some_and(|whole| Some(whole) != own));
            assert!(!spam.is_near(&own.unwrap()));
        }
    }

    #[test]
    fn who_says_nothing_but_quotes_says_what_is_quoted() {
        let spam = sketch_of(SPAM, None);
        for (body, parent) in [
            (quoted(SPAM, "> "), None),
            (quoted(SPAM, ">"), None),
            (format!("<blockquote>{SPAM}</blockquote> !"), None),
            (SPAM.to_owned(), Some(SPAM)),
        ] {
            let near = sketch_of(&body, parent);
            assert!(near.unwrap().is_near(&spam.unwrap()), "{body}");
        }
    }

    #[test]
    fn who_quotes_and_adds_a_word_is_near_to_the_same_only() {
        let with =
            |word: &str| sketch_of(&format!("{}\n{word}", quoted(SPAM, "> ")), None).unwrap();
        let lol = with("lol");
        assert!(lol.is_near(&with("LOL")) && !lol.is_near(&with("So true.")));
        assert!(!lol.is_near(&sketch_of(SPAM, None).unwrap()));
        let without_a_way =
            "> The council should have asked the people beside the bridge.\nSo true.";
        assert_eq!(sketch_of(without_a_way, None), None);
    }

    #[test]
    fn what_only_looks_like_a_quote_is_none() {
        for body in [
            "The bridge is > 90 years old, and nobody has looked at its bolts since the war.",
            "a < b, and </blockquote> closes nothing in this comment about the old bridge bolts",
            "I like the word <blockquotes> better than any other word about the old bridge.",
        ] {
            assert_eq!(own_words(body, None), None, "{body}");
            assert_eq!(
                own_words(body, Some("Another comment.\n\n")),
                None,
                "{body}"
            );
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for piece in [
            "<blockquote>",
            "</blockquote>",
            "<blockquote",
            "<",
            ">\n",
            "\n",
            "a\n",
            "&gt;",
        ] {
            let body = piece.repeat(64_000 / piece.len());
            let _ = sketch_of(&body, Some(&body));
        }
    }
}
