//! What a bulk decision would do.

use std::time::Instant;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    Bulk, BulkOrder, BulkRefusal, Preview, Step,
    deciding::statement,
    walk::{Early, Pace, Walk},
};
use crate::{
    access::caller::Caller,
    comment::{
        audit::Actor,
        bulk::{Tally, Target},
        ids::{CommentId, SiteId},
    },
    policy::Policy,
    store::bulk::Kind,
};

/// Comments looked at in one script.
const BATCH: usize = 50;
/// Comments shown.
const EXAMPLES: usize = 10;

/// A preview that is to be made.
pub struct PreviewRun {
    bulk: Bulk,
    site: SiteId,
    actor: Actor,
    senior: bool,
    order: BulkOrder,
    target: Target,
}

impl Bulk {
    /// Prepares a preview. It changes nothing.
    ///
    /// # Errors
    /// As [`BulkRefusal`] says.
    pub async fn preview(
        &self,
        site: &SiteId,
        caller: &Caller,
        order: BulkOrder,
        policy: &Policy,
    ) -> Result<PreviewRun, BulkRefusal> {
        statement(policy, &order)?;
        Ok(PreviewRun {
            target: self.target(site, &order.selector).await?,
            bulk: self.clone(),
            site: site.clone(),
            actor: caller.actor(),
            senior: caller.role.is_senior(),
            order,
        })
    }
}

impl PreviewRun {
    /// Looks at all of it, as much as an operation would.
    pub async fn run(self, steps: mpsc::Sender<Step>, stop: CancellationToken) {
        let mut pace = Pace::new(steps, stop);
        let end = match self.look(&mut pace).await {
            Ok(Ok(preview)) => Step::Preview(Box::new(preview)),
            Ok(Err(Early::Left)) => return,
            Ok(Err(Early::Stopped)) => Step::Stopped,
            Err(refusal) => Step::Failed(refusal),
        };
        pace.end(end).await;
    }

    async fn look(&self, pace: &mut Pace) -> Result<Result<Preview, Early>, BulkRefusal> {
        let (store, site, target) = (&self.bulk.store, &self.site, &self.target);
        let terms = self.bulk.terms(site, &self.actor, self.senior, &self.order);
        let total = store.count_behind(site, target, b"").await?;
        let mut walk = Walk::new(store, site, target, b"");
        let (mut tally, mut looked, mut examples) = (Tally::default(), 0, Vec::new());
        let mut place = Vec::new();
        let left = loop {
            if let Some(early) = pace.early() {
                return Ok(Err(early));
            }
            let room = usize::try_from(self.bulk.settings.most).unwrap_or(usize::MAX) - looked;
            if room == 0 {
                break store.count_behind(site, target, &place).await?;
            }
            let mut picked = walk.next(BATCH.min(room)).await?;
            let began = Instant::now();
            let ids: Vec<CommentId> = picked.iter().map(|picked| picked.id).collect();
            let Some(last) = picked.pop() else { break 0 };
            place = last.place;
            looked += ids.len();
            for (id, kind) in ids.iter().zip(store.bulk_look(&terms, &ids).await?) {
                count(&mut tally, kind);
                if kind == Kind::Taken && examples.len() < EXAMPLES {
                    examples.push(*id);
                }
            }
            pace.tell(|| Step::Looked(tally, total));
            pace.rest(began).await;
        };
        let examples = store.comments(site, &examples).await?;
        Ok(Ok(Preview {
            tally,
            left,
            examples: examples.into_iter().flatten().collect(),
        }))
    }
}

fn count(tally: &mut Tally, kind: Kind) {
    match kind {
        Kind::Taken => tally.decided += 1,
        Kind::Settled => tally.settled += 1,
        Kind::Held => tally.held += 1,
        Kind::Reserved => tally.reserved += 1,
        Kind::Gone => tally.gone += 1,
        Kind::Outside => {}
    }
}
