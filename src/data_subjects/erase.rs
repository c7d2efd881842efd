//! Erasing a data subject: comment by comment, then what is known of the authors, then a second look.

use std::time::Instant;

use tokio::{sync::mpsc, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    DataSubject, DataSubjects, PrivacyRefusal, Purpose,
    identity::{Identity, Place},
    removal,
};
use crate::{
    access::caller::Caller,
    comment::{
        audit::AuditAction,
        ids::{KeyedHash, SiteId},
        state::Timestamp,
        stored::StoredComment,
    },
    store::{
        erasure::{BATCH, Forgotten, Removed},
        error::StoreError,
    },
};

/// How much longer than a batch took the next one waits: submissions find Redis free four fifths of the time.
const REST: u32 = 4;
/// Looks for what is left: comments arrive, and change, while others are erased.
const MOST_PASSES: u32 = 10;

/// What a caller hears.
#[derive(Debug)]
pub enum Step {
    /// How far it is.
    Progress {
        /// Comments erased so far.
        erased: u64,
        /// How many there were when it began, about.
        found: u64,
    },
    /// It is done.
    Done(Erased),
    /// It can't go on. What was erased stays so; the same call again goes on.
    Failed(PrivacyRefusal),
    /// The service shuts down; the same call again goes on.
    Stopped,
}

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Comments; those that would be, where nothing was to be changed.
    pub erased: u64,
    /// How many there were when it began, about.
    pub found: u64,
    /// A second look found nothing left.
    pub verified: bool,
    /// When Redis rewrites its append-only file at the latest.
    pub log_rewrite_due: Option<Timestamp>,
    /// What came before then may not have been found: the pepper was replaced.
    pub not_found_before: Option<Timestamp>,
}

/// An erasure that began: run it.
pub struct Erasure {
    subjects: DataSubjects,
    site: SiteId,
    caller: Caller,
    purpose: Purpose,
    identity: Identity,
    found: u64,
    only_look: bool,
}

/// Why a run ends before its work does.
enum Early {
    Stopped,
    Failed(PrivacyRefusal),
}

impl<E: Into<PrivacyRefusal>> From<E> for Early {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl DataSubjects {
    /// Begins to erase a subject: the audit log has it, and a legal hold refuses it. `only_look` changes nothing.
    ///
    /// # Errors
    /// As [`PrivacyRefusal`] says; nothing was erased.
    pub async fn begin_erasure(
        &self,
        site: &SiteId,
        caller: &Caller,
        subject: &DataSubject,
        purpose: Purpose,
        only_look: bool,
    ) -> Result<Erasure, PrivacyRefusal> {
        let identity = self.identify(site, subject).await?;
        let mut found = u64::from(identity.alone.is_some());
        for author in &identity.authors {
            found += self.store.author_size(site, author).await?;
            if let (_, Some(why)) = self.store.author_since(site, author).await? {
                return Err(PrivacyRefusal::Held { why });
            }
        }
        if !only_look {
            let action = AuditAction::SubjectErased;
            let by = (site, caller);
            self.note(by, &identity, action, &purpose, "begun", true)
                .await?;
        }
        Ok(Erasure {
            subjects: self.clone(),
            site: site.clone(),
            caller: caller.clone(),
            purpose,
            identity,
            found,
            only_look,
        })
    }
}

impl Erasure {
    /// Erases, and tells how far it is; ends when it is done, when nobody listens any more, or when the service stops.
    pub async fn run(self, steps: mpsc::Sender<Step>, stop: CancellationToken) {
        let run = async {
            if self.only_look {
                self.look().await
            } else {
                self.erase(&steps, &stop).await
            }
        };
        let ended = run.await;
        let step = match ended {
            Ok(erased) => Step::Done(erased),
            Err(Early::Failed(refusal)) => Step::Failed(refusal),
            Err(Early::Stopped) => Step::Stopped,
        };
        // Who left does not hear it.
        let _ = steps.send(step).await;
    }

    async fn look(&self) -> Result<Erased, Early> {
        let (mut place, mut count) = (Place::default(), 0);
        while let Some((comments, next)) = self.next(place).await? {
            count += comments.len() as u64;
            place = next;
        }
        Ok(Erased {
            erased: count,
            found: count,
            verified: false,
            log_rewrite_due: None,
            not_found_before: self.identity.not_found_before,
        })
    }

    async fn erase(
        &self,
        steps: &mpsc::Sender<Step>,
        stop: &CancellationToken,
    ) -> Result<Erased, Early> {
        let (mut erased, mut verified) = (0, false);
        for _ in 0..MOST_PASSES {
            if !self.pass(&mut erased, steps, stop).await? {
                verified = true;
                break;
            }
        }
        if verified {
            verified = self.forget_authors().await?;
        }
        let due = self.subjects.store.request_log_rewrite().await?;
        let after = format!(
            "done: {} comments erased{}",
            erased,
            if verified { "" } else { ", more arrived" }
        );
        let by = (&self.site, &self.caller);
        let action = AuditAction::SubjectErased;
        let done = self
            .subjects
            .note(by, &self.identity, action, &self.purpose, &after, false);
        done.await?;
        Ok(Erased {
            erased,
            found: self.found.max(erased),
            verified,
            log_rewrite_due: Some(due),
            not_found_before: self.identity.not_found_before,
        })
    }

    /// Erases what there is; whether there was anything.
    async fn pass(
        &self,
        erased: &mut u64,
        steps: &mpsc::Sender<Step>,
        stop: &CancellationToken,
    ) -> Result<bool, Early> {
        let (mut place, mut any) = (Place::default(), false);
        while let Some((comments, next)) = self.next(place).await? {
            for batch in comments.chunks(BATCH) {
                if stop.is_cancelled() || steps.is_closed() {
                    return Err(Early::Stopped);
                }
                any = true;
                let began = Instant::now();
                let subjects = &self.subjects;
                let removals =
                    removal::of(&subjects.store, &subjects.recognition, &self.site, batch).await?;
                let erasing = subjects.store.erase(&self.site, &removals);
                let became = subjects.confirmation.of(erasing).await?;
                *erased += became.iter().filter(|one| **one == Removed::Now).count() as u64;
                if became.contains(&Removed::Held) {
                    return Err(self.held(batch).await?.into());
                }
                // Who does not read misses it, and holds nothing up.
                let _ = steps.try_send(Step::Progress {
                    erased: *erased,
                    found: self.found.max(*erased),
                });
                sleep(began.elapsed() * REST).await;
            }
            place = next;
        }
        Ok(any)
    }

    async fn next(&self, place: Place) -> Result<Option<(Vec<StoredComment>, Place)>, StoreError> {
        self.subjects
            .next_comments(&self.site, &self.identity, place)
            .await
    }

    /// Forgets the authors that nothing is left of; whether nothing of the subject is.
    async fn forget_authors(&self) -> Result<bool, Early> {
        let (subjects, site) = (&self.subjects, &self.site);
        let (emails, accounts) = self.identity.authors.split_at(self.identity.emails);
        let mut gone = true;
        for account in accounts {
            // An account's other comments are of another address, if it was found by one.
            gone &= self.forget(account).await? || !emails.is_empty();
        }
        for email in emails {
            let forgetting = subjects.store.forget_accounts_of(site, email, accounts);
            subjects.confirmation.of(forgetting).await?;
            gone &= self.forget(email).await?;
        }
        // What came meanwhile.
        let left = self.next_left().await?;
        Ok(gone && !left)
    }

    /// Forgets an author; whether no comment is left.
    async fn forget(&self, author: &KeyedHash) -> Result<bool, Early> {
        let (subjects, site) = (&self.subjects, &self.site);
        let reporter = subjects.recognition.hasher().reporter(site, author);
        let forgetting = subjects.store.forget_author(site, author, &reporter);
        match subjects.confirmation.of(forgetting).await? {
            Forgotten::Done => Ok(true),
            Forgotten::Left => Ok(false),
            Forgotten::Held => Err(self.held(&[]).await?.into()),
        }
    }

    async fn next_left(&self) -> Result<bool, StoreError> {
        let mut place = Place::default();
        while let Some((comments, next)) = self.next(place).await? {
            if !comments.is_empty() {
                return Ok(true);
            }
            place = next;
        }
        Ok(false)
    }

    /// Why it is held, now that it is.
    async fn held(&self, batch: &[StoredComment]) -> Result<PrivacyRefusal, StoreError> {
        let of_batch = batch.iter().filter_map(|comment| comment.content.author);
        for author in self.identity.authors.iter().copied().chain(of_batch) {
            let (_, held) = self
                .subjects
                .store
                .author_since(&self.site, &author)
                .await?;
            if let Some(why) = held {
                return Ok(PrivacyRefusal::Held { why });
            }
        }
        // It ended meanwhile.
        Ok(PrivacyRefusal::Held { why: String::new() })
    }
}
