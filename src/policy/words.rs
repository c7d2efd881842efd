//! Word lists: words and phrases, compared folded and as whole words, all of a list in one pass over the text.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::comment::folding;

/// The most entries of a list.
pub const MAX_WORDS: usize = 5_000;
/// The most bytes of an entry.
pub const MAX_WORD_BYTES: usize = 200;
/// The most bytes of a list, folded: a compiled list takes some ten times as much memory on every replica.
pub const MAX_LIST_BYTES: usize = 256 * 1_024;

/// How many entries of one list are complained about one by one: an error must fit into the head of a reply.
const MAX_COMPLAINTS: usize = 5;

/// Words and phrases as the site wrote them, and their compiled form. Cheap to clone.
#[derive(Clone, Default)]
pub struct WordList(Arc<Compiled>);

#[derive(Default)]
struct Compiled {
    entries: Vec<String>,
    /// `None` for an empty list.
    matcher: Option<AhoCorasick>,
}

impl WordList {
    /// Checks and compiles a list. Entries that are the same when folded count once; the first spelling stays.
    ///
    /// # Errors
    /// What is wrong, one text for each entry (the first five) or for the list.
    pub fn parse(words: &[String]) -> Result<Self, Vec<String>> {
        if words.len() > MAX_WORDS {
            let found = words.len();
            return Err(vec![format!(
                "must have at most {MAX_WORDS} entries; this one has {found}"
            )]);
        }
        let (mut entries, mut patterns, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen = std::collections::HashSet::new();
        for (word, position) in words.iter().zip(1..) {
            match parse_entry(word) {
                Ok(folded) => {
                    if seen.insert(folded.clone()) {
                        entries.push(word.trim().to_owned());
                        patterns.push(format!(" {folded} "));
                    }
                }
                Err(why) => wrong.push(format!("entry {position} {why}")),
            }
        }
        if wrong.len() > MAX_COMPLAINTS {
            let more = wrong.len() - MAX_COMPLAINTS;
            wrong.truncate(MAX_COMPLAINTS);
            wrong.push(format!("{more} more entries are wrong in such ways"));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        compile(entries, &patterns).map_err(|why| vec![why])
    }

    /// The entries as the site wrote them, without the white space around.
    #[must_use]
    pub fn entries(&self) -> &[String] {
        &self.0.entries
    }

    /// The entry that stands first in a folded text as whole words; of those that start there, the longest. One pass.
    #[must_use]
    pub fn find(&self, folded_text: &str) -> Option<&str> {
        let matcher = self.0.matcher.as_ref()?;
        let found = matcher.find(&format!(" {folded_text} "))?;
        self.0
            .entries
            .get(found.pattern().as_usize())
            .map(String::as_str)
    }
}

fn parse_entry(word: &str) -> Result<String, String> {
    if word.len() > MAX_WORD_BYTES {
        let found = word.len();
        return Err(format!(
            "must be at most {MAX_WORD_BYTES} bytes; it has {found}"
        ));
    }
    if word.trim().chars().any(char::is_control) {
        return Err("must not contain control characters".to_owned());
    }
    let folded = fold(word);
    if folded.is_empty() {
        return Err("must contain a letter or a digit".to_owned());
    }
    Ok(folded)
}

fn compile(entries: Vec<String>, patterns: &[String]) -> Result<WordList, String> {
    let bytes: usize = patterns.iter().map(String::len).sum();
    if bytes > MAX_LIST_BYTES {
        return Err(format!(
            "must be at most {MAX_LIST_BYTES} bytes in all; it has {bytes}"
        ));
    }
    let matcher = if patterns.is_empty() {
        None
    } else {
        let built = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(patterns);
        Some(built.map_err(|error| format!("cannot be compiled: {error}"))?)
    };
    Ok(WordList(Arc::new(Compiled { entries, matcher })))
}

/// The one place that folds an entry; it must fold as the text was folded that [`WordList::find`] gets.
fn fold(word: &str) -> String {
    folding::fold(word).text
}

impl PartialEq for WordList {
    fn eq(&self, other: &Self) -> bool {
        self.entries() == other.entries()
    }
}

impl std::fmt::Debug for WordList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[&str]) -> Result<WordList, Vec<String>> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        WordList::parse(&words)
    }

    #[test]
    fn words_match_whole_and_folded() {
        let words = list(&["Casino", "free  money", "Öl", "money order"]).unwrap();
        for (text, found) in [
            ("the casino is open", Some("Casino")),
            ("casino", Some("Casino")),
            ("casinos are open", None),
            ("my free money", Some("free  money")),
            ("free money order", Some("free  money")),
            ("a money order", Some("money order")),
            ("freemoney", None),
            ("öl", Some("Öl")),
            ("", None),
        ] {
            assert_eq!(words.find(&fold(text)), found, "{text:?}");
        }
        assert_eq!(WordList::default().find("casino"), None);
    }

    #[test]
    fn every_wrong_entry_is_named() {
        let long = "x".repeat(201);
        let wrong = list(&["fine", "...", &long, "nul\0", ""]).unwrap_err();
        assert_eq!(
            wrong,
            [
                "entry 2 must contain a letter or a digit",
                "entry 3 must be at most 200 bytes; it has 201",
                "entry 4 must not contain control characters",
                "entry 5 must contain a letter or a digit",
            ]
        );
        assert_eq!(list(&[""; 40]).unwrap_err().len(), MAX_COMPLAINTS + 1);
    }

    #[test]
    fn lists_are_bounded() {
        let many: Vec<String> = (0..=MAX_WORDS).map(|n| n.to_string()).collect();
        assert!(WordList::parse(&many).is_err());
        assert!(WordList::parse(&many[1..]).is_ok());
        let wide: Vec<String> = (0..2_000)
            .map(|n| format!("{n} {}", "abcdefghij".repeat(19)))
            .collect();
        assert!(WordList::parse(&wide).is_err());
    }

    #[test]
    fn the_same_word_counts_once() {
        let words = list(&[" Casino ", "CASINO", "casino!"]).unwrap();
        assert_eq!(words.entries(), ["Casino"]);
    }
}
