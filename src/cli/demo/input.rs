//! The demo's comments: JSON lines.

use std::{collections::HashSet, fs, path::Path};

use serde::Deserialize;

use crate::cli::failure::Failure;

/// Examples of our own: five made-up articles, three languages, all the sorts of comments that a newsroom gets.
const EXAMPLES: &str = include_str!("../../../examples/demo-comments.jsonl");

/// How many wrong lines are named before the rest is only counted.
const NAMED: usize = 5;

/// One comment of the file. Only `id` and `text` must be there.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Entry {
    /// Its name in the file.
    pub id: String,
    /// The comment.
    pub text: String,
    /// The display name.
    pub author: Option<String>,
    /// The article: a name or an address.
    pub thread: Option<String>,
    /// The article's title.
    pub title: Option<String>,
    /// The article's language.
    pub lang: Option<String>,
    /// `spam` or `ham`, as the data's makers say.
    pub label: Option<String>,
    /// The logged-in reader.
    pub account: Option<String>,
    /// Made up where absent; `""` is a forgotten one.
    pub email: Option<String>,
    /// The author's website.
    pub website: Option<String>,
    /// What a robot wrote into the hidden field.
    pub honeypot: Option<String>,
    /// From opening the form to sending it.
    pub seconds_to_submit: Option<u32>,
    /// Made up where absent.
    pub ip: Option<String>,
    /// What the demo's moderator says, if not what the label says: `approve`, `reject` or `spam`.
    pub verdict: Option<String>,
    /// The line that this one answers, by its `id`.
    pub parent: Option<String>,
}

/// The file's comments, or our own examples.
///
/// # Errors
/// The file cannot be read, is empty, or has wrong lines: each is named.
pub fn read(file: Option<&Path>) -> Result<Vec<Entry>, Failure> {
    let Some(file) = file else {
        return parse("the examples", EXAMPLES);
    };
    let name = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|error| {
        Failure::usage(format!(
            "cannot read {name}: {error}; it must be JSON lines in UTF-8"
        ))
    })?;
    parse(&name, &text)
}

fn parse(name: &str, text: &str) -> Result<Vec<Entry>, Failure> {
    let mut entries = Vec::new();
    let mut ids = HashSet::new();
    let mut wrong = Vec::new();
    for (index, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        match serde_json::from_str::<Entry>(line) {
            Ok(entry) if !ids.insert(entry.id.clone()) => {
                wrong.push(format!(
                    "  line {}: the id {:?} was there before",
                    index + 1,
                    entry.id
                ));
            }
            Ok(entry) => entries.push(entry),
            Err(error) => wrong.push(format!("  line {}: {}", index + 1, without_place(&error))),
        }
    }
    if !wrong.is_empty() {
        let more = wrong.len().saturating_sub(NAMED);
        wrong.truncate(NAMED);
        if more > 0 {
            wrong.push(format!("  and {more} more"));
        }
        return Err(Failure::usage(format!(
            "{name} is not as the demo reads it (one JSON object a line, with `id` and `text`):\n{}",
            wrong.join("\n")
        )));
    }
    if entries.is_empty() {
        return Err(Failure::usage(format!("{name} holds no comment")));
    }
    Ok(entries)
}

/// Each text is one line, so the parser always says "line 1"; next to the file's own line that only confuses.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(what) => format!("{what}, at column {}", error.column()),
        None => text,
    }
}

/// At most `most` of them, evenly spread, so that all articles are still there. Parents come along where they are kept.
#[must_use]
pub fn thin_out(entries: Vec<Entry>, most: usize) -> Vec<Entry> {
    let step = entries.len().div_ceil(most.max(1)).max(1);
    entries.into_iter().step_by(step).collect()
}

/// The entries in rounds: each answers only what is in an earlier one, as a reader can only answer what is there.
#[must_use]
pub fn rounds(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let known: HashSet<String> = entries.iter().map(|entry| entry.id.clone()).collect();
    let mut placed: HashSet<String> = HashSet::new();
    let mut left = entries;
    let mut rounds = Vec::new();
    while !left.is_empty() {
        let (mut ready, waiting): (Vec<Entry>, Vec<Entry>) = left.into_iter().partition(|entry| {
            entry
                .parent
                .as_ref()
                .is_none_or(|parent| placed.contains(parent) || !known.contains(parent))
        });
        // A ring of answers can't be; its comments then stand alone.
        left = if ready.is_empty() {
            ready = waiting;
            Vec::new()
        } else {
            waiting
        };
        placed.extend(ready.iter().map(|entry| entry.id.clone()));
        rounds.push(ready);
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_examples_parse_and_are_enough() {
        let entries = read(None).expect("our own");
        assert!(entries.len() >= 120, "{}", entries.len());
        let threads: HashSet<_> = entries.iter().map(|entry| entry.thread.clone()).collect();
        let languages: HashSet<_> = entries.iter().map(|entry| entry.lang.clone()).collect();
        assert_eq!((threads.len(), languages.len()), (5, 3));
        let quick = thin_out(entries, 40);
        assert!((20..=40).contains(&quick.len()), "{}", quick.len());
    }

    #[test]
    fn wrong_lines_are_named() {
        let failure = parse(
            "x.jsonl",
            "{\"id\":\"a\",\"text\":\"t\"}\n\n{\"id\":\"a\",\"text\":\"u\"}\n{\"id\":1}\nnonsense",
        )
        .expect_err("three wrong lines");
        insta::assert_snapshot!(failure.to_string());
        assert_eq!(failure.exit_code(), 2);
        assert!(parse("x.jsonl", "\n").is_err());
    }

    #[test]
    fn answers_come_after_what_they_answer() {
        let entry = |id: &str, parent: Option<&str>| Entry {
            id: id.to_owned(),
            parent: parent.map(str::to_owned),
            ..Entry::default()
        };
        let given = vec![
            entry("c", Some("b")),
            entry("b", Some("a")),
            entry("a", None),
            entry("x", Some("gone")),
            entry("r", Some("s")),
            entry("s", Some("r")),
        ];
        let ids: Vec<Vec<String>> = rounds(given)
            .into_iter()
            .map(|round| round.into_iter().map(|entry| entry.id).collect())
            .collect();
        assert_eq!(ids, [vec!["a", "x"], vec!["b"], vec!["c"], vec!["r", "s"]]);
    }
}
