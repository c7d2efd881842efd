//! Text that a web page wrote as HTML: sites hand on `don&#39;t` and `<br />` as often as not.

use std::borrow::Cow;

use crate::comment::scan;

/// The longest entity that is looked for, without `&` and `;`.
const LONGEST_ENTITY: usize = 8;

/// The text with entities as characters and line breaks as such. Other tags stay: they hold links.
pub(in crate::spam) fn read(text: &str) -> Cow<'_, str> {
    if scan::first(text.as_bytes(), |byte| byte == b'&' || byte == b'<').is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = line_break(rest)
            .or_else(|| entity(rest))
            .unwrap_or((if rest.starts_with('&') { '&' } else { '<' }, 1));
        out.push(c);
        rest = &rest[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn line_break(text: &str) -> Option<(char, usize)> {
    ["<br>", "<br/>", "<br />"]
        .into_iter()
        .find(|tag| text.starts_with(tag))
        .map(|tag| ('\n', tag.len()))
}

fn entity(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('&')?;
    let end = body
        .bytes()
        .take(LONGEST_ENTITY + 1)
        .position(|b| b == b';')?;
    let name = body.get(..end)?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((c, end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_and_line_breaks_are_read() {
        for (html, text) in [
            (
                "don&#39;t &amp; won&#x27;t<br />at all",
                "don't & won't\nat all",
            ),
            ("&lt;b&gt;&quot;&nbsp;", "<b>\" "),
            ("&amp;#39;", "&#39;"),
            (
                "Q&A; R&D & <3 &unknown; &#xFFFFFFFF;",
                "Q&A; R&D & <3 &unknown; &#xFFFFFFFF;",
            ),
            ("&é&&;<br", "&é&&;<br"),
            ("plain", "plain"),
        ] {
            assert_eq!(read(html), text);
        }
    }
}
