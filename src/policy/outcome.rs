//! What a policy makes of a comment: a pure function of the policy and a few facts.

use crate::{
    comment::{
        bulk::WaveDecision,
        observed::AuthorHistory,
        reason::{Reason, ReasonCode},
        score::Probability,
        standing::Standing,
        state::{CommentState, Outcome, Verdict},
        subject::{Standings, SubjectKind},
    },
    policy::{ModerationMode, Policy},
};

/// What a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// How likely the comment is spam.
    pub probability: Probability,
    /// The author's comments so far; empty for an author without identity.
    pub history: AuthorHistory,
    /// How the author, and what the comment is recognised by besides, stand.
    pub standings: Standings,
    /// Whether the author has an account or an e-mail address to be known by.
    pub has_author_identity: bool,
    /// How many links the comment has.
    pub links: usize,
    /// The comment, folded.
    pub folded_text: &'a str,
    /// What a moderator decided of the wave that the comment joins.
    pub wave_decision: Option<&'a WaveDecision>,
    /// From 0 up to, not including, 1. From a keyed hash of the comment's id: a retry draws the same.
    pub draw: f64,
    /// When the thread's comments are shown, where a moderator set that for a while.
    pub thread_mode: Option<ModerationMode>,
}

/// What becomes of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The outcome.
    pub outcome: Outcome,
    /// Why, most decisive first; never empty.
    pub reasons: Vec<Reason>,
    /// Whether a moderator gets to see it.
    pub queued: bool,
    /// Whether all others come first in the queue.
    pub queue_last: bool,
}

impl Decided {
    /// For a comment whose surroundings kept changing while it was judged: a moderator decides.
    #[must_use]
    pub fn unsettled() -> Self {
        Self {
            outcome: Outcome::Pending,
            reasons: vec![Reason::new(ReasonCode::Unsettled, "")],
            queued: true,
            queue_last: false,
        }
    }
}

impl Policy {
    /// Decides. From the strongest rule to the weakest: a ban, a word that rejects, a moderator's decision against the wave
    /// that the comment joins, a score that is spam, a rule that holds (a standing, a word, links, a first comment), and
    /// then the mode. The site's own words and rules hold in every mode; the lower threshold counts in automatic mode only.
    /// The mode is the thread's where it has one of its own for a while; that is told where it differs from the site's.
    ///
    /// A trusted author is spared what holds newcomers, links and middling scores, but neither words nor a score that is
    /// spam, since an account can be stolen; nor a mode that reviews each comment. An approved wave spares its later members
    /// what asks for a person, a first comment or the mode, but neither words nor links nor a score that is spam: nearly the
    /// same is not the same.
    #[must_use]
    pub fn decide(&self, facts: &Facts<'_>) -> Decided {
        let (standing, subject) = facts.standings.strictest();
        if standing == Standing::Banned {
            return rejected(of_standing(ReasonCode::AuthorBanned, subject));
        }
        if let Some(word) = self.reject_words.find(facts.folded_text) {
            return rejected(Reason::new(ReasonCode::RejectedWord, word));
        }
        if let Some(wave) = facts.wave_decision.filter(|wave| self.follows(wave, facts)) {
            return followed(wave);
        }
        let mode = facts.thread_mode.unwrap_or(self.mode);
        let mut decided = self.decide_in(mode, facts);
        if mode != self.mode {
            let told = Reason::new(ReasonCode::ThreadModerated, mode.word());
            decided.reasons.push(told);
        }
        decided
    }

    fn follows(&self, wave: &WaveDecision, facts: &Facts<'_>) -> bool {
        let asks = |reason: &Reason| reason.code == ReasonCode::FirstComment;
        match wave.verdict {
            Verdict::Reject | Verdict::Spam => true,
            Verdict::Approve => {
                facts.probability < self.spam_at && self.holds(facts).iter().all(asks)
            }
        }
    }

    fn decide_in(&self, mode: ModerationMode, facts: &Facts<'_>) -> Decided {
        if facts.probability >= self.spam_at {
            return self.spam(mode, facts);
        }
        let holds = self.holds(facts);
        let (standing, _) = facts.standings.strictest();
        match mode {
            ModerationMode::Pre => {
                let mut reasons = vec![Reason::new(ReasonCode::PreModeration, "")];
                reasons.extend(holds);
                pending(reasons)
            }
            ModerationMode::Post | ModerationMode::Automatic if !holds.is_empty() => pending(holds),
            ModerationMode::Post => Decided {
                outcome: Outcome::Approved,
                reasons: vec![Reason::new(ReasonCode::PostModeration, "")],
                queued: true,
                queue_last: false,
            },
            ModerationMode::Automatic if standing == Standing::Trusted => {
                self.sampled(Outcome::Approved, ReasonCode::AuthorTrusted, facts)
            }
            ModerationMode::Automatic if facts.probability <= self.approve_at => {
                self.sampled(Outcome::Approved, ReasonCode::ScoreLow, facts)
            }
            ModerationMode::Automatic => pending(vec![score(ReasonCode::ScoreUncertain, facts)]),
        }
    }

    fn spam(&self, mode: ModerationMode, facts: &Facts<'_>) -> Decided {
        match mode {
            // A moderator sees each comment, the likely spam after all others.
            ModerationMode::Pre => Decided {
                outcome: Outcome::Spam,
                reasons: vec![
                    score(ReasonCode::ScoreHigh, facts),
                    Reason::new(ReasonCode::PreModeration, ""),
                ],
                queued: true,
                queue_last: true,
            },
            ModerationMode::Post | ModerationMode::Automatic => {
                self.sampled(Outcome::Spam, ReasonCode::ScoreHigh, facts)
            }
        }
    }

    /// An outcome that no moderator would see, but for the sample; for a reason that tells the score.
    fn sampled(&self, outcome: Outcome, code: ReasonCode, facts: &Facts<'_>) -> Decided {
        let queued = facts.draw < self.sampled_share.get();
        let mut reasons = vec![score(code, facts)];
        if queued {
            reasons.push(Reason::new(ReasonCode::Sampled, ""));
        }
        Decided {
            outcome,
            reasons,
            queued,
            queue_last: false,
        }
    }

    /// Every rule that holds the comment, the most telling first.
    fn holds(&self, facts: &Facts<'_>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let (standing, subject) = facts.standings.strictest();
        if standing == Standing::Held {
            reasons.push(of_standing(ReasonCode::AuthorHeld, subject));
        }
        if let Some(word) = self.hold_words.find(facts.folded_text) {
            reasons.push(Reason::new(ReasonCode::HeldWord, word));
        }
        if standing == Standing::Trusted {
            return reasons;
        }
        let most = self.max_links;
        if u32::try_from(facts.links).map_or(true, |links| links > most) {
            let detail = format!("{} of at most {most}", facts.links);
            reasons.push(Reason::new(ReasonCode::TooManyLinks, detail));
        }
        if self.hold_first_comment && facts.history.count(CommentState::Approved) == 0 {
            let detail = if facts.has_author_identity {
                ""
            } else {
                "no account or e-mail address to know the author by"
            };
            reasons.push(Reason::new(ReasonCode::FirstComment, detail));
        }
        reasons
    }
}

/// As a moderator decided for the wave: nobody has to look again.
fn followed(wave: &WaveDecision) -> Decided {
    let outcome = match wave.verdict {
        Verdict::Approve => Outcome::Approved,
        Verdict::Reject => Outcome::Rejected,
        Verdict::Spam => Outcome::Spam,
    };
    let reason = Reason::new(ReasonCode::WaveDecided, wave.operation.to_string());
    Decided {
        outcome,
        reasons: vec![reason],
        queued: false,
        queue_last: false,
    }
}

/// Stored and listed, and seen by no moderator.
fn rejected(reason: Reason) -> Decided {
    Decided {
        outcome: Outcome::Rejected,
        reasons: vec![reason],
        queued: false,
        queue_last: false,
    }
}

/// What stands so is named unless it is the author: no more is said, since a blog may show it.
fn of_standing(code: ReasonCode, subject: SubjectKind) -> Reason {
    match subject {
        SubjectKind::Author => Reason::new(code, ""),
        SubjectKind::IpAddress | SubjectKind::LinkDomain | SubjectKind::Website => {
            Reason::new(code, subject.word())
        }
    }
}

fn pending(reasons: Vec<Reason>) -> Decided {
    Decided {
        outcome: Outcome::Pending,
        reasons,
        queued: true,
        queue_last: false,
    }
}

fn score(code: ReasonCode, facts: &Facts<'_>) -> Reason {
    Reason::new(code, format!("{:.2}", facts.probability.get()))
}

#[cfg(test)]
mod tests;
