//! A comment that its author writes anew: judged as a submission, by one read, a judgement and one atomic write.

use std::borrow::Cow;

use crate::{
    access::caller::Caller,
    admission::{
        changes::ChangeRefusal,
        desk::{Desk, TRIES, decide, due_in},
        error::SubmitError,
        preparation::revision::PreparedRevision,
        receipt::Receipt,
    },
    comment::{
        history::Deed,
        ids::{CommentId, SiteId},
        lane::Lane,
        limits::LimitName,
        observed::Observed,
        reason::{Reason, ReasonCode},
        state::{CommentState, Outcome, Timestamp, Version},
        stored::StoredComment,
    },
    policy::{
        outcome::Decided,
        sites::{Site, SiteError},
    },
    spam::lesson::SiteTag,
    store::{
        error::StoreError,
        revise::{NewRevision, Revised},
    },
};

/// A comment's new text as the blog sent it.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Of which comment.
    pub comment: CommentId,
    /// The version that the blog knows.
    pub version: Version,
    /// What it says now.
    pub body: String,
}

/// A revision that was made.
#[derive(Debug)]
pub struct RevisionReceipt {
    /// What policy decided, and how the comment stands.
    pub receipt: Receipt,
    /// When it was revised.
    pub at: Timestamp,
    /// It had been made before.
    pub replayed: bool,
}

impl Desk {
    /// Replaces a comment's text by its author's new one. Safe to repeat.
    ///
    /// # Errors
    /// As [`ChangeRefusal`] says.
    pub async fn revise(
        &self,
        caller: &Caller,
        site: &SiteId,
        revision: &Revision,
    ) -> Result<RevisionReceipt, ChangeRefusal> {
        self.throttle(caller)?;
        for _ in 1..TRIES {
            let site = self.sites.get(site).await?;
            let tried = self.try_to_revise(caller, &site, revision, false).await?;
            if let Some(done) = tried {
                return Ok(done);
            }
            self.sites.forget(&site.id);
        }
        let site = self.sites.get(site).await?;
        let settled = self.try_to_revise(caller, &site, revision, true).await?;
        settled.ok_or(ChangeRefusal::Store(StoreError::Corrupt {
            what: "a script's reply",
        }))
    }

    /// `None`: what it was judged by has changed meanwhile.
    async fn try_to_revise(
        &self,
        caller: &Caller,
        site: &Site,
        revision: &Revision,
        whatever_changed: bool,
    ) -> Result<Option<RevisionReceipt>, ChangeRefusal> {
        let comment = self.store.comment(&site.id, revision.comment).await?;
        let comment = comment.ok_or(ChangeRefusal::NotFound)?;
        let contexts = self.store.contexts(&site.id, &[&comment]).await?;
        let thread = contexts.into_iter().next().unwrap_or_default().thread;
        let prepared =
            self.preparation
                .prepare_revision(&site.id, &comment, &thread, &revision.body)?;
        let seen = self.observe_revision(site, &prepared, &comment).await?;
        let signals = prepared.signals(&seen, &comment);
        let text = &prepared.prepared.content;
        let score = self
            .scorer
            .score_with(SiteTag::of(&site.id), text, &signals);
        let decided = if whatever_changed {
            Decided::unsettled()
        } else {
            decide(site, &prepared.prepared, &score, &seen)
        };
        let decided = after_decisions(decided, &comment);
        let due_in = due_in(site, &decided, &score, &seen);
        let content = prepared.describe(&comment, signals, score.rounded(), decided.reasons);
        let new = NewRevision {
            site: &site.id,
            comment: &comment,
            version: revision.version,
            digest: prepared.prepared.digest,
            outcome: decided.outcome,
            content: &content,
            judged_at: (!whatever_changed).then_some(seen.versions),
            due_in,
            limit: site.policy.limits().author,
            close_threads_after: site.policy.close_threads_after(),
            actor: &caller.actor(),
        };
        let revised = self.confirmation.of(self.store.revise(&new)).await?;
        answer(revised, decided.outcome, &new)
    }

    async fn observe_revision(
        &self,
        site: &Site,
        prepared: &PreparedRevision,
        comment: &StoredComment,
    ) -> Result<Observed, StoreError> {
        let (seen, _): (Observed, Cow<'_, _>) = self.observe(site, &prepared.prepared).await?;
        Ok(prepared.without_itself(seen, comment))
    }
}

/// What a moderator had rejected, or blacked out, or left to a senior one, a moderator sees again whatever policy says.
fn after_decisions(decided: Decided, comment: &StoredComment) -> Decided {
    let entries = comment.history.entries().iter();
    let was_decided = comment.history.decision().is_some();
    let was_redacted = entries
        .into_iter()
        .any(|entry| entry.deed == Deed::Redacted);
    let is_rejected = matches!(comment.state, CommentState::Rejected | CommentState::Spam);
    let is_escalated = comment.lane == Some(Lane::Escalated);
    // Who is banned can't make moderators read.
    let is_banned = decided
        .reasons
        .iter()
        .any(|reason| reason.code == ReasonCode::AuthorBanned);
    let must_be_seen = (was_decided && is_rejected) || was_redacted || is_escalated;
    let mut decided = decided;
    if must_be_seen && !is_banned {
        decided.outcome = Outcome::Pending;
        decided.queued = true;
        decided.queue_last = false;
    }
    if was_decided {
        decided.reasons.push(Reason::new(ReasonCode::Revised, ""));
    }
    decided
}

fn answer(
    revised: Revised,
    outcome: Outcome,
    new: &NewRevision<'_>,
) -> Result<Option<RevisionReceipt>, ChangeRefusal> {
    match revised {
        Revised::Done { state, version, at } => Ok(Some(RevisionReceipt {
            receipt: Receipt {
                outcome,
                reasons: new.content.reasons.clone(),
                state,
                version,
                score: new.content.score.clone(),
                submitted_at: new.comment.submitted_at,
            },
            at,
            replayed: false,
        })),
        Revised::Replayed { comment, at } => Ok(Some(RevisionReceipt {
            receipt: Receipt::from(*comment),
            at,
            replayed: true,
        })),
        Revised::Changed => Ok(None),
        Revised::NotFound => Err(ChangeRefusal::NotFound),
        Revised::Erased => Err(ChangeRefusal::Erased),
        Revised::Retracted => Err(ChangeRefusal::Retracted),
        Revised::Stale { state, version } => Err(ChangeRefusal::Stale { state, version }),
        Revised::ThreadClosed { by } => Err(ChangeRefusal::ThreadClosed { by }),
        Revised::Refused { retry_after } => Err(ChangeRefusal::Limit {
            limit: LimitName::Author,
            retry_after,
        }),
        Revised::NoSite => Err(SiteError::NotFound.into()),
    }
}

impl From<SubmitError> for ChangeRefusal {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Throttled { retry_after } => Self::Throttled { retry_after },
            SubmitError::Violations(found) => Self::Violations(found),
            SubmitError::Site(error) => Self::Site(error),
            // There is nothing to seal in a revision.
            SubmitError::Seal(_) | SubmitError::SealLapsed => Self::Store(StoreError::Corrupt {
                what: "a revision's contact data",
            }),
            SubmitError::Store(error) => Self::Store(error),
        }
    }
}
