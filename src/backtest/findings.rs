//! What came out of a trial, in numbers and examples.

use crate::{
    comment::{
        reason::Reason,
        state::{Outcome, Timestamp, Verdict},
        stored::StoredComment,
    },
    policy::outcome::Decided,
};

/// The outcomes, in the order of the tables.
pub const OUTCOMES: [Outcome; 4] = [
    Outcome::Approved,
    Outcome::Pending,
    Outcome::Spam,
    Outcome::Rejected,
];

/// How much of a comment an example shows, in characters.
const EXCERPT: usize = 280;

/// What moderators said of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Nobody has decided.
    Nothing,
    /// The last verdict.
    Verdict(Verdict),
}

impl Said {
    /// All, in the order of the tables.
    pub const ALL: [Self; 4] = [
        Self::Verdict(Verdict::Approve),
        Self::Verdict(Verdict::Reject),
        Self::Verdict(Verdict::Spam),
        Self::Nothing,
    ];

    /// Of a decision, if there is one.
    #[must_use]
    pub fn of(verdict: Option<Verdict>) -> Self {
        verdict.map_or(Self::Nothing, Self::Verdict)
    }
}

fn row(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Approved => 0,
        Outcome::Pending => 1,
        Outcome::Spam => 2,
        Outcome::Rejected => 3,
    }
}

fn column(said: Said) -> usize {
    match said {
        Said::Verdict(Verdict::Approve) => 0,
        Said::Verdict(Verdict::Reject) => 1,
        Said::Verdict(Verdict::Spam) => 2,
        Said::Nothing => 3,
    }
}

/// What a policy would make of comments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replay {
    cells: [[u64; 4]; 4],
    /// How many a moderator would have to look at.
    pub queued: u64,
}

impl Replay {
    pub(super) fn count(&mut self, decided: &Decided, said: Said) {
        self.cells[row(decided.outcome)][column(said)] += 1;
        self.queued += u64::from(decided.queued);
    }

    /// How many comments would have this outcome and that verdict.
    #[must_use]
    pub fn comments(&self, outcome: Outcome, said: Said) -> u64 {
        self.cells[row(outcome)][column(said)]
    }
}

/// A comment that the policy would have shown and a moderator did not, or the other way round.
#[derive(Debug, Clone, PartialEq)]
pub struct Disagreement {
    /// The comment, its text cut to an excerpt.
    pub comment: StoredComment,
    /// What the moderator said.
    pub verdict: Verdict,
    /// What the current policy would make of it.
    pub current: Outcome,
    /// What the other one would, and why.
    pub outcome: Outcome,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What came out of a trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// Places in the order of arrival that were looked at.
    pub(super) read: usize,
    /// Comments that were replayed.
    pub comments: u64,
    /// When the newest of them came.
    pub newest: Option<Timestamp>,
    /// When the oldest of them came.
    pub oldest: Option<Timestamp>,
    /// What the current policy would make of them.
    pub current: Replay,
    /// What the other policy would make of them.
    pub proposed: Replay,
    pairs: [[u64; 4]; 4],
    /// At most as many of each kind as were asked for, the newest first.
    pub examples: Vec<Disagreement>,
    most_of_a_kind: usize,
    of_a_kind: [[usize; 4]; 4],
}

impl Findings {
    pub(super) fn new(examples: usize) -> Self {
        Self {
            read: 0,
            comments: 0,
            newest: None,
            oldest: None,
            current: Replay::default(),
            proposed: Replay::default(),
            pairs: [[0; 4]; 4],
            examples: Vec::new(),
            most_of_a_kind: examples,
            of_a_kind: [[0; 4]; 4],
        }
    }

    /// How many comments would have had this outcome, and have that one with the other policy.
    #[must_use]
    pub fn changed(&self, current: Outcome, proposed: Outcome) -> u64 {
        self.pairs[row(current)][row(proposed)]
    }

    pub(super) fn pair(&mut self, current: Outcome, proposed: Outcome) {
        self.pairs[row(current)][row(proposed)] += 1;
    }

    pub(super) fn note(
        &mut self,
        comment: &StoredComment,
        said: Said,
        current: Outcome,
        proposed: Decided,
    ) {
        let Said::Verdict(verdict) = said else { return };
        let shown = match proposed.outcome {
            Outcome::Approved => true,
            Outcome::Spam | Outcome::Rejected => false,
            // A moderator would have decided, and did.
            Outcome::Pending => return,
        };
        // Spam that an editor rejected was not shown either: that is no disagreement.
        if shown == (verdict == Verdict::Approve) {
            return;
        }
        let seen = &mut self.of_a_kind[row(proposed.outcome)][column(said)];
        if *seen >= self.most_of_a_kind {
            return;
        }
        *seen += 1;
        let mut comment = comment.clone();
        let excerpt: String = comment
            .content
            .body
            .verbatim()
            .chars()
            .take(EXCERPT)
            .collect();
        comment.content.body = excerpt.into();
        self.examples.push(Disagreement {
            comment,
            verdict,
            current,
            outcome: proposed.outcome,
            reasons: proposed.reasons,
        });
    }
}
