//! Comments in a WordPress export (WXR): an RSS file with `wp:comment` elements in its items.
//!
//! It is read as a stream, so its size does not matter. Entities that a document type would declare are unknown, hence
//! stay as they are written: nothing is fetched, and nothing expands.

mod fields;

use std::io::Read;

use quick_xml::{Error, Reader, events::Event};

use crate::proto::v1::Thread;

use super::{
    entry::{Entry, Unreadable},
    plain,
    utf8::Utf8,
};
use fields::Fields;

/// One piece of the file, such as an article's text.
const LARGEST_PIECE: usize = 16 * 1024 * 1024;
/// Exports nest some six elements.
const DEEPEST: usize = 64;
/// More of a field is not kept: what is longer than a comment may be is refused, and need not be whole for that.
const LONGEST_FIELD: usize = 256 * 1024;

/// How comments are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// WordPress's user ids are the names of logged-in readers.
    pub user_ids: bool,
}

/// Reads comments, one after the other.
pub struct Wxr<R> {
    reader: Reader<Utf8<R>>,
    options: Options,
    buffer: Vec<u8>,
    path: Vec<String>,
    text: String,
    blog: String,
    article: Thread,
    comment: Option<Fields>,
    /// Whether there was an element at all.
    begun: bool,
    over: bool,
}

impl<R: Read> Wxr<R> {
    /// From the start of a file.
    pub fn new(source: R, options: Options) -> Self {
        let mut reader = Reader::from_reader(Utf8::new(source));
        // Old exports have bare ampersands outside of CDATA.
        reader.config_mut().allow_dangling_amp = true;
        Self {
            reader,
            options,
            buffer: Vec::new(),
            path: Vec::new(),
            text: String::new(),
            blog: String::new(),
            article: Thread::default(),
            comment: None,
            begun: false,
            over: false,
        }
    }

    fn line(&self) -> u64 {
        self.reader.get_ref().line()
    }

    fn unreadable(&self, why: impl Into<String>) -> Unreadable {
        Unreadable {
            line: self.line(),
            why: why.into(),
        }
    }

    /// One step through the file.
    fn step(&mut self) -> Result<Option<Entry>, Unreadable> {
        self.buffer.clear();
        self.reader.get_mut().grant(LARGEST_PIECE);
        let mut buffer = std::mem::take(&mut self.buffer);
        let event = self.reader.read_event_into(&mut buffer);
        let done = match event {
            Ok(Event::Start(start)) => {
                let name = start.name().as_ref().to_owned();
                self.open(name).map(|()| None)
            }
            Ok(Event::End(_)) => self.close(),
            Ok(Event::Text(text)) => {
                self.add(&text);
                Ok(None)
            }
            Ok(Event::CData(text)) => {
                self.add(&text);
                Ok(None)
            }
            Ok(Event::GeneralRef(name)) => {
                let reference = format!("&{};", &*name);
                match plain::character(&reference) {
                    Some((c, _)) => self.add(c.encode_utf8(&mut [0; 4])),
                    None => self.add(&reference),
                }
                Ok(None)
            }
            Ok(Event::Decl(declared)) => self.declared(&declared).map(|()| None),
            Ok(Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_)) => Ok(None),
            Ok(Event::Eof) => {
                self.over = true;
                match self.path.last() {
                    None if !self.begun => {
                        Err(self.unreadable("is no WordPress export: it has no <rss>"))
                    }
                    None => Ok(None),
                    Some(name) => {
                        let why = format!("the file ends within <{name}>: export it again");
                        Err(self.unreadable(why))
                    }
                }
            }
            Err(Error::Io(error)) => Err(self.unreadable(format!("cannot be read: {error}"))),
            Err(_) => Err(self.unreadable("is not well-formed XML: export it again")),
        };
        self.buffer = buffer;
        done
    }

    fn declared(&self, declared: &str) -> Result<(), Unreadable> {
        let Some((_, rest)) = declared.split_once("encoding") else {
            return Ok(());
        };
        let named = rest.split(['"', '\'']).nth(1).unwrap_or("");
        let is_utf8 = ["utf-8", "utf8", "us-ascii", ""]
            .iter()
            .any(|known| named.eq_ignore_ascii_case(known));
        if is_utf8 {
            return Ok(());
        }
        let shown: String = named
            .chars()
            .filter(char::is_ascii_graphic)
            .take(40)
            .collect();
        let why = format!("the file is in {shown}: `iconv -f {shown} -t UTF-8` makes it readable");
        Err(self.unreadable(why))
    }

    fn open(&mut self, name: String) -> Result<(), Unreadable> {
        if self.path.len() >= DEEPEST {
            return Err(
                self.unreadable("elements are nested too deep: this is no WordPress export")
            );
        }
        if self.path.is_empty() && name != "rss" {
            return Err(self.unreadable("is no WordPress export: its first element is not <rss>"));
        }
        self.begun = true;
        match name.as_str() {
            "item" => {
                self.article.title.clear();
                self.article.url.clear();
            }
            "wp:comment" => {
                self.comment = Some(Fields::at(self.line()));
            }
            _ => {}
        }
        self.path.push(name);
        self.text.clear();
        Ok(())
    }

    fn add(&mut self, text: &str) {
        let room = LONGEST_FIELD.saturating_sub(self.text.len());
        self.text
            .push_str(text.get(..text.floor_char_boundary(room)).unwrap_or(""));
    }

    fn close(&mut self) -> Result<Option<Entry>, Unreadable> {
        let name = self.path.pop().unwrap_or_default();
        let text = std::mem::take(&mut self.text);
        let within = self.path.last().map_or("", String::as_str);
        match (within, name.as_str()) {
            ("wp:comment", field) => {
                if let Some(comment) = &mut self.comment {
                    comment.set(field, text);
                }
            }
            (_, "wp:comment") => {
                let fields = self.comment.take().unwrap_or_default();
                return self.entry(fields).map(Some);
            }
            ("channel", "wp:base_blog_url") => text.trim().clone_into(&mut self.blog),
            ("channel", "link") if self.blog.is_empty() => text.trim().clone_into(&mut self.blog),
            ("channel", "language") => text.trim().clone_into(&mut self.article.language),
            ("item", "title") => self.article.title = plain::line(&text),
            ("item", "link") => text.trim().clone_into(&mut self.article.url),
            (_, _) => {}
        }
        Ok(None)
    }

    fn entry(&self, fields: Fields) -> Result<Entry, Unreadable> {
        if self.blog.is_empty() {
            let why = "no <wp:base_blog_url> and no <link> before the first comment: whose comments are these?";
            return Err(self.unreadable(why));
        }
        let line = fields.line;
        let what = fields.judge(&self.blog, &self.article, self.options);
        Ok(Entry { line, what })
    }
}

impl<R: Read> Iterator for Wxr<R> {
    type Item = Result<Entry, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.over {
            match self.step() {
                Ok(Some(entry)) => return Some(Ok(entry)),
                Ok(None) => {}
                Err(error) => {
                    self.over = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
