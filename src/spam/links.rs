//! Web addresses in a text, as spammers and readers type them.

mod domains;

use std::ops::Range;

use domains::{is_tld, is_word_too};

use crate::comment::scan;

/// More links than this in one comment are not looked at: the count alone says enough.
pub const MAX_LINKS: usize = 500;

/// How an address is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkForm {
    /// With `://` or `www.`.
    Plain,
    /// A bare domain with a path, such as `example.org/page`.
    Bare,
    /// Torn apart or spelt out: `h t t p :// ex ample. com`, `example dot com`, `hxxp://…`.
    Disguised,
    /// A bare domain without a path, such as `example.org`: named, maybe not advertised.
    Named,
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Lower case ASCII (UTS 46), without port; accents and look-alike styles are folded away.
    pub host: String,
    /// What follows the host, at most 64 bytes, lower case; empty for `/` and nothing.
    pub path: String,
    /// How it is written.
    pub form: LinkForm,
    /// Where it stands in the plain letters.
    pub(super) range: Range<usize>,
}

/// What was found in one pass.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub links: Vec<Link>,
    /// Domains named without being links: `example.com`.
    pub mentions: Vec<Link>,
    /// E-mail addresses, masked ones too.
    pub emails: u32,
    /// `@handle`.
    pub handles: u32,
}

/// Finds links in plain letters (see `comment::folding::plain_letters`), in linear time.
pub(super) fn find(plain: &str) -> Found {
    let mut found = Found::default();
    if !may_have_links(plain) {
        return found;
    }
    let mut at = 0;
    while let Some(run) = next_run(plain, at) {
        at = run.end;
        let before = &plain[..run.start];
        let after = &plain[run.end..];
        if before.ends_with('@') {
            note_at(&mut found, before, &plain[run.clone()]);
        } else if (!after.starts_with('@') || before.ends_with("://"))
            && let Some(link) = read_link(plain, &run)
        {
            at = link.range.end;
            let list = match link.form {
                LinkForm::Named => &mut found.mentions,
                LinkForm::Plain | LinkForm::Bare | LinkForm::Disguised => &mut found.links,
            };
            if list.len() < MAX_LINKS {
                list.push(link);
            }
        }
    }
    found
}

/// Most comments have none: a dot before a letter, `//`, an @, a dot in brackets, or the word.
fn may_have_links(plain: &str) -> bool {
    // Without lazy operators, which would keep the compiler from comparing many at once.
    let parts_words = |next| (next != b' ') & (next != b'\n') & (next != b'\r') & (next != b'.');
    let sign = |byte, next| {
        (byte == b'.') & parts_words(next) | (byte == b'/') & (next == b'/') | (byte == b'@')
    };
    scan::has_pair(plain.as_bytes(), sign) || plain.contains("dot")
}

fn note_at(found: &mut Found, before: &str, run: &str) {
    let local = before
        .strip_suffix('@')
        .is_some_and(|local| local.ends_with(is_host_char));
    if local {
        found.emails += 1;
    } else if run.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        found.handles += 1;
    }
}

fn is_host_char(c: char) -> bool {
    if c.is_ascii() {
        IN_HOST[c as usize & 0x7F]
    } else {
        c.is_alphanumeric()
    }
}

/// Letters, digits, dots, hyphens and underscores.
const IN_HOST: [bool; 128] = {
    let mut table = [false; 128];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        table[at] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        at += 1;
    }
    table
};

/// The next stretch of letters, digits, dots, hyphens and underscores. By bytes: most of a text is ASCII.
fn next_run(plain: &str, from: usize) -> Option<Range<usize>> {
    let start = from + position(&plain[from..], true)?;
    let length = position(&plain[start..], false).unwrap_or(plain.len() - start);
    Some(start..start + length)
}

/// Where the first character stands that is (or isn't) one of a host's.
fn position(text: &str, of_host: bool) -> Option<usize> {
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        let (is_of_host, length) = if byte.is_ascii() {
            (IN_HOST[usize::from(*byte & 0x7F)], 1)
        } else {
            let c = text.get(at..).and_then(|rest| rest.chars().next())?;
            (is_host_char(c), c.len_utf8())
        };
        if is_of_host == of_host {
            return Some(at);
        }
        at += length;
    }
    None
}

fn read_link(plain: &str, run: &Range<usize>) -> Option<Link> {
    let text = &plain[run.clone()];
    let before = &plain[..run.start];
    if let Some(head) = before_scheme(before) {
        let torn = before.ends_with(' ') || head.ends_with(' ') || !ends_with_scheme(head);
        let start = head
            .trim_end_matches(|c: char| c.is_ascii_alphabetic())
            .len();
        let form = if torn {
            LinkForm::Disguised
        } else {
            LinkForm::Plain
        };
        return host_from(plain, run, start, form);
    }
    if let Some(link) = spelt_out(plain, run) {
        return Some(link);
    }
    if !text.as_bytes().contains(&b'.') {
        return None;
    }
    if text.starts_with("www.") && text.len() > 6 {
        return host_from(plain, run, run.start, LinkForm::Plain);
    }
    let host = text.trim_matches('.');
    let (name, tld) = host.rsplit_once('.')?;
    if name.is_empty() || !is_tld(tld) || before.ends_with('/') {
        return None;
    }
    let after = &plain[run.end..];
    let has_path = [" /", "/", "\\"].iter().any(|path| after.starts_with(path));
    let form = if text.ends_with(tld) && has_path {
        LinkForm::Bare
    } else if is_word_too(tld) {
        return None;
    } else {
        LinkForm::Named
    };
    host_from(plain, run, run.start, form)
}

/// What stands before a `://`, with up to two spaces behind it.
fn before_scheme(before: &str) -> Option<&str> {
    let spaces = before
        .bytes()
        .rev()
        .take(2)
        .take_while(|b| *b == b' ')
        .count();
    let length = before.len() - spaces;
    before.get(..length)?.strip_suffix("://")
}

fn ends_with_scheme(head: &str) -> bool {
    head.ends_with("http") || head.ends_with("https") || head.ends_with("ftp")
}

/// `example dot com`, `example[.]com`, `example (dot) com`.
fn spelt_out(plain: &str, run: &Range<usize>) -> Option<Link> {
    const DOTS: [&str; 7] = [
        "[.]", "(.)", "(dot)", "[dot]", " (dot) ", " [dot] ", " dot ",
    ];
    let after = &plain[run.end..];
    match after.as_bytes() {
        [b'[' | b'(', ..] | [b' ', b'd' | b'(' | b'[', ..] => {}
        _ => return None,
    }
    let dot = DOTS.iter().find(|dot| after.starts_with(**dot))?;
    let tail = &after[dot.len()..];
    let length = tail.find(|c| !is_host_char(c)).unwrap_or(tail.len());
    let tld = tail[..length].trim_end_matches('.');
    if !is_tld(tld) || (is_word_too(tld) && dot.contains("dot")) {
        return None;
    }
    let end = run.end + dot.len() + tld.len();
    let name = plain[run.clone()].trim_matches('.');
    link(
        &format!("{name}.{tld}"),
        plain,
        run.start..end,
        LinkForm::Disguised,
    )
}

/// The host that starts with this run, together with a part torn off at a dot: `ptab. it`.
fn host_from(plain: &str, run: &Range<usize>, start: usize, form: LinkForm) -> Option<Link> {
    let text = plain[run.clone()].trim_start_matches('.');
    if text.ends_with('.')
        && let Some(tail) = plain[run.end..].strip_prefix(' ')
    {
        let length = tail.find(|c| !is_host_char(c)).unwrap_or(tail.len());
        let tld = tail[..length].trim_end_matches('.');
        if is_tld(tld) {
            let end = run.end + 1 + tld.len();
            return link(
                &format!("{text}{tld}"),
                plain,
                start..end,
                LinkForm::Disguised,
            );
        }
    }
    let host = text.trim_end_matches(['.', '-', '_']);
    let cut = text.len() - host.len();
    link(host, plain, start..run.end - cut, form)
}

/// Reads on to the end of the path.
fn link(host: &str, plain: &str, range: Range<usize>, form: LinkForm) -> Option<Link> {
    let mut host = host;
    let mut range = range;
    if let Some(behind_at) = plain[range.end..].strip_prefix('@') {
        // `http://user@host`: what stands before the @ is no host.
        let run = next_run(behind_at, 0).filter(|run| run.start == 0)?;
        range.end += 1 + run.end;
        host = behind_at[run].trim_end_matches('.');
    }
    let rest = &plain[range.end..];
    let (_, tld) = host.rsplit_once('.')?;
    let plausible = tld.len() >= 2 || host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let host = host
        .strip_prefix("www.")
        .filter(|h| h.contains('.'))
        .unwrap_or(host);
    let host = if host.is_ascii() {
        host.to_owned()
    } else {
        idna::domain_to_ascii(host).ok()?
    };
    if !plausible || host.len() > 253 {
        return None;
    }
    let length = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '|'))
        .unwrap_or(rest.len());
    let tail = &rest[..length];
    let path = tail
        .trim_start_matches(|c: char| c == ':' || c.is_ascii_digit())
        .trim_end_matches(['.', ',', ')', '!', '?', '/', ';', ':']);
    let cut = path
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|end| *end <= 64);
    let path = &path[..cut.last().unwrap_or(0)];
    let path = path.trim_end_matches('/');
    Some(Link {
        host,
        path: path.to_owned(),
        form,
        range: range.start..range.end + length,
    })
}
