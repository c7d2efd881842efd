//! A bulk decision undone.

use std::time::Instant;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    Bulk, BulkRefusal, Step,
    walk::{Early, Pace},
};
use crate::{
    access::caller::Caller,
    comment::{
        audit::Actor,
        bulk::{BulkChange, Operation, Stage},
        ids::{OperationId, SiteId},
    },
    queue::ruling::Note,
    store::{
        bulk_undo::{BeganUndo, NewBulkUndo, UndoBatch},
        error::StoreError,
    },
};

/// Changes undone in one script: some 0.6 ms of Redis.
const BATCH: usize = 6;

/// A bulk decision that is to be undone.
pub struct UndoRun {
    bulk: Bulk,
    site: SiteId,
    actor: Actor,
    senior: bool,
    name: OperationId,
    note: Note,
    operation: Operation,
    /// It was undone before this run.
    replayed: bool,
}

impl Bulk {
    /// Begins the undoing of an operation, or takes it up where it is. Safe to repeat.
    ///
    /// # Errors
    /// As [`BulkRefusal`] says; nothing is undone yet.
    pub async fn begin_undo(
        &self,
        site: &SiteId,
        caller: &Caller,
        name: OperationId,
        note: Note,
    ) -> Result<UndoRun, BulkRefusal> {
        let actor = caller.actor();
        let senior = caller.role.is_senior();
        let began = {
            let new = self.new_undo(site, &actor, senior, name, &note);
            let starting = self.store.bulk_undo_start(&new);
            self.confirmation.of(starting).await?
        };
        let (operation, is_known) = match began {
            BeganUndo::Now(operation) => (operation, false),
            BeganUndo::Before(operation) => (operation, true),
            BeganUndo::NotFound => return Err(BulkRefusal::NotFound),
            BeganUndo::TooLate => return Err(BulkRefusal::TooLate),
        };
        Ok(UndoRun {
            bulk: self.clone(),
            site: site.clone(),
            actor,
            senior,
            name,
            note,
            replayed: is_known && operation.stage == Stage::Undone,
            operation,
        })
    }

    /// What an operation changed, or its undoing, from a place on; `None` if there is no such operation. Two reads.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn changes(
        &self,
        site: &SiteId,
        name: OperationId,
        undone: bool,
        from: u64,
        count: usize,
    ) -> Result<Option<Vec<BulkChange>>, StoreError> {
        if self.store.bulk_operation(site, name).await?.is_none() {
            return Ok(None);
        }
        let changes = self.store.bulk_changes(site, name, undone, from, count);
        changes.await.map(Some)
    }

    fn new_undo<'a>(
        &self,
        site: &'a SiteId,
        actor: &'a Actor,
        senior: bool,
        operation: OperationId,
        note: &'a Note,
    ) -> NewBulkUndo<'a> {
        NewBulkUndo {
            site,
            operation,
            actor,
            senior,
            by_moderator: self.settings.by_moderator,
            note: note.as_str(),
            window: self.settings.undo_window,
            keep: self.keep(),
        }
    }
}

impl UndoRun {
    /// Undoes batch after batch until all is undone, the caller leaves or the service shuts down; the batch that is under
    /// way is always finished.
    pub async fn run(mut self, steps: mpsc::Sender<Step>, stop: CancellationToken) {
        let mut pace = Pace::new(steps, stop);
        let end = match self.undo(&mut pace).await {
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

    async fn undo(&mut self, pace: &mut Pace) -> Result<Option<Early>, BulkRefusal> {
        let (bulk, store) = (&self.bulk, &self.bulk.store);
        let new = bulk.new_undo(&self.site, &self.actor, self.senior, self.name, &self.note);
        let operation = &mut self.operation;
        let total = u64::from(operation.tally.decided);
        while operation.stage == Stage::Undoing {
            if let Some(early) = pace.early() {
                return Ok(Some(early));
            }
            let batch = UndoBatch {
                from: operation.undoing.map_or(0, |undoing| undoing.cursor),
                count: BATCH,
            };
            let began = Instant::now();
            let undoing = store.bulk_undo(&new, batch);
            let now = match bulk.confirmation.of(undoing).await? {
                Some(now) => Some(now),
                // Somebody else runs it too, or a reply was lost: on from where it is.
                None => store.bulk_operation(&self.site, self.name).await?,
            };
            *operation = now.ok_or(BulkRefusal::NotFound)?;
            pace.tell(|| Step::Progress(Box::new(operation.clone()), total));
            pace.rest(began).await;
        }
        Ok(None)
    }
}
