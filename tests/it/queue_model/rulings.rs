//! What the model makes of a moderator's word, and of its undoing.

use std::time::Duration;

use replydesk::comment::{
    audit::AuditAction,
    lane::Lane,
    state::{CommentState, Verdict, Word},
};

use super::{
    due::Due,
    model::{Model, SENIOR},
    words::{
        Audited, BLOG, Comment, Deed, DeedKind, Event, Place, Reply, Ruling, Time, Told, Undo,
    },
};

/// How many deeds a record keeps.
const KEPT: usize = 16;

impl Comment {
    /// The last word that is in force.
    fn word(&self) -> Option<(Word, Deed)> {
        let said = |deed: &Deed| match deed.kind {
            DeedKind::Said(word) => deed.in_force.then_some((word, *deed)),
            DeedKind::Undone | DeedKind::Appealed | DeedKind::Retracted => None,
        };
        self.deeds.iter().rev().find_map(said)
    }

    /// The verdict that is in force.
    pub fn verdict(&self) -> Option<Verdict> {
        let said = |deed: &Deed| match deed.kind {
            DeedKind::Said(Word::Verdict(verdict)) => deed.in_force.then_some(verdict),
            DeedKind::Said(Word::Escalate)
            | DeedKind::Undone
            | DeedKind::Appealed
            | DeedKind::Retracted => None,
        };
        self.deeds.iter().rev().find_map(said)
    }

    /// The verdict in force, as it was given.
    pub fn ruling(&self) -> Option<Deed> {
        self.ruled_at(self.deeds.len()).map(|at| self.deeds[at])
    }

    /// Where the verdict in force stands among the deeds.
    fn ruled_at(&self, before: usize) -> Option<usize> {
        self.deeds[..before].iter().rposition(|deed| {
            deed.in_force && matches!(deed.kind, DeedKind::Said(Word::Verdict(_)))
        })
    }

    /// Whether the verdict there answered an appeal.
    pub fn answers_appeal(&self, at: usize) -> bool {
        let since = self.ruled_at(at).map_or(0, |before| before + 1);
        let between = &self.deeds[since..at];
        between.iter().any(|deed| deed.kind == DeedKind::Appealed)
    }

    pub fn answered(&self) -> bool {
        let ruled = self.ruled_at(self.deeds.len());
        ruled.is_some_and(|at| self.answers_appeal(at))
    }

    /// Whether an appeal waits for another than this moderator.
    pub fn is_for_another(&self, moderator: u8) -> bool {
        let Some(at) = self.ruled_at(self.deeds.len()) else {
            return false;
        };
        let since = &self.deeds[at..];
        self.deeds[at].by == moderator && since.iter().any(|deed| deed.kind == DeedKind::Appealed)
    }

    /// Whether another than this moderator has to undo the verdict in force.
    pub fn undo_is_for_another(&self, moderator: u8) -> bool {
        if self.is_for_another(moderator) {
            return true;
        }
        let Some(at) = self.ruled_at(self.deeds.len()) else {
            return false;
        };
        let before = self.ruled_at(at);
        self.answers_appeal(at) && before.is_some_and(|before| self.deeds[before].by == moderator)
    }

    /// The oldest deed that may go.
    fn expendable(&self) -> usize {
        let all = self.deeds.len();
        let word = self.deeds.iter().rposition(|deed| deed.in_force);
        let appeal = self
            .deeds
            .iter()
            .rposition(|deed| deed.kind == DeedKind::Appealed);
        let kept = [self.ruled_at(all), word, appeal];
        let goes = (0..all).find(|at| !kept.contains(&Some(*at)));
        goes.unwrap()
    }

    pub fn remember(&mut self, kind: DeedKind, made: u32, by: u8) {
        if self.deeds.len() == KEPT {
            self.deeds.remove(self.expendable());
        }
        self.deeds.push(Deed {
            operation: None,
            kind,
            made,
            in_force: matches!(kind, DeedKind::Said(_)),
            by,
            state_before: self.state,
            lane_before: self.lane,
            due_before: self.due,
        });
    }

    /// What this moderator undid before, whatever came since but a ruling or another undoing.
    fn undone_before(&self, undo: &Undo) -> Option<Word> {
        let mut deeds = self.deeds.iter().rev();
        let last = deeds.find(|deed| matches!(deed.kind, DeedKind::Said(_) | DeedKind::Undone))?;
        let asked = (DeedKind::Undone, undo.version + 1, undo.moderator);
        let of = |deed: &Deed| match deed.kind {
            DeedKind::Said(word) => (deed.made == undo.version).then_some(word),
            DeedKind::Undone | DeedKind::Appealed | DeedKind::Retracted => None,
        };
        ((last.kind, last.made, last.by) == asked).then(|| self.deeds.iter().rev().find_map(of))?
    }

    pub fn wait_in(&mut self, lane: Option<Lane>, due: Option<Due>) {
        self.lane = lane;
        self.due = due;
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
            Told::Retracted => BLOG,
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
