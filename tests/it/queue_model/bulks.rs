//! What the model makes of bulk decisions on named comments, and of their undoing.

use replydesk::comment::{
    audit::AuditAction,
    lane::Lane,
    state::{CommentState, Word},
};

use super::{
    model::{Model, SENIOR},
    words::{Comment, DeedKind, Place, Reply, Time, Told},
};

const TAKEN: usize = 0;
const SETTLED: usize = 1;
const HELD: usize = 2;
const RESERVED: usize = 3;
const GONE: usize = 4;

fn judge(comment: Option<&Comment>, moderator: u8) -> usize {
    let Some(comment) = comment.filter(|known| known.state != CommentState::Retracted) else {
        return GONE;
    };
    if comment.state != CommentState::Pending && comment.lane.is_none() {
        return SETTLED;
    }
    let of_senior = comment.lane == Some(Lane::Escalated) && moderator != SENIOR;
    if of_senior || comment.is_for_another(moderator) {
        return RESERVED;
    }
    match comment.place {
        Place::Leased {
            holder,
            time: Time::Running,
            ..
        } if holder != moderator => HELD,
        Place::Leased { .. } | Place::Nowhere | Place::Waiting | Place::Cooling { .. } => TAKEN,
    }
}

impl Model {
    pub fn bulk(&mut self, operation: usize) -> Reply {
        let mut bulk = self.bulks[operation].clone();
        if bulk.undone.is_some() {
            return Reply::OperationUndone;
        }
        if bulk.counts != [0; 5] {
            return Reply::Bulk(bulk.counts);
        }
        for number in bulk.comments.clone() {
            let kind = judge(self.comments.get(number), bulk.moderator);
            bulk.counts[kind] += 1;
            if kind != TAKEN {
                continue;
            }
            let comment = &mut self.comments[number];
            let (before, earlier) = (comment.state, comment.verdict());
            let said = DeedKind::Said(Word::Verdict(bulk.verdict));
            comment.remember(said, comment.version + 1, bulk.moderator);
            if let Some(deed) = comment.deeds.last_mut() {
                deed.operation = Some(operation);
            }
            comment.state = bulk.verdict.state();
            comment.version += 1;
            comment.wait_in(None, None);
            bulk.changes.push((number, comment.version));
            let told = Told::Decided(bulk.verdict, bulk.moderator, earlier);
            self.tell_in_bulk(number, told, before);
        }
        let counts = bulk.counts;
        self.bulks[operation] = bulk;
        Reply::Bulk(counts)
    }

    pub fn undo_bulk(&mut self, operation: usize, moderator: u8) -> Reply {
        let bulk = self.bulks[operation].clone();
        if let Some(undone) = bulk.undone {
            return Reply::BulkUndone(undone);
        }
        let mut counts = [0; 4];
        for (number, version) in bulk.changes {
            let comment = &mut self.comments[number];
            let place = comment.deeds.iter().rposition(|deed| deed.in_force);
            let ruling = place.map(|place| (place, comment.deeds[place]));
            let Some((place, deed)) = ruling.filter(|(_, deed)| {
                comment.version == version
                    && deed.made == version
                    && deed.operation == Some(operation)
            }) else {
                counts[1] += 1;
                continue;
            };
            let of_senior = deed.lane_before == Some(Lane::Escalated) && moderator != SENIOR;
            if of_senior || comment.undo_is_for_another(moderator) {
                counts[2] += 1;
                continue;
            }
            counts[0] += 1;
            comment.deeds[place].in_force = false;
            let before = comment.state;
            comment.remember(DeedKind::Undone, version + 1, moderator);
            comment.state = deed.state_before;
            comment.version += 1;
            comment.wait_in(deed.lane_before, deed.due_before);
            let told = Told::Undone(bulk.verdict, moderator, comment.verdict());
            self.tell_in_bulk(number, told, before);
        }
        self.bulks[operation].undone = Some(counts);
        Reply::BulkUndone(counts)
    }

    /// The feed tells of each, the audit log of all in one entry.
    fn tell_in_bulk(&mut self, comment: usize, told: Told, before: CommentState) {
        self.tell(comment, told, AuditAction::BulkDecided, before);
        self.audit.pop();
    }
}
