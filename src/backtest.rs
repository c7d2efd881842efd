//! What another policy would have made of the comments that are there. Reads only.

mod findings;

use std::{sync::Arc, time::Duration};

use tokio::sync::mpsc;

pub use findings::{Disagreement, Findings, OUTCOMES, Replay, Said};

use crate::{
    comment::{
        ids::SiteId,
        observed::AuthorHistory,
        reason::ReasonCode,
        state::{CommentState, Timestamp},
        stored::StoredComment,
        violation::Violations,
    },
    policy::{
        Policy,
        draft::PolicyDraft,
        field::PolicyField,
        outcome::{Decided, Facts},
        sites::{SiteError, Sites},
    },
    spam::{
        content::Content,
        signals::{Signal, Signals},
    },
    store::{connection::Store, error::StoreError},
};

/// Comments that are read at once.
const PAGE: usize = 200;

/// Whoever does not read for so long has left.
const NOT_READ: Duration = Duration::from_secs(10);

/// What was shown, held or marked. What its author withdrew and what was erased says nothing any more.
const REPLAYED: [CommentState; 4] = [
    CommentState::Pending,
    CommentState::Approved,
    CommentState::Rejected,
    CommentState::Spam,
];

/// Chance takes no part: this draws nothing.
const NEVER_DRAWN: f64 = 1.0;

/// Why nothing can be replayed.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// The site is not there, or cannot be read.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The policy would not be one.
    #[error(transparent)]
    Violations(#[from] Violations),
    /// Redis failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be tried, and on what.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The parts of the policy that are changed, and to what.
    pub change: Option<(PolicyDraft, Vec<PolicyField>)>,
    /// How many comments at most, the newest.
    pub last: usize,
    /// Only those since then.
    pub since: Option<Timestamp>,
    /// How many examples of each kind of disagreement.
    pub examples: usize,
}

/// What tries policies.
#[derive(Clone)]
pub struct Backtest {
    /// Where comments are.
    pub store: Store,
    /// What sites want.
    pub sites: Arc<Sites>,
}

/// One step of a trial.
#[derive(Debug)]
pub enum Step {
    /// So many comments are replayed.
    Replayed(u64),
    /// All are.
    Done(Box<Findings>),
    /// It ended early.
    Failed(StoreError),
}

/// A trial whose policy is right, ready to run.
pub struct Run {
    store: Store,
    site: SiteId,
    current: Policy,
    proposed: Policy,
    trial: Trial,
}

impl Backtest {
    /// Makes the other policy of the site's own.
    ///
    /// # Errors
    /// As [`BacktestError`] says; violations have paths such as `site.policy.spam_at`.
    pub async fn prepare(&self, site: &SiteId, trial: Trial) -> Result<Run, BacktestError> {
        let found = self.sites.get(site).await?;
        let proposed = match &trial.change {
            None => found.policy.clone(),
            Some((draft, fields)) => {
                let mut whole = PolicyDraft::from(&found.policy);
                for field in fields {
                    whole.take(*field, draft);
                }
                whole.parse()?
            }
        };
        Ok(Run {
            store: self.store.clone(),
            site: site.clone(),
            current: found.policy.clone(),
            proposed,
            trial,
        })
    }
}

impl Run {
    /// At most how many comments it replays.
    #[must_use]
    pub fn at_most(&self) -> u64 {
        self.trial.last as u64
    }

    /// Replays, and tells after each page how far it is. Ends early when nobody reads.
    pub async fn run(self, steps: mpsc::Sender<Step>) {
        let mut findings = Findings::new(self.trial.examples);
        let mut before = None;
        loop {
            let left = self.trial.last.saturating_sub(findings.read);
            let count = left.min(PAGE);
            if count == 0 {
                break;
            }
            let page = match self
                .store
                .newest(&self.site, &REPLAYED, before, count)
                .await
            {
                Ok(page) => page,
                Err(error) => {
                    let _ = steps.send_timeout(Step::Failed(error), NOT_READ).await;
                    return;
                }
            };
            // One that cannot be read counts too, else it would never end.
            findings.read += count;
            let recent = |comment: &&StoredComment| {
                self.trial
                    .since
                    .is_none_or(|since| comment.submitted_at >= since)
            };
            let replayed = page.comments.iter().take_while(recent);
            let mut in_time = 0;
            for comment in replayed {
                in_time += 1;
                self.replay(comment, &mut findings);
            }
            let step = Step::Replayed(findings.comments);
            if steps.send_timeout(step, NOT_READ).await.is_err() {
                return;
            }
            before = page.next;
            if before.is_none() || in_time < page.comments.len() {
                break;
            }
        }
        let done = Step::Done(Box::new(findings));
        let _ = steps.send_timeout(done, NOT_READ).await;
    }

    fn replay(&self, comment: &StoredComment, findings: &mut Findings) {
        let content = Content::of_text(&comment.content.body, &comment.content.display_name);
        let facts = facts(comment, &content);
        let current = self.current.decide(&facts);
        let proposed = self.proposed.decide(&facts);
        findings.add(comment, &current, proposed);
    }
}

/// What the comment's outcome rested on, as far as it is kept.
fn facts<'a>(comment: &StoredComment, content: &'a Content) -> Facts<'a> {
    let kept = &comment.content;
    let approved = match Signals::from_bytes(&kept.signals) {
        Some(signals) => signals.value(Signal::AuthorApproved) > 0.0,
        // Of another release: what its policy said is all that is known.
        None => !kept
            .reasons
            .iter()
            .any(|reason| reason.code == ReasonCode::FirstComment),
    };
    Facts {
        probability: kept.score.probability,
        history: AuthorHistory::new([0, u32::from(approved), 0, 0, 0, 0], None),
        has_author_identity: kept.author.is_some(),
        links: content.links().len(),
        folded_text: content.folded(),
        draw: NEVER_DRAWN,
    }
}

impl Findings {
    fn add(&mut self, comment: &StoredComment, current: &Decided, proposed: Decided) {
        let said = Said::of(comment.decision.map(|decision| decision.verdict));
        self.comments += 1;
        self.newest = self.newest.or(Some(comment.submitted_at));
        self.oldest = Some(comment.submitted_at);
        self.current.count(current, said);
        self.proposed.count(&proposed, said);
        self.pair(current.outcome, proposed.outcome);
        self.note(comment, said, current.outcome, proposed);
    }
}
