//! Everything the demo counts, and whether it adds up.

use std::collections::{BTreeMap, HashMap};

use crate::{
    cli::words,
    proto::v1::{Decision, Event, QueueStats, ReviewItem, SubmitCommentResponse, event},
};

/// How many failures and breaches are named.
const NAMED: usize = 5;

/// How many review items and how many events from each end are kept for showing.
const SHOWN: usize = 4;

/// The four outcomes, in the order of the table's columns.
pub const OUTCOMES: [&str; 4] = ["APPROVED", "PENDING", "SPAM", "REJECTED"];

/// What happened so far.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many comments there are to submit.
    pub total: usize,
    /// How many were sent and answered.
    pub submitted: usize,
    /// Stored comments by outcome.
    pub outcomes: BTreeMap<&'static str, usize>,
    /// Stored comments by the combination of their reasons, then by outcome.
    pub reasons: BTreeMap<String, BTreeMap<&'static str, usize>>,
    /// Comments by the data's label, then by outcome or `REFUSED`.
    pub labels: BTreeMap<String, BTreeMap<&'static str, usize>>,
    /// Refused comments by why.
    pub refused: BTreeMap<String, usize>,
    /// Comments that got no answer which means anything.
    pub failed: usize,
    /// Decisions that were carried out, by verdict.
    pub decisions: BTreeMap<&'static str, usize>,
    /// Of these, how many made a new version of the comment, and so must be in the feed.
    pub changes: usize,
    /// Decisions that were refused, by why.
    pub problems: BTreeMap<String, usize>,
    /// Events that the feed has shown.
    pub events: usize,
    /// What is wrong: failures of calls, breaches of the feed's order. The first few.
    pub wrong: Vec<String>,
    /// Items as moderators got them, one for each sort of reason.
    pub items: Vec<ReviewItem>,
    /// The feed's first events.
    pub first: Vec<Event>,
    /// The feed's last events.
    pub last: Vec<Event>,
    /// The feed's cursors, in order.
    pub cursors: Vec<String>,
    /// The queue, as last heard.
    pub queue: QueueStats,
    versions: HashMap<String, (u32, &'static str)>,
}

impl Tally {
    /// Nothing yet, of so many comments.
    #[must_use]
    pub fn new(total: usize) -> Self {
        Self {
            total,
            ..Self::default()
        }
    }

    /// A comment was stored.
    pub fn stored(&mut self, label: Option<&str>, response: &SubmitCommentResponse) {
        let outcome = words::outcome(response.outcome);
        self.submitted += 1;
        *self.outcomes.entry(outcome).or_default() += 1;
        let codes: Vec<String> = response
            .reasons
            .iter()
            .map(|reason| words::code(reason.code).to_owned())
            .collect();
        let row = self.reasons.entry(codes.join(" + ")).or_default();
        *row.entry(outcome).or_default() += 1;
        self.labelled(label, outcome);
    }

    /// A comment was refused.
    pub fn refused(&mut self, label: Option<&str>, why: String) {
        self.submitted += 1;
        *self.refused.entry(why).or_default() += 1;
        self.labelled(label, "REFUSED");
    }

    /// A comment got no answer that means anything.
    pub fn failed(&mut self, what: String) {
        self.submitted += 1;
        self.failed += 1;
        self.is_wrong(what);
    }

    /// A moderator's verdict was carried out.
    pub fn decided(&mut self, seen_version: u32, decision: &Decision) {
        *self
            .decisions
            .entry(words::verdict(decision.verdict))
            .or_default() += 1;
        if decision.version > seen_version {
            self.changes += 1;
        }
    }

    /// An item came down a moderator's stream; keeps a few of different sorts.
    pub fn seen(&mut self, item: &ReviewItem) {
        let sort = |item: &ReviewItem| {
            let comment = item.comment.as_ref();
            comment.and_then(|comment| comment.reasons.first().map(|reason| reason.code))
        };
        if self.items.len() < SHOWN && self.items.iter().all(|kept| sort(kept) != sort(item)) {
            self.items.push(item.clone());
        }
    }

    /// The feed showed an event: each comment's versions must come without gap or repetition.
    pub fn event(&mut self, event: Event) {
        self.events += 1;
        let (before, _) = self
            .versions
            .get(&event.comment_id)
            .copied()
            .unwrap_or_default();
        if event.version != before + 1 {
            self.is_wrong(format!(
                "the feed shows version {} of comment {} after version {before}",
                event.version, event.comment_id
            ));
        }
        let is_submitted = matches!(event.cause, Some(event::Cause::Submitted(_)));
        if is_submitted != (event.version == 1) {
            self.is_wrong(format!(
                "version {} of comment {} has the wrong cause",
                event.version, event.comment_id
            ));
        }
        self.versions.insert(
            event.comment_id.clone(),
            (event.version, words::state(event.state)),
        );
        self.cursors.push(event.cursor.clone());
        if self.first.len() < SHOWN {
            self.first.push(event.clone());
        }
        if self.last.len() == SHOWN {
            self.last.remove(0);
        }
        self.last.push(event);
    }

    /// Notes a breach.
    pub fn is_wrong(&mut self, what: String) {
        if self.wrong.len() < NAMED {
            self.wrong.push(what);
        }
    }

    /// Comments that were stored.
    #[must_use]
    pub fn stored_count(&self) -> usize {
        self.outcomes.values().sum()
    }

    /// Comments that were refused.
    #[must_use]
    pub fn refused_count(&self) -> usize {
        self.refused.values().sum()
    }

    /// Decisions that were carried out.
    #[must_use]
    pub fn decided_count(&self) -> usize {
        self.decisions.values().sum()
    }

    /// How many events the feed must show in the end.
    #[must_use]
    pub fn events_expected(&self) -> usize {
        self.stored_count() + self.changes
    }

    /// Comments by the state that the feed showed last.
    #[must_use]
    pub fn states(&self) -> BTreeMap<&'static str, u64> {
        let mut states = BTreeMap::new();
        for (_, state) in self.versions.values() {
            *states.entry(*state).or_default() += 1;
        }
        states
    }

    /// What does not add up; empty if all does. `queue` holds the service's own figures, asked for at the very end.
    #[must_use]
    pub fn breaches(&self) -> Vec<String> {
        let mut found = self.wrong.clone();
        let mut equal = |what: &str, left: usize, right: usize| {
            if left != right {
                found.push(format!("{what}: {left} is not {right}"));
            }
        };
        equal(
            "comments answered and comments there are",
            self.submitted,
            self.total,
        );
        equal(
            "submitted and approved + pending + spam + rejected + refused",
            self.submitted,
            self.stored_count() + self.refused_count(),
        );
        equal(
            "events in the feed and stored + new versions by decisions",
            self.events,
            self.events_expected(),
        );
        equal(
            "comments in the feed and comments stored",
            self.versions.len(),
            self.stored_count(),
        );
        let states = self.states();
        let served = [
            ("APPROVED", self.queue.approved),
            ("PENDING", self.queue.pending),
            ("SPAM", self.queue.spam),
            ("REJECTED", self.queue.rejected),
        ];
        for (state, count) in served {
            let shown = states.get(state).copied().unwrap_or(0);
            if shown != count {
                found.push(format!(
                    "{state} by the feed and by the service's own count: {shown} is not {count}"
                ));
            }
        }
        found
    }

    fn labelled(&mut self, label: Option<&str>, column: &'static str) {
        if let Some(label @ ("spam" | "ham")) = label {
            let row = self.labels.entry(label.to_owned()).or_default();
            *row.entry(column).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests;
