//! What a comment remembers of what was done to it.

use replydesk::comment::{
    lane::Lane,
    state::{Verdict, Word},
};

use super::{
    due::Due,
    words::{Comment, Deed, DeedKind, Place, Ruling, Time, Undo},
};

/// How many deeds a record keeps.
const KEPT: usize = 16;

impl Comment {
    /// The last word that is in force.
    pub fn word(&self) -> Option<(Word, Deed)> {
        let said = |deed: &Deed| match deed.kind {
            DeedKind::Said(word) => deed.in_force.then_some((word, *deed)),
            DeedKind::Undone | DeedKind::Appealed | DeedKind::Retracted | DeedKind::Revised => None,
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
            | DeedKind::Retracted
            | DeedKind::Revised => None,
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
    pub fn undone_before(&self, undo: &Undo) -> Option<Word> {
        let mut deeds = self.deeds.iter().rev();
        let last = deeds.find(|deed| matches!(deed.kind, DeedKind::Said(_) | DeedKind::Undone))?;
        let asked = (DeedKind::Undone, undo.version + 1, undo.moderator);
        let of = |deed: &Deed| match deed.kind {
            DeedKind::Said(word) => (deed.made == undo.version).then_some(word),
            DeedKind::Undone | DeedKind::Appealed | DeedKind::Retracted | DeedKind::Revised => None,
        };
        ((last.kind, last.made, last.by) == asked).then(|| self.deeds.iter().rev().find_map(of))?
    }

    pub fn wait_in(&mut self, lane: Option<Lane>, due: Option<Due>) {
        self.lane = lane;
        self.due = due;
        self.place = lane.map_or(Place::Nowhere, |_| Place::Waiting);
    }

    pub fn is_anothers(&self, ruling: &Ruling) -> bool {
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
