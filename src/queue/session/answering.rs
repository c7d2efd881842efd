//! What a moderator asks is carried out, and answered.

use std::time::Duration;

use tokio::time::Instant;

use super::{Pace, Session};
use crate::{
    comment::{
        history::{Deed, Entry},
        ids::CommentId,
        lease::LeaseToken,
        state::Word,
        stored::StoredComment,
    },
    queue::{
        dialogue::{Answer, Ask, CoolDown, Delivery, Move, Refusal, Seen, SessionEnd, SiteNumber},
        ruling::{DecideRefusal, Decision, Ruling},
    },
    store::error::StoreError,
};

impl Session {
    pub(super) async fn hear(&mut self, said: Move) -> Result<(), SessionEnd> {
        self.last_sign_of_life = Instant::now();
        match said {
            Move::Ping => Ok(()),
            Move::Unreadable => Err(SessionEnd::Unreadable),
            Move::Ask(request, ask) => self.answer(request, ask).await,
        }
    }

    async fn answer(&mut self, request: u64, ask: Ask) -> Result<(), SessionEnd> {
        if self.pace == Pace::Asleep {
            self.pace = Pace::Working;
            self.hope_for_all();
        }
        let mut to_compare = Vec::new();
        let result = match ask {
            Ask::Decide(site, ruling, token) => {
                self.decide(site, ruling, token).await.map(Answer::Decided)
            }
            Ask::Skip {
                site,
                comment,
                token,
                cool_down,
            } => self.skip(site, comment, token, cool_down).await,
            Ask::Note(site, comment, note) => {
                let (site, caller) = (&self.plan.sites[site], &self.plan.caller);
                let noted = self.queue.note(site, caller, comment, &note).await;
                noted.map(|()| Answer::Noted).map_err(Refusal::from)
            }
            Ask::Pause => self.pause().await.map_err(Refusal::from),
            Ask::Resume => {
                self.pace = Pace::Working;
                self.hope_for_all();
                Ok(Answer::Resumed)
            }
            Ask::Watch(seen) => {
                to_compare.clone_from(&seen);
                self.watch(seen).await.map_err(Refusal::from)
            }
            Ask::Invalid(found) => Err(Refusal::Invalid(found)),
        };
        let carried_out = result.is_ok();
        self.deliver(Delivery::Answer(request, result)).await?;
        if carried_out {
            self.compare(to_compare).await?;
        }
        Ok(())
    }

    async fn decide(
        &mut self,
        site: SiteNumber,
        mut ruling: Ruling,
        token: LeaseToken,
    ) -> Result<Decision, Refusal> {
        let item = (site, ruling.comment);
        if !self.hands.knows(item, token) {
            self.may_decide_unheld(site, &ruling, token).await?;
        } else if let Some(held) = self.hands.get(item) {
            // The lease ran out while the verdict was on its way, and the item came here again.
            ruling.lease = Some(held.token);
        }
        let name = &self.plan.sites[site];
        let result = self.queue.decide(name, &self.plan.caller, &ruling).await;
        match &result {
            Ok(_) => {
                self.hands.drop(item);
                self.watching.forget(item);
            }
            // The item is another's, or no longer what was sent: it comes anew if it still waits.
            Err(
                DecideRefusal::Stale { .. }
                | DecideRefusal::NotFound
                | DecideRefusal::Erased
                | DecideRefusal::Retracted
                | DecideRefusal::Escalated
                | DecideRefusal::SameModerator,
            ) => {
                if let Some(held) = self.hands.drop(item) {
                    let held = [(ruling.comment, held.token)];
                    let store = &self.queue.store;
                    drop(store.release(name, &held, Duration::ZERO).await);
                }
            }
            Err(
                DecideRefusal::LeasedByAnother
                | DecideRefusal::UnknownReason { .. }
                | DecideRefusal::Site(_)
                | DecideRefusal::Store(_),
            ) => {}
        }
        self.freed(site);
        Ok(result?)
    }

    /// A verdict under a lease that this session has not given: it may come again after its answer was lost with another
    /// stream, or that stream may not have ended yet. Anything else is a verdict on what the client does not hold.
    async fn may_decide_unheld(
        &self,
        site: SiteNumber,
        ruling: &Ruling,
        token: LeaseToken,
    ) -> Result<(), Refusal> {
        let (name, store) = (&self.plan.sites[site], &self.queue.store);
        let comment = store.comment(name, ruling.comment).await?;
        let comment = comment.ok_or(DecideRefusal::NotFound)?;
        // Then the store knows its own success again, or says how the comment stands.
        let is_told = comment.version != ruling.version || was_escalated(&comment, ruling);
        if is_told || store.is_leased(name, (ruling.comment, token)).await? {
            return Ok(());
        }
        Err(Refusal::NotHeld)
    }

    async fn skip(
        &mut self,
        site: SiteNumber,
        comment: CommentId,
        token: LeaseToken,
        cool_down: Option<CoolDown>,
    ) -> Result<Answer, Refusal> {
        let cool_down = cool_down.map_or(self.queue.settings.skip_cooldown, CoolDown::get);
        let (name, store) = (&self.plan.sites[site], &self.queue.store);
        let released = store.release(name, &[(comment, token)], cool_down).await?;
        let item = (site, comment);
        if self.hands.get(item).is_some_and(|held| held.token == token) {
            self.hands.drop(item);
        }
        self.freed(site);
        match released.first() {
            Some(true) => Ok(Answer::Skipped),
            Some(false) | None => Err(Refusal::LeaseLost),
        }
    }

    async fn pause(&mut self) -> Result<Answer, StoreError> {
        self.give_back().await?;
        self.pace = Pace::Paused;
        Ok(Answer::Paused)
    }

    async fn watch(&mut self, seen: Vec<Seen>) -> Result<Answer, StoreError> {
        for site in 0..self.plan.sites.len() {
            if seen.iter().any(|seen| seen.site == site) && !self.watching.hears(site) {
                let heard = self.plan.changes.of(&self.plan.sites[site]).await?;
                self.watching.listen(site, heard);
            }
        }
        self.watching.replace(&seen);
        Ok(Answer::Watched)
    }
}

/// Whether the comment was escalated at this version already, as the ruling says: that changes no version.
fn was_escalated(comment: &StoredComment, ruling: &Ruling) -> bool {
    let escalated = |entry: &Entry| {
        entry.deed == Deed::Escalated && entry.in_force && entry.version == ruling.version
    };
    ruling.word == Word::Escalate && comment.history.entries().iter().any(escalated)
}
