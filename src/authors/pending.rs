//! What is pending of a subject that was banned: found in batches and decided one by one, in bounded time.

use std::time::Duration;

use tokio::{task::JoinSet, time::Instant};

use crate::{
    access::caller::Caller,
    authors::{AuthorRefusal, Authors, naming::other_subjects},
    comment::{
        ids::{KeyedHash, SiteId},
        rejection::ReasonCodeText,
        state::{CommentState, Verdict, Word},
        stored::StoredComment,
        subject::{Subject, SubjectNames},
    },
    queue::ruling::{DecideRefusal, Note, Ruling},
    store::error::StoreError,
};

/// Comments that are read, and decided on, at once.
const BATCH: usize = 50;

/// Comments that one call looks at.
const MOST_IN_ONE_CALL: usize = 10_000;

/// No further batch is begun after this: a call has a deadline.
const LONGEST: Duration = Duration::from_secs(3);

/// What other moderators read beside each of these decisions.
const NOTE: &str = "author banned";

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dealt {
    /// Comments decided on.
    pub(super) decided: u32,
    /// Comments not looked at.
    pub(super) left: u64,
    /// Where to go on.
    pub(super) next: Option<u64>,
}

impl Authors {
    /// Decides on what is pending of a subject. An author's comments are found by the author's index, the newest first;
    /// those of an address, a domain or a website among all that is pending on the site, the oldest first.
    pub(super) async fn deal_with_pending(
        &self,
        site: &SiteId,
        caller: &Caller,
        names: &SubjectNames,
        verdict: Verdict,
        from: u64,
    ) -> Result<Dealt, AuthorRefusal> {
        let kept = self.store.standing_names(site, names).await?;
        let names: Vec<Subject> = names.iter().chain(kept).collect();
        let until = Instant::now() + LONGEST;
        let mut dealt = Dealt {
            next: Some(from),
            ..Dealt::default()
        };
        let mut looked_at = 0;
        while let Some(from) = dealt.next {
            if looked_at >= MOST_IN_ONE_CALL || Instant::now() >= until {
                dealt.left = self.left(site, &names, from).await?;
                break;
            }
            let (found, next) = self.batch(site, &names, from).await?;
            looked_at += BATCH;
            dealt.decided += self.decide_all(site, caller, found, verdict).await?;
            dealt.next = next;
        }
        Ok(dealt)
    }

    /// The pending comments of a subject by all its names in one batch, and where the next begins.
    async fn batch(
        &self,
        site: &SiteId,
        names: &[Subject],
        from: u64,
    ) -> Result<(Vec<StoredComment>, Option<u64>), StoreError> {
        let (mut found, next) = if let Some(Subject::Author(_)) = names.first() {
            self.of_authors(site, names, from).await?
        } else {
            let states = [CommentState::Pending];
            let mut page = self.store.list(site, None, &states, from, BATCH).await?;
            let hashers = self.recognition.both();
            page.comments.retain(|comment| {
                let known_by = other_subjects(hashers, site, &comment.content, usize::MAX);
                let mut known_by = known_by.iter().flat_map(SubjectNames::iter);
                known_by.any(|name| names.contains(&name))
            });
            (page.comments, page.next)
        };
        found.retain(|comment| comment.state == CommentState::Pending);
        Ok((found, next))
    }

    /// A batch of each history of an author.
    async fn of_authors(
        &self,
        site: &SiteId,
        names: &[Subject],
        from: u64,
    ) -> Result<(Vec<StoredComment>, Option<u64>), StoreError> {
        let offset = usize::try_from(from).unwrap_or(usize::MAX).min(1 << 53);
        let (mut found, mut next) = (Vec::new(), None);
        for author in authors(names) {
            let ids = self
                .store
                .author_comment_ids(site, author, offset, BATCH)
                .await?;
            if ids.len() == BATCH {
                next = Some(from.saturating_add(BATCH as u64));
            }
            let comments = self.store.comments(site, &ids).await?;
            found.extend(comments.into_iter().flatten());
        }
        Ok((found, next))
    }

    async fn left(&self, site: &SiteId, names: &[Subject], from: u64) -> Result<u64, StoreError> {
        let Some(Subject::Author(_)) = names.first() else {
            return self.store.pending_after(site, from).await;
        };
        let mut left = 0;
        for author in authors(names) {
            let known = self.store.author_comments_known(site, author).await?;
            left += known.saturating_sub(from);
        }
        Ok(left)
    }

    /// Decides on all of a batch at once; on how many. Who was faster has decided: that is no failure.
    async fn decide_all(
        &self,
        site: &SiteId,
        caller: &Caller,
        found: Vec<StoredComment>,
        verdict: Verdict,
    ) -> Result<u32, AuthorRefusal> {
        let mut deciding = JoinSet::new();
        for comment in found {
            let (queue, site, caller) = (self.queue.clone(), site.clone(), caller.clone());
            let ruling = Ruling {
                comment: comment.id,
                version: comment.version,
                word: Word::Verdict(verdict),
                reason_code: ReasonCodeText::default(),
                note: NOTE.parse::<Note>().unwrap_or_default(),
                lease: None,
                override_lease: true,
            };
            deciding.spawn(async move { queue.decide(&site, &caller, &ruling).await });
        }
        let mut decided = 0;
        while let Some(done) = deciding.join_next().await {
            // A task that panicked has decided nothing, or will be found decided.
            let Ok(done) = done else { continue };
            match done {
                Ok(_) => decided += 1,
                Err(DecideRefusal::Store(error)) => return Err(error.into()),
                Err(DecideRefusal::Site(error)) => return Err(error.into()),
                Err(
                    DecideRefusal::NotFound
                    | DecideRefusal::Erased
                    | DecideRefusal::Stale { .. }
                    | DecideRefusal::LeasedByAnother
                    // For others than this moderator: it stays.
                    | DecideRefusal::Escalated
                    | DecideRefusal::SameModerator
                    | DecideRefusal::Retracted
                    // None is named.
                    | DecideRefusal::UnknownReason { .. },
                ) => {}
            }
        }
        Ok(decided)
    }
}

fn authors(names: &[Subject]) -> impl Iterator<Item = &KeyedHash> {
    names.iter().filter_map(|name| match name {
        Subject::Author(author) => Some(author),
        Subject::IpAddress(_) | Subject::LinkDomain(_) | Subject::Website(_) => None,
    })
}
