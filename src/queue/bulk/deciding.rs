//! A bulk decision carried out.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    Bulk, BulkOrder, BulkRefusal, Selector, Step,
    walk::{Early, Pace, Walk},
};
use crate::{
    access::caller::Caller,
    comment::{
        audit::Actor,
        bulk::{Operation, Stage, Target},
        ids::{CommentId, SiteId, WaveId},
        state::Word,
    },
    policy::Policy,
    store::{
        bulk::{Began, BulkStart, BulkTerms, DecideBatch},
        selection::Picked,
    },
};

/// Comments decided in one script: some 0.4 ms of Redis, so that with a time slice of another process (4 ms) in its midst
/// it stays below 5 ms.
const BATCH: usize = 6;

/// A bulk decision that is to be carried out.
pub struct BulkRun {
    bulk: Bulk,
    site: SiteId,
    actor: Actor,
    senior: bool,
    order: BulkOrder,
    target: Target,
    operation: Operation,
    /// It was done before this run.
    replayed: bool,
}

impl Bulk {
    /// Begins a bulk decision, or takes it up where it is; what the policy says of readers' texts and of later members of a
    /// wave counts as it is when it begins. Safe to repeat.
    ///
    /// # Errors
    /// As [`BulkRefusal`] says; nothing is decided yet.
    pub async fn begin(
        &self,
        site: &SiteId,
        caller: &Caller,
        order: BulkOrder,
        policy: &Policy,
    ) -> Result<BulkRun, BulkRefusal> {
        let known = self.store.bulk_operation(site, order.operation).await?;
        let reason_text = match &known {
            // A code that the site has dropped since is no reason to stop half-way.
            Some(operation) => operation.reason_text.clone(),
            None => statement(policy, &order)?,
        };
        let target = match self.target(site, &order.selector).await {
            // What it was for is gone since it began: there is nothing more to decide.
            Err(refusal) if known.is_some() && refusal.is_of_target() => {
                Target::Ids(Arc::default())
            }
            target => target?,
        };
        let actor = caller.actor();
        let senior = caller.role.is_senior();
        let began = {
            let terms = self.terms(site, &actor, senior, &order);
            let start = BulkStart {
                digest: &digest(&actor, &order),
                target: &order.words(),
                reason_text: &reason_text,
                wave: followed(&order, policy),
            };
            let starting = self.store.bulk_start(&terms, &start);
            self.confirmation.of(starting).await?
        };
        let (operation, is_known) = match began {
            Began::Now(operation) => (operation, false),
            Began::Before(operation) => (operation, true),
            Began::Reused => return Err(BulkRefusal::Reused),
        };
        if operation.stage >= Stage::Undoing {
            return Err(BulkRefusal::Undone);
        }
        let replayed = is_known && operation.stage == Stage::Decided;
        Ok(BulkRun {
            bulk: self.clone(),
            site: site.clone(),
            actor,
            senior,
            order,
            target,
            operation,
            replayed,
        })
    }

    pub(super) fn terms<'a>(
        &self,
        site: &'a SiteId,
        actor: &'a Actor,
        senior: bool,
        order: &'a BulkOrder,
    ) -> BulkTerms<'a> {
        BulkTerms {
            site,
            operation: order.operation,
            actor,
            senior,
            thread: order.thread.as_ref(),
            longest_rest: self.settings.longest_rest,
            verdict: order.verdict,
            reason_code: order.reason_code.as_str(),
            by_moderator: self.settings.by_moderator,
            note: order.note.as_str(),
            keep: self.keep(),
        }
    }

    /// What a selector means now.
    pub(super) async fn target(
        &self,
        site: &SiteId,
        selector: &Selector,
    ) -> Result<Target, BulkRefusal> {
        match selector {
            Selector::Ids(ids) => Ok(Target::Ids(Arc::clone(ids))),
            Selector::Lane(lane) => Ok(Target::Lane(*lane)),
            Selector::Wave(wave) if self.store.wave_exists(site, *wave).await? => {
                Ok(Target::Wave(*wave))
            }
            Selector::Wave(_) => Err(BulkRefusal::NoWave),
            Selector::AuthorOf(comment) => {
                let comment = self.store.comment(site, *comment).await?;
                let comment = comment.ok_or(BulkRefusal::NoComment)?;
                let author = comment.content.author.ok_or(BulkRefusal::NoAuthor)?;
                Ok(Target::Author(author))
            }
        }
    }
}

/// The wave whose later members follow, and for how long. A part of a wave says nothing of the rest of it.
fn followed(order: &BulkOrder, policy: &Policy) -> Option<(WaveId, Duration)> {
    match order.selector {
        Selector::Wave(wave) if order.thread.is_none() => Some((wave, policy.follow_wave_for())),
        Selector::Wave(_) | Selector::Ids(_) | Selector::AuthorOf(_) | Selector::Lane(_) => None,
    }
}

/// What readers are told for the order's reason code; empty for nothing.
pub(super) fn statement(policy: &Policy, order: &BulkOrder) -> Result<String, BulkRefusal> {
    let reasons = policy.rejection_reasons();
    match reasons.text_of(&order.reason_code) {
        Some(text) => Ok(text.to_owned()),
        None => Err(BulkRefusal::UnknownReason {
            codes: reasons.codes(),
        }),
    }
}

impl BulkRun {
    /// Decides batch after batch until all is decided, the caller leaves or the service shuts down; the batch that is
    /// under way is always finished.
    pub async fn run(mut self, steps: mpsc::Sender<Step>, stop: CancellationToken) {
        let mut pace = Pace::new(steps, stop);
        let end = match self.decide(&mut pace).await {
            Ok(None) => Step::Done {
                operation: Box::new(self.operation),
                replayed: self.replayed,
            },
            Ok(Some(Early::Left)) => return,
            Ok(Some(Early::Stopped)) => Step::Stopped,
            Err(refusal) => Step::Failed(refusal),
        };
        pace.end(end).await;
    }

    async fn decide(&mut self, pace: &mut Pace) -> Result<Option<Early>, BulkRefusal> {
        let Self {
            bulk,
            site,
            operation,
            order,
            target,
            ..
        } = self;
        let terms = bulk.terms(site, &self.actor, self.senior, order);
        let store = &bulk.store;
        let behind = store.count_behind(site, target, &operation.cursor).await?;
        let total = u64::from(operation.looked) + behind;
        let mut walk = Walk::new(store, site, target, &operation.cursor);
        while operation.stage == Stage::Deciding {
            if let Some(early) = pace.early() {
                return Ok(Some(early));
            }
            let (picked, left) = next_batch(bulk, &mut walk, operation).await?;
            let ids: Vec<CommentId> = picked.iter().map(|picked| picked.id).collect();
            let to = picked.last().map(|last| &last.place);
            let batch = DecideBatch {
                from: &operation.cursor,
                to: to.unwrap_or(&operation.cursor),
                ids: &ids,
                reason_text: &operation.reason_text,
                only_earlier: matches!(target, Target::Lane(_) | Target::Author(_)),
                left,
            };
            let began = Instant::now();
            let deciding = store.bulk_decide(&terms, &batch);
            match bulk.confirmation.of(deciding).await? {
                Some((now, waits)) => {
                    let decided = now.tally.decided.saturating_sub(operation.tally.decided);
                    let word = Word::Verdict(order.verdict);
                    bulk.reviews.decided(word, decided);
                    bulk.reviews.ended(waits);
                    *operation = now;
                }
                None => {
                    // Somebody else runs it too, or a reply was lost: on from where it is.
                    let now = store.bulk_operation(site, order.operation).await?;
                    *operation = now.ok_or(BulkRefusal::NotFound)?;
                    walk.jump(&operation.cursor);
                }
            }
            pace.tell(|| Step::Progress(Box::new(operation.clone()), total));
            pace.rest(began).await;
        }
        if operation.stage >= Stage::Undoing {
            return Err(BulkRefusal::Undone);
        }
        Ok(None)
    }
}

/// The next comments; with the last ones, which may be none, how many are left.
async fn next_batch(
    bulk: &Bulk,
    walk: &mut Walk<'_>,
    operation: &Operation,
) -> Result<(Vec<Picked>, Option<u64>), BulkRefusal> {
    let most = bulk.settings.most.saturating_sub(operation.looked);
    let room = usize::try_from(most).unwrap_or(usize::MAX);
    if room == 0 {
        let left = walk
            .store
            .count_behind(walk.site, walk.target, &operation.cursor);
        return Ok((Vec::new(), Some(left.await?)));
    }
    let mut picked = walk.next(BATCH.min(room)).await?;
    if picked.is_empty() && matches!(walk.target, Target::Wave(_)) {
        // Once more for those that joined meanwhile.
        walk.jump(&operation.cursor);
        picked = walk.next(BATCH.min(room)).await?;
    }
    let left = picked.is_empty().then_some(0);
    Ok((picked, left))
}

/// The same for the same order by the same key, and for no other.
fn digest(actor: &Actor, order: &BulkOrder) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(actor.key.as_bytes());
    digest.update([order.verdict as u8]);
    let thread = order.thread.as_ref().map_or("", |thread| thread.as_str());
    let texts = [order.reason_code.as_str(), order.note.as_str(), thread];
    for text in texts {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    }
    digest.update(order.selector.words());
    if let Selector::Ids(ids) = &order.selector {
        ids.iter().for_each(|id| digest.update(id.as_bytes()));
    }
    digest.finalize().into()
}
