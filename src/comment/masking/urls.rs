//! Where a text has web addresses: `https://…` and `www.…`, up to white space or a bracket that can't be in one.

use std::ops::Range;

use memchr::memmem;

const SCHEME: &str = "://";
const WWW: &str = "www.";

/// The web addresses of a text, one after the other: asked for places that only grow, all of it costs one pass.
pub(super) struct Urls<'a> {
    text: &'a str,
    /// The one that was looked at last; empty at first.
    current: Range<usize>,
    /// The next marks that were found, so that a mark that comes late is looked for once.
    scheme: Mark,
    www: Mark,
}

/// Where a mark stands next.
#[derive(Clone, Copy)]
enum Mark {
    /// Not looked for yet.
    Unknown,
    At(usize),
    Nowhere,
}

impl<'a> Urls<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            text,
            current: 0..0,
            scheme: Mark::Unknown,
            www: Mark::Unknown,
        }
    }

    /// Where the web address ends that a place is in. Places must not fall.
    pub(super) fn end_around(&mut self, place: usize) -> Option<usize> {
        while self.current.end <= place {
            self.current = self.next()?;
        }
        (self.current.start <= place).then_some(self.current.end)
    }

    fn next(&mut self) -> Option<Range<usize>> {
        let from = self.current.end;
        self.scheme = after(self.scheme, from, |from| find(self.text, SCHEME, from));
        self.www = after(self.www, from, |from| www(self.text, from));
        let scheme = match self.scheme {
            Mark::At(at) => Some(scheme_start(self.text, from, at)),
            Mark::Unknown | Mark::Nowhere => None,
        };
        let www = match self.www {
            Mark::At(at) => Some(at),
            Mark::Unknown | Mark::Nowhere => None,
        };
        let start = scheme.into_iter().chain(www).min()?;
        let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '…');
        let length = self.text[start..].find(ends);
        let end = length.map_or(self.text.len(), |length| start + length);
        // A mark is longer than nothing, so this goes on.
        Some(start..end.max(from + 1))
    }
}

fn after(mark: Mark, from: usize, find: impl Fn(usize) -> Option<usize>) -> Mark {
    match mark {
        Mark::At(at) if at >= from => mark,
        Mark::Nowhere => mark,
        Mark::At(_) | Mark::Unknown => find(from).map_or(Mark::Nowhere, Mark::At),
    }
}

fn find(text: &str, mark: &str, from: usize) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    memmem::find(rest, mark.as_bytes()).map(|at| from + at)
}

/// With or without letters before it: what follows `://` is no text.
fn scheme_start(text: &str, from: usize, mark: usize) -> usize {
    let before = text.get(from..mark).unwrap_or("");
    let scheme = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
    from + scheme.len()
}

/// At the beginning of a word.
fn www(text: &str, mut from: usize) -> Option<usize> {
    while let Some(at) = find(text, WWW, from) {
        let before = text[..at].chars().next_back();
        if before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '@' | '.' | '-' | '_' | '+'))
        {
            return Some(at);
        }
        from = at + WWW.len();
    }
    None
}
