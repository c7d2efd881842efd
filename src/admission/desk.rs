//! The desk where comments are handed in.

use std::{borrow::Cow, sync::Arc, time::Duration};

use crate::{
    access::caller::Caller,
    admission::{
        error::SubmitError,
        preparation::{Preparation, Prepared},
        receipt::{Admission, Receipt, Refusal},
        throttle::Throttle,
    },
    comment::{
        draft::Draft,
        observed::{Fingerprints, Observed},
        score::{Probability, Score},
        violation::Violations,
    },
    policy::{
        outcome::{Decided, Facts},
        sites::{Site, SiteError, Sites},
    },
    queue::priority::{self, Urgency},
    recognition::{Recognition, Seen},
    spam::{
        lesson::SiteTag,
        scorer::Scorer,
        signals::{Signals, thread},
    },
    store::{
        confirmation::Confirmation,
        connection::Store,
        error::StoreError,
        seal_lease::SealLease,
        submit::{NewComment, NewContact, Stored},
    },
};

/// After this many `STALE` answers in a row the comment is stored for a moderator, whatever has changed.
pub(super) const TRIES: usize = 3;

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
    /// What hashes identities and seals contact data.
    pub preparation: Preparation,
    /// Until when what is sealed here may be stored.
    pub seal_lease: SealLease,
    /// What knows authors again.
    pub recognition: Recognition,
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
        let mut prepared = match self.preparation.prepare(&site, &draft) {
            // What was taken once is a replay, though the site may have become stricter since.
            Err(SubmitError::Violations(found)) => return self.replay_or(found, &draft).await,
            prepared => prepared?,
        };
        self.recognise(&site, &mut prepared).await?;
        for _ in 1..TRIES {
            if let Some(done) = self.judge_and_store(&site, &prepared, false).await? {
                return Ok(done);
            }
            self.sites.forget(&site.id);
            site = self.sites.get(&site.id).await?;
            self.recognise(&site, &mut prepared).await?;
        }
        let settled = self.judge_and_store(&site, &prepared, true).await?;
        settled.ok_or(SubmitError::Store(StoreError::Corrupt {
            what: "a script's reply",
        }))
    }

    /// Puts the author's name in place of the hash, where the pepper was replaced.
    async fn recognise(&self, site: &Site, prepared: &mut Prepared) -> Result<(), StoreError> {
        self.preparation.unname(prepared);
        let (prints, other) = (&prepared.prints, prepared.other.as_ref());
        let author = Seen::new(prints.author, other.and_then(|other| other.author));
        let email = Seen::new(prints.email, other.and_then(|other| other.email));
        let recognising = self.recognition.submission(&site.id, author, email);
        let names = recognising.await?;
        if let Some(names) = names {
            self.preparation.name(prepared, names);
        }
        Ok(())
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
            ..
        } = prepared;
        let limits = site.policy.limits();
        let (seen, prints) = self.observe(site, prepared).await?;
        let signals = Signals::of(submission, content, &seen);
        let score = self
            .scorer
            .score_with(SiteTag::of(&site.id), content, &signals);
        let decided = if whatever_changed {
            Decided::unsettled()
        } else {
            decide(site, prepared, &score, &seen)
        };
        let due_in = due_in(site, &decided, &score, &seen);
        // What is most likely spam must not make its own words fit.
        let words = (score.probability < Probability::from_percent(50))
            .then(|| {
                let words = thread::LongWords::of(content.prose());
                thread::with_words(&words, &seen.thread.words)
            })
            .flatten();
        let record = prepared.describe(signals, score.rounded(), decided.reasons);
        let contact = prepared.contact.as_ref().map(|sealed| NewContact {
            sealed,
            until: self.seal_lease.until(),
        });
        let mut new = NewComment {
            site: &site.id,
            id: submission.id,
            digest: prepared.digest,
            outcome: decided.outcome,
            content: &record,
            thread: &prepared.thread,
            contact,
            prints: &prints,
            thread_words: words.as_deref(),
            wave_decision: seen.wave_decision.as_ref(),
            limits,
            close_threads_after: site.policy.close_threads_after(),
            subject_marks: &seen.subject_marks,
            named: &prepared.named,
            judged_at: (!whatever_changed).then_some(seen.versions),
            due_in,
            only_check: prepared.only_check,
        };
        let mut stored = self.confirmation.of(self.store.submit(&new)).await?;
        if let (Stored::SealLapsed, Some(contact)) = (&stored, &mut new.contact) {
            contact.until = self.seal_lease.renewed().await?;
            stored = self.confirmation.of(self.store.submit(&new)).await?;
        }
        if matches!(stored, Stored::Admitted { .. } | Stored::Known(_)) {
            let aliases = prepared.aliases();
            self.recognition.keep(&site.id, &aliases).await?;
        }
        if !prepared.only_check {
            self.carry(site, &seen).await;
        }
        Ok(match stored {
            Stored::Stale { .. } => None,
            Stored::Admitted { at } => Some(Admission::Admitted(Receipt::fresh(
                decided.outcome,
                record,
                at,
            ))),
            Stored::Known(comment) => Some(Admission::Replayed(Receipt::from(*comment))),
            Stored::IdReused => Some(self.replay_by_other(prepared).await?),
            Stored::Erased => Some(Admission::Refused(Refusal::Erased)),
            Stored::ThreadClosed { by } => Some(Admission::Refused(Refusal::ThreadClosed { by })),
            Stored::Duplicate { of } => Some(Admission::Refused(Refusal::Duplicate { of })),
            Stored::Refused { limit, retry_after } => {
                Some(Admission::Refused(Refusal::Limit { limit, retry_after }))
            }
            Stored::SealLapsed => return Err(SubmitError::SealLapsed),
            Stored::NoSite => return Err(SiteError::NotFound.into()),
        })
    }

    /// Lets what stands by the other pepper's name alone outlast that. The submission was judged by it as it is, and the next
    /// one brings it again.
    async fn carry(&self, site: &Site, seen: &Observed) {
        let carrying = self.store.carry_standings(&site.id, &seen.known_otherwise);
        if let Err(error) = carrying.await {
            tracing::warn!(site = %site.id, %error, "standing.not_carried");
        }
    }

    /// What is known around a submission, and what it is recognised by.
    pub(super) async fn observe<'a>(
        &self,
        site: &Site,
        prepared: &'a Prepared,
    ) -> Result<(Observed, Cow<'a, Fingerprints>), StoreError> {
        let submission = &prepared.submission;
        let read = async |prints: &Fingerprints| {
            let (thread, limits) = (&submission.thread.id, site.policy.limits());
            self.store
                .observe(&site.id, thread, prints, limits, site.policy_version)
                .await
        };
        let seen = read(&prepared.prints).await?;
        // Who quotes what they answer says nearly the same as it. Few answers do, and only they pay for two more reads.
        let quoted = submission.parent.filter(|_| seen.near_duplicates > 0);
        let parent = match quoted {
            Some(parent) => self.store.comments(&site.id, &[parent]).await?.pop(),
            None => None,
        };
        let own = parent
            .flatten()
            .and_then(|parent| prepared.prints_without(parent.content.body.verbatim()));
        Ok(match own {
            Some(prints) => (read(&prints).await?, Cow::Owned(prints)),
            None => (seen, Cow::Borrowed(&prepared.prints)),
        })
    }

    /// What was taken under the other pepper has another digest.
    async fn replay_by_other(&self, prepared: &Prepared) -> Result<Admission, StoreError> {
        let refused = Admission::Refused(Refusal::IdReused);
        let Some(other) = &prepared.other else {
            return Ok(refused);
        };
        let submission = &prepared.submission;
        let stored = self.store.comment(&submission.site, submission.id).await?;
        Ok(match stored {
            Some(comment) if comment.digest == other.digest => {
                Admission::Replayed(Receipt::from(comment))
            }
            Some(_) | None => refused,
        })
    }

    async fn replay_or(&self, found: Violations, draft: &Draft) -> Result<Admission, SubmitError> {
        let Ok(id) = draft.fields.comment_id.parse() else {
            return Err(found.into());
        };
        match self.store.comment(&draft.site, id).await? {
            Some(comment) if self.preparation.is_digest_of(comment.digest, draft) => {
                Ok(Admission::Replayed(Receipt::from(comment)))
            }
            _ => Err(found.into()),
        }
    }
}

/// How long after its arrival the comment is due in the queue; `None` where it is not queued.
pub(super) fn due_in(
    site: &Site,
    decided: &Decided,
    score: &Score,
    seen: &Observed,
) -> Option<Duration> {
    let urgency = Urgency {
        probability: score.probability,
        reports: 0,
        thread_heat: seen.thread_heat,
        standing: seen.standings.author,
        queue_last: decided.queue_last,
    };
    let (level, weights) = (site.policy.service_level(), site.policy.priority());
    decided
        .queued
        .then(|| priority::due_in(level, weights, &urgency))
}

pub(super) fn decide(site: &Site, prepared: &Prepared, score: &Score, seen: &Observed) -> Decided {
    site.policy.decide(&Facts {
        probability: score.probability,
        history: seen.history,
        standings: seen.standings,
        has_author_identity: prepared.prints.author.is_some(),
        links: prepared.content.links().len(),
        folded_text: prepared.content.folded(),
        wave_decision: seen.wave_decision.as_ref(),
        draw: prepared.draw,
        thread_mode: seen.thread_mode,
    })
}
