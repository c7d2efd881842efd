//! Reads files before anything is sent: what can be imported, what is passed over, and every line that is wrong.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Seek},
    path::{Path, PathBuf},
};

use clap::ValueEnum;

use crate::{
    cli::failure::Failure,
    comment::{
        ids::SiteId,
        imported::{ImportedComment as Parsed, Judged, Unusable},
    },
    grpc::convert::import::{draft, problem},
    proto::v1::ImportedComment,
};

use super::{
    entry::{Entries, Entry, Unreadable, What},
    json_lines::JsonLines,
    wxr::{Options, Wxr},
};

/// How many wrong lines are named; all are counted.
pub const MAX_NAMED: usize = 50;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A JSON object a line.
    Jsonl,
    /// A WordPress export (Tools, Export), XML.
    Wxr,
}

/// A file to read, once to check it and once to send it.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where.
    pub path: PathBuf,
    /// What was asked for; `None` looks at the file.
    pub format: Option<Format>,
    /// For WordPress exports.
    pub options: Options,
}

impl Source {
    /// From its start.
    ///
    /// # Errors
    /// It cannot be read, or is of neither format.
    pub fn open(&self) -> Result<Entries, Failure> {
        let name = self.path.display();
        let cannot = |error: std::io::Error| Failure::usage(format!("cannot read {name}: {error}"));
        let file = File::open(&self.path).map_err(cannot)?;
        if file.metadata().map_err(cannot)?.is_dir() {
            return Err(Failure::usage(format!(
                "{name} is a directory: name its files"
            )));
        }
        let mut reader = BufReader::new(file);
        let format = match self.format {
            Some(format) => format,
            None => look(&self.path, &mut reader)?,
        };
        Ok(match format {
            Format::Jsonl => Box::new(JsonLines::new(reader)),
            Format::Wxr => Box::new(Wxr::new(reader, self.options)),
        })
    }

    /// What a message about it starts with.
    #[must_use]
    pub fn at(&self, line: u64) -> String {
        format!("{}:{line}", self.path.display())
    }

    /// That it cannot be read to its end.
    #[must_use]
    pub fn broken(&self, error: &Unreadable) -> Failure {
        Failure::usage(format!("{}: {}", self.at(error.line), error.why))
    }
}

/// The format by the first character; from the start again afterwards.
fn look(path: &Path, reader: &mut BufReader<File>) -> Result<Format, Failure> {
    let name = path.display();
    let cannot = |error: std::io::Error| Failure::usage(format!("cannot read {name}: {error}"));
    let start = reader.fill_buf().map_err(cannot)?;
    if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
        return Err(Failure::usage(format!(
            "{name} is in UTF-16: `iconv -f UTF-16 -t UTF-8` makes it readable"
        )));
    }
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    let found = match start.trim_ascii_start().first() {
        Some(b'{') => Format::Jsonl,
        Some(b'<') => Format::Wxr,
        Some(_) | None => {
            return Err(Failure::usage(format!(
                "{name} has neither JSON lines nor a WordPress export; --format tells which, if it does"
            )));
        }
    };
    reader.rewind().map_err(cannot)?;
    Ok(found)
}

/// A thing that is wrong, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// `file:line`.
    pub at: String,
    /// Each thing that is wrong.
    pub problems: Vec<String>,
}

/// What was found in files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Comments to learn from.
    pub approved: u64,
    /// The same, editorially rejected.
    pub rejected: u64,
    /// The same, spam.
    pub spam: u64,
    /// What was passed over, by what it is.
    pub skipped: BTreeMap<&'static str, u64>,
    /// How many are wrong.
    pub bad: u64,
    /// The first [`MAX_NAMED`] of them.
    pub named: Vec<Bad>,
    /// Fields that are not usable and are left out.
    pub left_out: BTreeMap<&'static str, u64>,
}

impl Findings {
    /// Comments to send.
    #[must_use]
    pub fn usable(&self) -> u64 {
        self.approved + self.rejected + self.spam
    }

    /// Everything that was read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.usable() + self.bad + self.skipped.values().sum::<u64>()
    }

    /// Notes what is wrong at a place.
    pub fn refuse(&mut self, at: String, problems: Vec<String>) {
        self.bad += 1;
        if self.named.len() < MAX_NAMED {
            self.named.push(Bad { at, problems });
        }
    }

    /// Counts an entry; the comment, if it can be imported.
    pub fn count(
        &mut self,
        site: &SiteId,
        source: &Source,
        entry: Entry,
    ) -> Option<Box<ImportedComment>> {
        let comment = match entry.what {
            What::Comment(comment) => comment,
            What::Skipped(what) => {
                *self.skipped.entry(what).or_default() += 1;
                return None;
            }
            What::Bad(problems) => {
                self.refuse(source.at(entry.line), problems);
                return None;
            }
        };
        match Parsed::parse(site, &draft((*comment).clone())) {
            Ok(parsed) => {
                let count = match parsed.judged {
                    Judged::Approved => &mut self.approved,
                    Judged::Rejected => &mut self.rejected,
                    Judged::Spam => &mut self.spam,
                };
                *count += 1;
                for field in parsed.left_out {
                    *self.left_out.entry(field).or_default() += 1;
                }
                Some(comment)
            }
            Err(Unusable::NotModerated) => {
                *self.skipped.entry("not moderated yet").or_default() += 1;
                None
            }
            Err(Unusable::Violations(found)) => {
                let problems = found.as_slice().iter().map(problem).collect();
                self.refuse(source.at(entry.line), problems);
                None
            }
        }
    }
}
