//! What speaks for and against a comment: the strongest few, as its own words or named facts.

use crate::{
    comment::score::{Contribution, Score},
    spam::features::Parts,
};

/// Contributions below this say nothing to a moderator.
const LEAST_TOLD: f64 = 0.05;

/// What a contribution is named by, before it becomes a text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// A counted fact or a signal.
    Named(&'static str),
    /// A word or a link, by its number.
    Part(usize),
}

/// What speaks for and against, while it is gathered.
#[derive(Default)]
pub(super) struct Reasons(pub(super) Vec<(Reason, f64)>);

impl Reasons {
    pub(super) fn add(&mut self, reason: Reason, weight: f64) {
        if weight.abs() >= LEAST_TOLD {
            self.0.push((reason, weight));
        }
    }

    /// Only the strongest become texts: a long comment has hundreds.
    pub(super) fn strongest(self, parts: &Parts) -> Vec<Contribution> {
        self.told(parts, Score::MAX_CONTRIBUTIONS)
    }

    /// At most so many, strongest first.
    pub(super) fn told(mut self, parts: &Parts, most: usize) -> Vec<Contribution> {
        let stronger =
            |a: &(Reason, f64), b: &(Reason, f64)| by_strength(a.1, b.1).then(a.0.cmp(&b.0));
        if self.0.len() > most {
            self.0.select_nth_unstable_by(most, stronger);
            self.0.truncate(most);
        }
        self.gather(parts);
        self.0.sort_unstable_by(stronger);
        let told = self.0.into_iter().map(|(reason, weight)| Contribution {
            feature: match reason {
                Reason::Named(word) => word.to_owned(),
                Reason::Part(owner) => quoted(parts.text(owner)),
            },
            #[expect(
                clippy::cast_possible_truncation,
                reason = "for display; f32 is enough"
            )]
            weight: weight as f32,
        });
        told.collect()
    }

    /// A word that a comment repeats is one line: the first time weighs as a word, the others as what stands around them.
    fn gather(&mut self, parts: &Parts) {
        let mut at = 1;
        while let Some(&(reason, weight)) = self.0.get(at) {
            let same = |(earlier, _): &(Reason, f64)| match (earlier, &reason) {
                (Reason::Part(a), Reason::Part(b)) => parts.text(*a) == parts.text(*b),
                (Reason::Named(_), _) | (_, Reason::Named(_)) => false,
            };
            match self.0.iter().take(at).position(same) {
                Some(first) => {
                    self.0.remove(at);
                    if let Some((_, sum)) = self.0.get_mut(first) {
                        *sum += weight;
                    }
                }
                None => at += 1,
            }
        }
        self.0.retain(|(_, weight)| weight.abs() >= LEAST_TOLD);
    }
}

/// A word in quotes; a very long one is cut.
fn quoted(word: &str) -> String {
    const MOST_CHARS: usize = 40;
    let end = if word.len() <= MOST_CHARS {
        word.len()
    } else {
        let mut chars = word.char_indices();
        chars.nth(MOST_CHARS).map_or(word.len(), |(at, _)| at)
    };
    let mut quoted = String::with_capacity(end + 2);
    quoted.push('"');
    quoted.push_str(&word[..end]);
    quoted.push('"');
    quoted
}

fn by_strength(a: f64, b: f64) -> std::cmp::Ordering {
    b.abs().total_cmp(&a.abs())
}
