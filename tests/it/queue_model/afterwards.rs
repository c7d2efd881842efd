//! What the model makes of an author's will: a comment withdrawn, an appeal.

use replydesk::comment::{audit::AuditAction, lane::Lane, standing::Standing, state::CommentState};

use super::{
    due::{self, Due},
    model::Model,
    words::{Audited, BLOG, DeedKind, Reply, Told},
};

impl Model {
    pub fn retract(&mut self, comment: usize) -> Reply {
        let Some(known) = self.comments.get_mut(comment) else {
            return Reply::NotFound;
        };
        if known.state == CommentState::Retracted {
            return Reply::Withdrawn(known.version, true);
        }
        let before = known.state;
        known.remember(DeedKind::Retracted, known.version + 1, BLOG);
        known.state = CommentState::Retracted;
        known.version += 1;
        known.wait_in(None, None);
        let version = known.version;
        self.tell(comment, Told::Retracted, AuditAction::Retracted, before);
        Reply::Withdrawn(version, false)
    }

    pub fn appeal(&mut self, comment: usize, version: u32) -> Reply {
        let Some(known) = self.comments.get_mut(comment) else {
            return Reply::NotFound;
        };
        let mut appeals = known.deeds.iter();
        if appeals.any(|deed| deed.kind == DeedKind::Appealed && deed.made == version) {
            return Reply::Appealed(version, true);
        }
        if known.state == CommentState::Retracted {
            return Reply::Retracted;
        }
        if known.version != version {
            return Reply::Stale(known.state, known.version);
        }
        if !matches!(known.state, CommentState::Rejected | CommentState::Spam) {
            return Reply::NotAppealable("state");
        }
        if known.answered() {
            return Reply::NotAppealable("answered");
        }
        if known.lane.is_some_and(|lane| lane != Lane::Review) {
            return Reply::NotAppealable("waiting");
        }
        known.remember(DeedKind::Appealed, version, BLOG);
        let state = known.state;
        self.audit.push(Audited {
            action: AuditAction::Appealed,
            by: BLOG,
            comment,
            before: state,
            after: state,
            event: None,
        });
        let due = Due {
            after: due::due_in(0, Standing::Normal),
            since: self.at_entry(),
        };
        self.comments[comment].wait_in(Some(Lane::Appeals), Some(due));
        Reply::Appealed(version, false)
    }
}
