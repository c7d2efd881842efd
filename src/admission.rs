//! The path of a submission: throttle, parse, observe, score, policy, seal, and one atomic write.

pub mod throttle;

use std::{sync::Arc, time::Duration};

use crate::{
    access::caller::Caller,
    comment::{
        contact::{Contact, SealedContact},
        draft::Draft,
        ids::CommentId,
        limits::LimitName,
        observed::{Fingerprints, Observed},
        reason::Reason,
        score::Score,
        state::{CommentState, Outcome, Timestamp, Version},
        stored::{CommentContent, StoredComment, ThreadDetails},
        submission::Submission,
        violation::Violations,
    },
    policy::{
        outcome::{Decided, Facts},
        sites::{Site, SiteError, Sites},
    },
    privacy::{
        hashing::Hasher,
        sealing::{SealError, Sealer},
    },
    queue::priority,
    spam::{content::Content, scorer::Scorer, signals::Signals},
    store::{
        confirmation::Confirmation,
        connection::Store,
        error::StoreError,
        submit::{NewComment, Stored},
    },
};
use throttle::Throttle;

/// After this many `STALE` answers in a row the comment is stored for a moderator, whatever has changed.
const TRIES: usize = 3;

/// What policy decided, and how the comment stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// What policy decided when the comment came.
    pub outcome: Outcome,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Where it stands now.
    pub state: CommentState,
    /// At which version.
    pub version: Version,
    /// How likely it is spam, and why.
    pub score: Score,
    /// When it came.
    pub submitted_at: Timestamp,
}

/// Why a comment is not taken. Nothing was stored, and nothing charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A limit is used up.
    Limit {
        /// The one with the longest wait.
        limit: LimitName,
        /// How long to wait.
        retry_after: Duration,
    },
    /// The author said the same here within 24 h.
    Duplicate {
        /// What was said first.
        of: CommentId,
    },
    /// This name is another comment's.
    IdReused,
    /// This name's comment was erased.
    Erased,
    /// The thread takes no comments.
    ThreadClosed,
}

/// What became of a submission.
#[derive(Debug)]
pub enum Admission {
    /// Stored.
    Admitted(Receipt),
    /// It had been stored before.
    Replayed(Receipt),
    /// Not taken.
    Refused(Refusal),
}

/// Why a submission could not be dealt with.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// This replica is asked too much at once.
    #[error("this replica is asked too much at once")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The form is not filled in as the site wants it.
    #[error(transparent)]
    Violations(#[from] Violations),
    /// The site cannot be read.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The contact data cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The store failed. The comment may be stored: the same request again will tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The desk where comments are handed in. Cheap to share.
pub struct Desk {
    /// Where comments go.
    pub store: Store,
    /// What an OK waits for.
    pub confirmation: Confirmation,
    /// What sites want.
    pub sites: Arc<Sites>,
    /// What protects this replica.
    pub throttle: Throttle,
    /// What tells spam.
    pub scorer: Arc<Scorer>,
    /// What hashes identities.
    pub hasher: Hasher,
    /// What seals contact data.
    pub sealer: Sealer,
}

/// A submission with everything that is computed from it once, whatever has to be tried again.
struct Prepared {
    submission: Submission,
    content: Content,
    prints: Fingerprints,
    thread: ThreadDetails,
    contact: Option<SealedContact>,
    digest: [u8; 8],
    draw: f64,
    only_check: bool,
}

impl Desk {
    /// Takes a comment in. Safe to repeat: the comment's name makes it so.
    ///
    /// # Errors
    /// As [`SubmitError`] says.
    pub async fn submit(&self, caller: &Caller, draft: Draft) -> Result<Admission, SubmitError> {
        self.throttle
            .check(caller.key_id)
            .map_err(|retry_after| SubmitError::Throttled { retry_after })?;
        let mut site = self.sites.get(&draft.site).await?;
        let prepared = match self.prepare(&site, &draft) {
            // What was taken once is a replay, though the site may have become stricter since.
            Err(SubmitError::Violations(found)) => return self.replay_or(found, &draft).await,
            prepared => prepared?,
        };
        for _ in 1..TRIES {
            if let Some(done) = self.judge_and_store(&site, &prepared, false).await? {
                return Ok(done);
            }
            self.sites.forget(&site.id);
            site = self.sites.get(&site.id).await?;
        }
        let settled = self.judge_and_store(&site, &prepared, true).await?;
        settled.ok_or(SubmitError::Store(StoreError::Corrupt {
            what: "a script's reply",
        }))
    }

    fn prepare(&self, site: &Site, draft: &Draft) -> Result<Prepared, SubmitError> {
        let hash = self.hasher.content(draft);
        let (digest, draw) = hash.as_bytes().split_at(8);
        let only_check = draft.validate_only;
        let submission = Submission::parse(draft.clone(), site.policy.required())?;
        let content = Content::of(&submission);
        let contact = match &submission.contact {
            contact if *contact == Contact::default() => None,
            contact => Some(self.sealer.seal(&site.id, &submission.id, contact)?),
        };
        Ok(Prepared {
            prints: self.fingerprints(&submission, &content),
            thread: ThreadDetails {
                url: submission
                    .thread
                    .url
                    .as_ref()
                    .map(|url| url.as_str().to_owned())
                    .unwrap_or_default(),
                title: submission.thread.title.as_str().to_owned(),
                language: submission.thread.language.as_str().to_owned(),
            },
            contact,
            digest: first_eight(digest),
            draw: share(first_eight(draw)),
            submission,
            content,
            only_check,
        })
    }

    fn fingerprints(&self, submission: &Submission, content: &Content) -> Fingerprints {
        let site = &submission.site;
        let author = self
            .hasher
            .author(site, &submission.author, &submission.contact);
        let said = author.map(|author| {
            let parent = submission.parent.as_ref();
            self.hasher.duplicate(
                site,
                &author,
                &submission.thread.id,
                parent,
                content.folded(),
            )
        });
        let mut link_hosts = Vec::new();
        for link in content.links() {
            let host = self.hasher.link_host(site, &link.host);
            if link_hosts.len() < Fingerprints::MAX_LINK_HOSTS && !link_hosts.contains(&host) {
                link_hosts.push(host);
            }
        }
        Fingerprints {
            author,
            ip: submission.contact.ip.map(|ip| self.hasher.ip(site, ip)),
            said,
            sketch: content.sketch().map(|sketch| sketch.0),
            link_hosts,
        }
    }

    /// One read, a judgement, one write. `None`: what it was judged by has changed meanwhile.
    async fn judge_and_store(
        &self,
        site: &Site,
        prepared: &Prepared,
        whatever_changed: bool,
    ) -> Result<Option<Admission>, SubmitError> {
        let Prepared {
            submission,
            content,
            prints,
            ..
        } = prepared;
        let limits = site.policy.limits();
        let thread = &submission.thread.id;
        let seen = self
            .store
            .observe(&site.id, thread, prints, limits, site.policy_version)
            .await?;
        let score = self.scorer.score(submission, content, &seen);
        let decided = if whatever_changed {
            Decided::unsettled()
        } else {
            decide(site, prepared, &score, &seen)
        };
        let due_in = decided.queued.then(|| {
            priority::due_in(
                site.policy.service_level(),
                score.probability,
                decided.queue_last,
            )
        });
        let record = describe(prepared, &seen, score.rounded(), decided.reasons);
        let new = NewComment {
            site: &site.id,
            id: submission.id,
            digest: prepared.digest,
            outcome: decided.outcome,
            content: &record,
            thread: &prepared.thread,
            contact: prepared.contact.as_ref(),
            prints,
            limits,
            judged_at: (!whatever_changed).then_some(seen.versions),
            due_in,
            only_check: prepared.only_check,
        };
        let stored = self.confirmation.of(self.store.submit(&new)).await?;
        Ok(match stored {
            Stored::Stale { .. } => None,
            Stored::Admitted { at } => Some(Admission::Admitted(fresh_receipt(
                decided.outcome,
                record,
                at,
            ))),
            Stored::Known(comment) => Some(Admission::Replayed(receipt(*comment))),
            Stored::IdReused => Some(Admission::Refused(Refusal::IdReused)),
            Stored::Erased => Some(Admission::Refused(Refusal::Erased)),
            Stored::ThreadClosed => Some(Admission::Refused(Refusal::ThreadClosed)),
            Stored::Duplicate { of } => Some(Admission::Refused(Refusal::Duplicate { of })),
            Stored::Refused { limit, retry_after } => {
                Some(Admission::Refused(Refusal::Limit { limit, retry_after }))
            }
            Stored::NoSite => return Err(SiteError::NotFound.into()),
        })
    }

    async fn replay_or(&self, found: Violations, draft: &Draft) -> Result<Admission, SubmitError> {
        let Ok(id) = draft.fields.comment_id.parse() else {
            return Err(found.into());
        };
        let digest = first_eight(&self.hasher.content(draft).as_bytes()[..8]);
        match self.store.comment(&draft.site, id).await? {
            Some(comment) if comment.digest == digest => Ok(Admission::Replayed(receipt(comment))),
            _ => Err(found.into()),
        }
    }
}

fn decide(site: &Site, prepared: &Prepared, score: &Score, seen: &Observed) -> Decided {
    site.policy.decide(&Facts {
        probability: score.probability,
        history: seen.history,
        has_author_identity: prepared.prints.author.is_some(),
        links: prepared.content.links().len(),
        folded_text: prepared.content.folded(),
        draw: prepared.draw,
    })
}

fn describe(
    prepared: &Prepared,
    seen: &Observed,
    score: Score,
    reasons: Vec<Reason>,
) -> CommentContent {
    let submission = &prepared.submission;
    let author = &submission.author;
    CommentContent {
        thread: submission.thread.id.clone(),
        parent: submission.parent,
        display_name: author
            .display_name
            .as_ref()
            .map(|n| n.as_str().to_owned())
            .unwrap_or_default(),
        website: author
            .website
            .as_ref()
            .map(|w| w.as_str().to_owned())
            .unwrap_or_default(),
        account_id: author
            .account
            .as_ref()
            .map(|a| a.as_str().to_owned())
            .unwrap_or_default(),
        body: submission.body.as_str().to_owned(),
        author: prepared.prints.author,
        sealed_contact: prepared
            .contact
            .as_ref()
            .map(|contact| contact.sealed.clone())
            .unwrap_or_default(),
        reasons,
        score,
        signals: Signals::of(submission, &prepared.content, seen)
            .to_bytes()
            .to_vec(),
    }
}

fn fresh_receipt(outcome: Outcome, content: CommentContent, at: Timestamp) -> Receipt {
    Receipt {
        outcome,
        reasons: content.reasons,
        state: outcome.state(),
        version: Version::FIRST,
        score: content.score,
        submitted_at: at,
    }
}

fn receipt(comment: StoredComment) -> Receipt {
    Receipt {
        outcome: comment.outcome,
        reasons: comment.content.reasons,
        state: comment.state,
        version: comment.version,
        score: comment.content.score,
        submitted_at: comment.submitted_at,
    }
}

fn first_eight(bytes: &[u8]) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(&bytes[..8]);
    out
}

/// 64 bits as a number from 0 up to, not including, 1.
fn share(bits: [u8; 8]) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits are kept, as many as a float has"
    )]
    let whole = (u64::from_le_bytes(bits) >> 11) as f64;
    whole / (1u64 << 53) as f64
}
