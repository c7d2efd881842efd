//! Labelled comments from JSON lines: to train on and to measure with.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// Why labelled comments can't be read.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The file can't be opened or read.
    #[error("can't read {}: {source}", file.display())]
    Io {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line isn't a labelled comment.
    #[error("{}:{line}: {problem}; each line must be a JSON object with \"text\" and \"label\": \"spam\" or \"ham\"", file.display())]
    Line {
        /// Which file.
        file: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// The file has no comments.
    #[error("{} has no comments", file.display())]
    Empty {
        /// Which file.
        file: PathBuf,
    },
}

/// A comment that people have judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Spam, or ham.
    pub spam: bool,
    /// What it says.
    pub text: String,
    /// The display name; may be empty.
    pub author: String,
    /// The article's title; may be empty.
    pub title: String,
    /// The collection that it is from; may be empty.
    pub source: String,
    /// The article or video; may be empty. For splits only: it never takes part in a score.
    pub thread: String,
}

#[derive(Deserialize)]
struct Line {
    label: Label,
    text: String,
    #[serde(default)]
    author: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    thread: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Label {
    Spam,
    Ham,
}

/// Reads a file of labelled comments. Blank lines are skipped.
///
/// # Errors
/// The first line that is no labelled comment, with its number; a file that can't be read or has none.
pub fn read(path: &Path) -> Result<Vec<Labelled>, DatasetError> {
    let io = |source| DatasetError::Io {
        file: path.to_owned(),
        source,
    };
    let reader = BufReader::new(File::open(path).map_err(io)?);
    let mut rows = Vec::new();
    for (bytes, number) in reader.split(b'\n').zip(1..) {
        let bytes = bytes.map_err(io)?;
        // Windows tools begin UTF-8 files with a mark.
        let bytes = match number {
            1 => bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes),
            _ => &bytes,
        };
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let row = parse(bytes).map_err(|problem| DatasetError::Line {
            file: path.to_owned(),
            line: number,
            problem,
        })?;
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(DatasetError::Empty {
            file: path.to_owned(),
        });
    }
    Ok(rows)
}

fn parse(bytes: &[u8]) -> Result<Labelled, String> {
    let line: Line = serde_json::from_slice(bytes).map_err(|error| {
        // Its own line number is always 1, and would contradict the file's.
        let message = error.to_string();
        let end = message.rfind(" at line ").unwrap_or(message.len());
        format!("{} (column {})", &message[..end], error.column())
    })?;
    Ok(Labelled {
        spam: matches!(line.label, Label::Spam),
        text: line.text,
        author: line.author.unwrap_or_default(),
        title: line.title.unwrap_or_default(),
        source: line.source.unwrap_or_default(),
        thread: line.thread.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(lines: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(lines.as_bytes()).unwrap();
        file
    }

    #[test]
    fn lines_become_labelled_comments() {
        let file = file(
            "{\"label\":\"spam\",\"text\":\"buy\",\"author\":null,\"more\":1}\n\n{\"text\":\"hi\",\"label\":\"ham\",\"title\":\"T\"}",
        );
        let rows = read(file.path()).unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows[0].spam && !rows[1].spam);
        assert_eq!((rows[0].author.as_str(), rows[1].title.as_str()), ("", "T"));
    }

    #[test]
    fn a_bad_line_is_named_with_file_and_number() {
        for bad in [
            "{\"label\":\"eggs\",\"text\":\"x\"}",
            "{\"label\":\"ham\"}",
            "ham, hello",
            "\"\u{0}",
        ] {
            let file = file(&format!("{{\"label\":\"ham\",\"text\":\"ok\"}}\n{bad}\n"));
            let message = read(file.path()).unwrap_err().to_string();
            let start = format!("{}:2: ", file.path().display());
            assert!(message.starts_with(&start), "{message}");
        }
        let empty = file("\n");
        assert!(matches!(
            read(empty.path()),
            Err(DatasetError::Empty { .. })
        ));
        assert!(matches!(
            read(Path::new("/nowhere/at.all")),
            Err(DatasetError::Io { .. })
        ));
    }
}
