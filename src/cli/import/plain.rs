//! HTML as WordPress stores comments, to the plain text that a reader sees.
//!
//! Tags go; where one ends a line on the page, a line ends. A link's address stays, behind its text: it tells more than
//! the text does. What is no tag (`1 < 2`) stays as it is. One pass, and no text is longer than its HTML but for that.

mod references;

pub(super) use references::character;

/// Longer than any tag with an address in it; what does not close within it is no tag. Bounds the search for its end.
const LONGEST_TAG: usize = 4_096;

/// What a reader sees of some HTML.
#[must_use]
pub fn plain(html: &str) -> String {
    let mut page = Page::default();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, from) = rest.split_at(at);
        page.text(before);
        rest = if from.starts_with('&') {
            page.reference(from)
        } else {
            page.tag(from)
        };
    }
    page.text(rest);
    page.finish()
}

/// Text without tags to care for, such as a name or a title: one line.
#[must_use]
pub fn line(html: &str) -> String {
    plain(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Page {
    out: String,
    /// The address of the link that is open, and where its text starts.
    link: Option<(String, usize)>,
    /// The element whose content nobody sees, such as a script.
    hidden: Option<&'static str>,
}

impl Page {
    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        // Control characters can't be shown, and old databases have them.
        let kept = text
            .chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
        self.out.extend(kept);
    }

    fn reference<'a>(&mut self, from: &'a str) -> &'a str {
        let (c, length) = character(from).unwrap_or(('&', 1));
        self.text(c.encode_utf8(&mut [0; 4]));
        from.get(length..).unwrap_or("")
    }

    fn tag<'a>(&mut self, from: &'a str) -> &'a str {
        if from.starts_with("<!--") {
            let end = from.find("-->").map_or(from.len(), |at| at + 3);
            return from.get(end..).unwrap_or("");
        }
        let Some(length) = tag_length(from) else {
            self.text("<");
            return from.get(1..).unwrap_or("");
        };
        let (tag, rest) = from.split_at(length);
        let inner = tag.trim_start_matches('<').trim_end_matches('>');
        let (closes, inner) = match inner.strip_prefix('/') {
            Some(inner) => (true, inner),
            None => (false, inner),
        };
        let end = inner
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(inner.len());
        let (name, attributes) = inner.split_at(end);
        self.element(&name.to_ascii_lowercase(), closes, attributes);
        rest
    }

    fn element(&mut self, name: &str, closes: bool, attributes: &str) {
        if let Some(hidden) = self.hidden {
            if closes && name == hidden {
                self.hidden = None;
            }
            return;
        }
        match name {
            "script" | "style" if !closes => {
                self.hidden = Some(if name == "script" { "script" } else { "style" });
            }
            "a" => {
                self.end_link();
                if !closes && let Some(address) = attribute(attributes, "href") {
                    self.link = Some((address, self.out.len()));
                }
            }
            "br" => self.out.push('\n'),
            "p" | "div" | "li" | "ul" | "ol" | "blockquote" | "pre" | "tr" | "table" | "h1"
            | "h2" | "h3" | "h4" | "h5" | "h6" | "hr" => self.end_line(),
            "td" | "th" => self.out.push(' '),
            _ => {}
        }
    }

    fn end_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn end_link(&mut self) {
        let Some((address, start)) = self.link.take() else {
            return;
        };
        let text = self.out.get(start..).unwrap_or("");
        if text.contains(&address) || address.is_empty() {
            return;
        }
        if !text.is_empty() && !text.ends_with(char::is_whitespace) {
            self.out.push(' ');
        }
        self.text(&address);
    }

    fn finish(mut self) -> String {
        self.end_link();
        self.out.trim().to_owned()
    }
}

/// How long the tag is that starts here; `None` where none does. A `>` in quotes ends none.
fn tag_length(from: &str) -> Option<usize> {
    let bytes = from.as_bytes();
    let starts = matches!(bytes.get(1), Some(b'/' | b'!' | b'?'))
        || bytes.get(1).is_some_and(u8::is_ascii_alphabetic);
    if !starts {
        return None;
    }
    let near = bytes.get(..LONGEST_TAG.min(bytes.len()))?;
    let first = near.iter().position(|byte| *byte == b'>')?;
    let mut quote = None;
    for (at, byte) in near.iter().enumerate().skip(1) {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            (None | Some(_), _) => {}
        }
    }
    // A quote that never closes, as in `<a href=x onclick=it's>`.
    Some(first + 1)
}

/// The value of an attribute, without quotes and with its references read.
fn attribute(attributes: &str, wanted: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c == '=' || c.is_whitespace())?;
        let (name, after) = rest.split_at(end);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => {
                let inner = value.get(1..).unwrap_or("");
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(decoded(value).trim().to_owned());
        }
        rest = after;
    }
}

fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (c, length) = character(from).unwrap_or(('&', 1));
        out.push(c);
        rest = from.get(length..).unwrap_or("");
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_reader_sees_stays() {
        for (html, seen) in [
            ("Hello <b>world</b>", "Hello world"),
            ("one<br />two<BR>three", "one\ntwo\nthree"),
            ("<p>one</p>\n<p>two</p>", "one\n\ntwo"),
            ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
            ("1 < 2 && 3 > 2 &amp; &lt;b&gt;", "1 < 2 && 3 > 2 & <b>"),
            ("it&#8217;s &#x1F44D; &nosuch; &", "it’s 👍 &nosuch; &"),
            (
                "<a href=\"https://a.example/?x=1&amp;y=2\" rel='nofollow ugc'>cheap</a> watches",
                "cheap https://a.example/?x=1&y=2 watches",
            ),
            (
                "<a href='https://a.example/'>https://a.example/</a>",
                "https://a.example/",
            ),
            ("<A class=x HREF=http://b.example>b", "b http://b.example"),
            ("<a href='/x'>one<a href='/y'>two</a>", "one /xtwo /y"),
            ("<img alt='a > b' src='x'>after", "after"),
            ("<!-- unseen <b> -->seen<!-- open", "seen"),
            (
                "<script>alert('<b>')</script>seen<style>p{}</style>",
                "seen",
            ),
            ("a\u{8}b\rc\u{0}", "abc"),
            ("<", "<"),
            ("i <3 you", "i <3 you"),
            ("<a href=x title=it's>y</a>", "y x"),
            ("", ""),
        ] {
            assert_eq!(plain(html), seen, "{html:?}");
        }
        assert_eq!(line("O&#039;Neill \n &amp; <i>Sons</i>"), "O'Neill & Sons");
    }

    #[test]
    fn hostile_html_takes_no_longer_than_other_html() {
        for hostile in ["<a ", "<", "<a href='", "&#", "<!--", "<a href=x>"] {
            let html = hostile.repeat(65_525 / hostile.len());
            let started = std::time::Instant::now();
            let _ = plain(&html);
            assert!(started.elapsed().as_secs() < 5, "{hostile}");
        }
    }

    proptest! {
        #[test]
        fn no_html_breaks_it(html in "[a-z<>/&;#'\"= \\-!\u{e4}]{0,80}") {
            prop_assert!(!plain(&html).contains('\0'));
        }
    }
}
