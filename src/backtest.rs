//! What another policy would have made of the comments that are there. Reads only.

mod findings;
mod replaying;

use std::{sync::Arc, time::Duration};

use tokio::sync::mpsc;

pub use findings::{Disagreement, Findings, OUTCOMES, Replay, Said};
use replaying::Replayer;

use crate::{
    comment::{
        ids::SiteId,
        state::{CommentState, Timestamp},
        violation::Violations,
    },
    policy::{
        draft::PolicyDraft,
        field::PolicyField,
        sites::{SiteError, Sites},
    },
    store::{connection::Store, error::StoreError},
};

/// Comments that are read at once; if each is as long as may be, some 3 MB.
const PAGE: usize = 50;

/// Whoever does not read for so long has left.
const NOT_READ: Duration = Duration::from_secs(10);

/// What was shown, held or marked. What its author withdrew and what was erased says nothing any more.
const REPLAYED: [CommentState; 4] = [
    CommentState::Pending,
    CommentState::Approved,
    CommentState::Rejected,
    CommentState::Spam,
];

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
    replayer: Arc<Replayer>,
    last: usize,
    examples: usize,
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
            replayer: Arc::new(Replayer {
                current: found.policy.clone(),
                proposed,
                since: trial.since,
            }),
            last: trial.last,
            examples: trial.examples,
        })
    }
}

impl Run {
    /// At most how many comments it replays.
    #[must_use]
    pub fn at_most(&self) -> u64 {
        self.last as u64
    }

    /// Replays, and tells after each page how far it is. Ends early when nobody reads.
    pub async fn run(self, steps: mpsc::Sender<Step>) {
        let last = match self.replay(&steps).await {
            Ok(Some(findings)) => Step::Done(Box::new(findings)),
            Ok(None) => return,
            Err(error) => Step::Failed(error),
        };
        let _ = steps.send_timeout(last, NOT_READ).await;
    }

    /// `None`: nobody reads.
    async fn replay(&self, steps: &mpsc::Sender<Step>) -> Result<Option<Findings>, StoreError> {
        let mut findings = Findings::new(self.examples);
        let mut before = None;
        loop {
            let left = self.last.saturating_sub(findings.read);
            let count = left.min(PAGE);
            if count == 0 {
                break;
            }
            let page = self
                .store
                .newest(&self.site, &REPLAYED, before, count)
                .await?;
            // One that cannot be read counts too, else it would never end.
            findings.read += count;
            let all_in_time;
            (findings, all_in_time) = self.replayer.replay(page.comments, findings).await?;
            let step = Step::Replayed(findings.comments);
            if steps.send_timeout(step, NOT_READ).await.is_err() {
                return Ok(None);
            }
            before = page.next;
            if before.is_none() || !all_in_time {
                break;
            }
        }
        Ok(Some(findings))
    }
}
