//! What the model makes of a moderator's word, and of its undoing.

use replydesk::comment::{
    audit::AuditAction,
    lane::Lane,
    state::{Verdict, Word},
};

use super::{
    model::{Model, SENIOR},
    words::{Audited, Comment, Deed, DeedKind, Event, Place, Reply, Ruling, Time, Told, Undo},
};

/// How many deeds a record keeps.
const KEPT: usize = 16;

impl Comment {
    /// The last word that is in force.
    fn word(&self) -> Option<(Word, Deed)> {
        let said = |deed: &Deed| match deed.kind {
            DeedKind::Said(word) => deed.in_force.then_some((word, *deed)),
            DeedKind::Undone => None,
        };
        self.deeds.iter().rev().find_map(said)
    }

    /// The verdict that is in force.
    fn verdict(&self) -> Option<Verdict> {
        let said = |deed: &Deed| match deed.kind {
            DeedKind::Said(Word::Verdict(verdict)) => deed.in_force.then_some(verdict),
            DeedKind::Said(Word::Escalate) | DeedKind::Undone => None,
        };
        self.deeds.iter().rev().find_map(said)
    }

    fn remember(&mut self, kind: DeedKind, made: u32, by: u8) {
        self.deeds.push(Deed {
            kind,
            made,
            in_force: kind != DeedKind::Undone,
            by,
            state_before: self.state,
            lane_before: self.lane,
        });
        if self.deeds.len() > KEPT {
            self.deeds.remove(0);
        }
    }

    fn wait_in(&mut self, lane: Option<Lane>) {
        self.lane = lane;
        self.place = lane.map_or(Place::Nowhere, |_| Place::Waiting);
    }

    fn is_anothers(&self, ruling: &Ruling) -> bool {
        let Place::Leased {
            token,
            holder,
            time,
        } = self.place
        else {
            return false;
        };
        !ruling.override_lease
            && ruling.token != Some(token)
            && (ruling.token.is_some() || ruling.said.moderator != holder)
            && time == Time::Running
    }
}

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
        if comment.lane == Some(Lane::Escalated) && said.moderator != SENIOR {
            return Reply::Escalated;
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
                comment.wait_in(None);
                let told = Told::Decided(verdict, said.moderator, earlier);
                self.tell(ruling.comment, told, AuditAction::Decided, before);
            }
            Word::Escalate => {
                comment.wait_in(Some(Lane::Escalated));
                self.audit.push(Audited {
                    action: AuditAction::Escalated,
                    by: said.moderator,
                    comment: ruling.comment,
                    before,
                    after: before,
                    event: None,
                });
            }
        }
        done(false)
    }

    pub fn undo(&mut self, undo: Undo) -> Reply {
        let Some(comment) = self.comments.get_mut(undo.comment) else {
            return Reply::NotFound;
        };
        if let Some(last) = comment.deeds.last()
            && (last.kind, last.made, last.by)
                == (DeedKind::Undone, undo.version + 1, undo.moderator)
        {
            let of = |deed: &Deed| match deed.kind {
                DeedKind::Said(word) => (deed.made == undo.version).then_some(word),
                DeedKind::Undone => None,
            };
            return Reply::Undone {
                state: comment.state,
                version: comment.version,
                word: comment.deeds.iter().rev().find_map(of).unwrap(),
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
        let place = comment.deeds.iter().rposition(|found| *found == deed);
        comment.deeds[place.unwrap()].in_force = false;
        let before = comment.state;
        comment.remember(DeedKind::Undone, undo.version + 1, undo.moderator);
        comment.state = deed.state_before;
        comment.wait_in(deed.lane_before);
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
    fn tell(
        &mut self,
        comment: usize,
        told: Told,
        action: AuditAction,
        before: replydesk::comment::state::CommentState,
    ) {
        let now = &self.comments[comment];
        let (after, version) = (now.state, now.version);
        let by = match told {
            Told::Decided(_, by, _) | Told::Undone(_, by, _) => by,
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
