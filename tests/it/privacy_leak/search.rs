//! Looks for all canaries at once, in one place after the other.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};

use super::canaries::Canary;

/// As many finds of a place are told.
const TOLD: usize = 5;

/// Somewhere a canary could have got to.
pub struct Place {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    /// What is there, if this was looked through.
    pub known: &'static str,
}

/// Looks for all canaries at once.
pub struct Search {
    canaries: Vec<Canary>,
    traces: AhoCorasick,
    /// Whose trace each is, and which of them.
    owners: Vec<(usize, usize)>,
}

/// A canary where none should be.
struct Found<'a> {
    canary: &'a Canary,
    number: usize,
    form: &'static str,
    at: usize,
}

impl Search {
    pub fn of(canaries: Vec<Canary>) -> Self {
        let numbered = canaries.iter().enumerate();
        let owners = numbered.flat_map(|(n, canary)| (0..canary.traces.len()).map(move |t| (n, t)));
        let traces = canaries.iter().flat_map(|canary| &canary.traces);
        Self {
            traces: AhoCorasick::builder()
                .ascii_case_insensitive(true)
                // One IPv4 address can begin as another does.
                .match_kind(MatchKind::LeftmostLongest)
                .build(traces.map(|(_, trace)| trace))
                .unwrap(),
            owners: owners.collect(),
            canaries,
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.canaries.len()
    }

    /// That one is there, as the search must be able to see.
    pub fn assert_finds(&self, what: &str, text: &str, bytes: &[u8]) {
        let there = self.all(bytes).any(|found| found.canary.text == text);
        assert!(there, "{what}: the search does not find what is there");
    }

    fn all<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = Found<'a>> {
        self.traces.find_iter(bytes).map(|hit| {
            let (number, trace) = self.owners[hit.pattern().as_usize()];
            let canary = &self.canaries[number];
            Found {
                canary,
                number,
                form: canary.traces[trace].0,
                at: hit.start(),
            }
        })
    }

    /// What leaked into a place: one line a canary, a few at most.
    pub fn leaks(&self, place: &Place) -> Vec<String> {
        let (mut told, mut lines) = (BTreeSet::new(), Vec::new());
        for found in self.all(&place.bytes) {
            if lines.len() == TOLD {
                break;
            }
            if told.insert(found.number) {
                let around = found.at.saturating_sub(60)..found.at;
                let before = place.bytes[around].escape_ascii();
                let (name, canary, form) = (place.name, found.canary, found.form);
                lines.push(format!("{name}: {canary} ({form}) behind …{before}"));
            }
        }
        lines
    }
}
