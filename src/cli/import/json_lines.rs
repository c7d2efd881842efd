//! Moderated comments as JSON lines.

use std::io::{BufRead, Read};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    cli::clock,
    proto::v1::{AuthorInput, ImportedComment, Thread},
};

use super::entry::{Entry, Unreadable, What, state};

/// A comment of 65,525 bytes fits, however it is escaped.
const LONGEST_LINE: u64 = 1024 * 1024;

#[derive(Deserialize)]
struct Line {
    id: Value,
    #[serde(alias = "label")]
    state: String,
    #[serde(alias = "text")]
    body: String,
    #[serde(default)]
    author: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    website: Option<String>,
    #[serde(default)]
    account_id: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default, alias = "lang")]
    language: Option<String>,
    #[serde(default, alias = "created")]
    submitted_at: Option<Value>,
}

/// Reads lines, one after the other.
pub struct JsonLines<R> {
    source: R,
    line: u64,
}

impl<R: BufRead> JsonLines<R> {
    /// From the start of a file.
    pub fn new(source: R) -> Self {
        Self { source, line: 0 }
    }

    fn next_line(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        let most = LONGEST_LINE + 1;
        self.source
            .by_ref()
            .take(most)
            .read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.line += 1;
        let mut last = bytes.last().copied();
        // What is too long is passed over to its end, and is known by its length.
        while last != Some(b'\n') && bytes.len() as u64 > LONGEST_LINE {
            let skipped = self.source.fill_buf()?;
            if skipped.is_empty() {
                break;
            }
            let end = skipped.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(skipped.len(), |end| end + 1);
            last = skipped.get(length - 1).copied();
            self.source.consume(length);
        }
        Ok(Some(bytes))
    }
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = Result<Entry, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let bytes = match self.next_line() {
                Ok(bytes) => bytes?,
                Err(error) => {
                    let line = self.line + 1;
                    let why = format!("cannot be read: {error}");
                    return Some(Err(Unreadable { line, why }));
                }
            };
            let text = bytes.trim_ascii();
            let text = if self.line == 1 {
                text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
            } else {
                text
            };
            if text.is_empty() {
                continue;
            }
            let what = if bytes.len() as u64 > LONGEST_LINE {
                Err("is longer than 1 MiB".to_owned())
            } else {
                parse(text)
            };
            return Some(Ok(Entry {
                line: self.line,
                what: what.map_or_else(
                    |why| What::Bad(vec![why]),
                    |comment| What::Comment(Box::new(comment)),
                ),
            }));
        }
    }
}

fn parse(bytes: &[u8]) -> Result<ImportedComment, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let line: Line = serde_json::from_str(text).map_err(|error| explain(&error))?;
    let source_id = match line.id {
        Value::String(id) => id,
        Value::Number(id) => id.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Err("id: must be a text or a number".to_owned());
        }
    };
    let state = state(&line.state).ok_or(
        "state (or label): must be approved (or ham), spam, rejected (or trash) or pending",
    )?;
    let submitted_at = match line.submitted_at {
        None | Some(Value::Null) => None,
        Some(time) => Some(when(&time)?),
    };
    Ok(ImportedComment {
        source_id,
        state: state.number().into(),
        author: Some(AuthorInput {
            display_name: line.author.unwrap_or_default(),
            email: line.email.unwrap_or_default(),
            website: line.website.unwrap_or_default(),
            account_id: line.account_id.unwrap_or_default(),
        }),
        thread: Some(Thread {
            title: line.title.unwrap_or_default(),
            url: line.url.unwrap_or_default(),
            language: line.language.unwrap_or_default(),
            ..Thread::default()
        }),
        body: line.body,
        submitted_at,
    })
}

/// A text as RFC 3339 has it, or seconds since 1970.
fn when(time: &Value) -> Result<prost_types::Timestamp, String> {
    let wrong = || {
        "submitted_at (or created): must be a time such as 2026-01-31T09:30:00Z, or seconds since 1970"
            .to_owned()
    };
    let found = match time {
        Value::String(text) => clock::parse_time(text),
        Value::Number(seconds) => seconds
            .as_i64()
            .map(|seconds| prost_types::Timestamp { seconds, nanos: 0 }),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    found.ok_or_else(wrong)
}

/// What serde says, without the value that it quotes and without its own line number, which is always 1.
fn explain(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let message = error.to_string();
    let column = error.column();
    match error.classify() {
        Category::Data if message.starts_with("missing field") => {
            let field = message.split('`').nth(1).unwrap_or("a field");
            let field = match field {
                "state" => "state (or label)",
                "body" => "body (or text)",
                other => other,
            };
            format!("{field}: is required")
        }
        Category::Data if message.starts_with("duplicate field") => {
            let field = message.split('`').nth(1).unwrap_or("a field");
            format!("{field}: is there twice")
        }
        Category::Data => format!("a value is of the wrong type (column {column})"),
        Category::Io | Category::Syntax | Category::Eof => {
            format!("is no JSON object (column {column})")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<Entry> {
        JsonLines::new(text).map(Result::unwrap).collect()
    }

    #[test]
    fn lines_become_comments() {
        let text = "\u{feff}{\"id\":7,\"label\":\"ham\",\"text\":\"Hi\",\"author\":\"Ada\",\"email\":null,\"more\":[]}\n\n\
             {\"id\":\"b\",\"state\":\"trash\",\"body\":\"No\",\"submitted_at\":\"2020-02-29T12:00:00+01:00\"}";
        let entries = read(text.as_bytes());
        let comments: Vec<_> = entries
            .iter()
            .map(|entry| {
                let What::Comment(comment) = &entry.what else {
                    panic!("{entry:?}");
                };
                (entry.line, comment.source_id.as_str(), comment.state)
            })
            .collect();
        assert_eq!(comments, [(1, "7", 2), (3, "b", 3)]);
        let What::Comment(last) = &entries[1].what else {
            panic!("a comment");
        };
        assert_eq!(last.submitted_at.unwrap().seconds, 1_582_974_000);
    }

    #[test]
    fn a_bad_line_says_what_is_wrong_and_never_what_it_has() {
        let long = format!(
            "{{\"id\":1,\"label\":\"ham\",\"text\":\"{}\"}}",
            "x".repeat(2_000_000)
        );
        let table: [(&[u8], &str); 9] = [
            (b"{\"label\":\"ham\",\"text\":\"x\"}", "id: is required"),
            (
                b"{\"id\":1,\"text\":\"x\"}",
                "state (or label): is required",
            ),
            (
                b"{\"id\":1,\"label\":\"ham\"}",
                "body (or text): is required",
            ),
            (
                b"{\"id\":[],\"label\":\"ham\",\"text\":\"x\"}",
                "id: must be a text or a number",
            ),
            (
                b"{\"id\":1,\"label\":\"canary\",\"text\":\"x\"}",
                "state (or label): must be",
            ),
            (
                b"{\"id\":1,\"label\":\"ham\",\"text\":\"x\",\"created\":\"canary\"}",
                "submitted_at",
            ),
            (
                b"{\"id\":1,\"label\":\"ham\",\"text\":\"x\",\"email\":{\"canary\":1}}",
                "wrong type",
            ),
            (b"{\"id\":1,\"label\":\"h\xFFcanary", "is not UTF-8"),
            (long.as_bytes(), "is longer than 1 MiB"),
        ];
        for (line, says) in table {
            let good = "{\"id\":2,\"label\":\"ham\",\"text\":\"after\"}";
            let text = [line, b"\n", good.as_bytes()].concat();
            let entries = read(&text);
            assert_eq!(entries.len(), 2, "{says}");
            let What::Bad(why) = &entries[0].what else {
                panic!("{says}: {:?}", entries[0].what);
            };
            assert!(
                why[0].contains(says) && !why[0].contains("canary"),
                "{why:?}"
            );
            assert_eq!(entries[1].line, 2);
        }
    }
}
