//! Erasing a data subject: comment by comment, then what is known of the authors, then a second look.

mod forget;

use std::time::Instant;

use tokio::{sync::mpsc, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    DataSubject, DataSubjects, PrivacyRefusal, Purpose,
    identity::{Identity, PAGE, Place},
    removal,
};
use crate::{
    access::caller::Caller,
    comment::{audit::AuditAction, ids::SiteId, state::Timestamp, stored::StoredComment},
    store::{
        erasure::{BATCH, Removed},
        error::StoreError,
        recognition::Intent,
    },
};

/// How much longer than a batch took the next one waits: submissions find Redis free four fifths of the time.
const REST: u32 = 4;
/// Looks for what is left: comments arrive, and change, while others are erased.
const MOST_PASSES: u32 = 10;
/// So many pages further than an author's comments went when it began each look goes: of who writes on, it ends nonetheless.
const PAGES_MORE: usize = 1;

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
    /// A second look found nothing left. Otherwise the subject writes on: the same call again, once that has ended, erases
    /// what is left.
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
    /// How many pages each author's comments were.
    pages: Vec<usize>,
    only_look: bool,
}

/// A look at the comments that there were when the erasure began, and at a few more.
#[derive(Default)]
struct Walk {
    place: Place,
    /// Of the author at whose comments it is.
    pages: usize,
    /// It did not come to the end of them all.
    is_cut: bool,
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
    /// Begins to erase a subject: the audit log has it, and a legal hold refuses it. `only_look` erases nothing.
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
        let identity = self.identify(site, subject, Intent::Look).await?;
        let (by, action) = ((site, caller), AuditAction::SubjectErased);
        if only_look {
            // Whether somebody has written here is told to nobody without a trace.
            let what = "looked for, and nothing erased";
            self.note(by, &identity, action, &purpose, what, false)
                .await?;
        }
        let mut found = u64::from(identity.alone.is_some());
        let mut pages = Vec::with_capacity(identity.authors.len());
        for author in &identity.authors {
            let size = self.store.author_size(site, author).await?;
            found += size;
            pages.push(usize::try_from(size).unwrap_or(usize::MAX) / PAGE + 1);
            if let (_, Some(why)) = self.store.author_since(site, author).await? {
                return Err(PrivacyRefusal::Held { why });
            }
        }
        if !only_look {
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
            pages,
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
        let (mut walk, mut count) = (Walk::default(), 0);
        while let Some(comments) = self.next(&mut walk).await? {
            count += comments.len() as u64;
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
            verified = self.pass(&mut erased, steps, stop).await?;
            if verified {
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

    /// Erases what there is; whether there was nothing.
    async fn pass(
        &self,
        erased: &mut u64,
        steps: &mpsc::Sender<Step>,
        stop: &CancellationToken,
    ) -> Result<bool, Early> {
        let (mut walk, mut any) = (Walk::default(), false);
        while let Some(comments) = self.next(&mut walk).await? {
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
        }
        Ok(!any && !walk.is_cut)
    }

    /// The next comments of a walk. It goes on to the next author where there are many more of one than there were.
    async fn next(&self, walk: &mut Walk) -> Result<Option<Vec<StoredComment>>, StoreError> {
        let most = self.pages.get(walk.place.author()).copied().unwrap_or(1);
        if walk.pages >= most.saturating_add(PAGES_MORE) {
            walk.is_cut = true;
            walk.pages = 0;
            walk.place = walk.place.past_author();
        }
        let (subjects, place) = (&self.subjects, walk.place.clone());
        let author = place.author();
        let found = subjects.next_comments(&self.site, &self.identity, place);
        let Some((comments, next)) = found.await? else {
            return Ok(None);
        };
        let is_same = next.author() == author;
        walk.pages = if is_same { walk.pages + 1 } else { 0 };
        walk.place = next;
        Ok(Some(comments))
    }
}
