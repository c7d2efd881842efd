//! What the model makes of a moderator's word, and of its undoing.

use std::time::Duration;

use replydesk::comment::{
    audit::AuditAction,
    lane::Lane,
    state::{CommentState, Word},
};

use super::{
    due::Due,
    model::{Model, SENIOR},
    words::{Audited, BLOG, DeedKind, Event, Reply, Ruling, Told, Undo},
};

impl Model {
    pub fn decide(&mut self, ruling: Ruling) -> Reply {
        let said = ruling.said;
        let Some(comment) = self.comments.get_mut(ruling.comment) else {
            return Reply::NotFound;
        };
        let (made, state) = match said.word {
            Word::Verdict(verdict) => (said.version + 1, verdict.state()),
            Word::Escalate => (said.version, comment.state),
        };
        let done = |replayed| Reply::Decided {
            state,
            version: made,
            replayed,
        };
        if let Some((word, deed)) = comment.word()
            && (word, deed.made, deed.by) == (said.word, made, said.moderator)
        {
            return done(true);
        }
        if comment.version != said.version {
            return Reply::Stale(comment.state, comment.version);
        }
        if comment.state == CommentState::Retracted {
            return Reply::Retracted;
        }
        if comment.lane == Some(Lane::Escalated) && said.moderator != SENIOR {
            return Reply::Escalated;
        }
        if comment.is_for_another(said.moderator) {
            return Reply::SameModerator;
        }
        if comment.is_anothers(&ruling) {
            return Reply::LeasedByAnother;
        }
        let (before, earlier) = (comment.state, comment.verdict());
        comment.remember(DeedKind::Said(said.word), made, said.moderator);
        comment.state = state;
        comment.version = made;
        match said.word {
            Word::Verdict(verdict) => {
                comment.wait_in(None, None);
                let told = Told::Decided(verdict, said.moderator, earlier);
                self.tell(ruling.comment, told, AuditAction::Decided, before);
            }
            Word::Escalate => {
                self.audit.push(Audited {
                    action: AuditAction::Escalated,
                    by: said.moderator,
                    comment: ruling.comment,
                    before,
                    after: before,
                    event: None,
                });
                let now = Due {
                    after: Duration::ZERO,
                    since: self.at_entry(),
                };
                let comment = &mut self.comments[ruling.comment];
                comment.wait_in(Some(Lane::Escalated), Some(comment.due.unwrap_or(now)));
            }
        }
        done(false)
    }

    pub fn undo(&mut self, undo: Undo) -> Reply {
        let Some(comment) = self.comments.get_mut(undo.comment) else {
            return Reply::NotFound;
        };
        if let Some(word) = comment.undone_before(&undo) {
            return Reply::Undone {
                state: comment.state,
                version: comment.version,
                word,
                replayed: true,
            };
        }
        let ruling = comment.word().filter(|(_, deed)| deed.made == undo.version);
        let Some((word, deed)) = ruling.filter(|_| comment.version == undo.version) else {
            return if comment.version == undo.version {
                Reply::NoDecision
            } else {
                Reply::Stale(comment.state, comment.version)
            };
        };
        let of_senior = deed.lane_before == Some(Lane::Escalated)
            || (word == Word::Escalate && deed.by != undo.moderator);
        if of_senior && undo.moderator != SENIOR {
            return Reply::Escalated;
        }
        if word != Word::Escalate && comment.undo_is_for_another(undo.moderator) {
            return Reply::SameModerator;
        }
        let place = comment.deeds.iter().rposition(|found| *found == deed);
        comment.deeds[place.unwrap()].in_force = false;
        let before = comment.state;
        comment.remember(DeedKind::Undone, undo.version + 1, undo.moderator);
        comment.state = deed.state_before;
        comment.wait_in(deed.lane_before, deed.due_before);
        match word {
            Word::Verdict(verdict) => {
                comment.version += 1;
                let told = Told::Undone(verdict, undo.moderator, comment.verdict());
                self.tell(undo.comment, told, AuditAction::Undone, before);
            }
            Word::Escalate => self.audit.push(Audited {
                action: AuditAction::Undone,
                by: undo.moderator,
                comment: undo.comment,
                before,
                after: before,
                event: None,
            }),
        }
        let comment = &self.comments[undo.comment];
        Reply::Undone {
            state: comment.state,
            version: comment.version,
            word,
            replayed: false,
        }
    }

    /// Tells feed and audit log how a comment stands now.
    pub fn tell(&mut self, comment: usize, told: Told, action: AuditAction, before: CommentState) {
        let now = &self.comments[comment];
        let (after, version) = (now.state, now.version);
        let by = match told {
            Told::Decided(_, by, _) | Told::Undone(_, by, _) => by,
            Told::Retracted | Told::Revised => BLOG,
            Told::Submitted => unreachable!("nobody's deed"),
        };
        self.history.push(Event {
            comment,
            state: after,
            version,
            told,
        });
        self.audit.push(Audited {
            action,
            by,
            comment,
            before,
            after,
            event: Some((version, self.history.len() as u64)),
        });
    }
}
