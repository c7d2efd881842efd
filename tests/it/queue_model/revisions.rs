//! What the model makes of an author's new text.

use replydesk::comment::{audit::AuditAction, lane::Lane, standing::Standing, state::CommentState};

use super::{
    due::{self, Due},
    model::Model,
    words::{BLOG, Comment, DeedKind, Reply, Told},
};

/// How many earlier versions are kept.
const KEPT: usize = 10;

/// A new text as it was sent: of the comment at this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    pub comment: usize,
    pub version: u32,
    pub text: u8,
}

/// What a comment said from one version to another, where it stood at last, and what it said then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    pub first: u32,
    pub last: u32,
    pub state: CommentState,
    pub text: u8,
    pub replaced_by: u8,
}

impl Comment {
    /// Says something else from now on.
    fn say(&mut self, text: u8) {
        let replaced = Earlier {
            first: self.earlier.first().map_or(1, |before| before.last + 1),
            last: self.version,
            state: self.state,
            text: self.text,
            replaced_by: text,
        };
        self.earlier.insert(0, replaced);
        self.earlier.truncate(KEPT);
        self.text = text;
    }
}

/// What is written anew is read anew, where it was before if that was a lane of its own.
fn lane_of_revised(lane: Option<Lane>, banned: bool) -> Option<Lane> {
    match lane {
        Some(Lane::Escalated) => lane,
        Some(Lane::Reported) if !banned => lane,
        Some(Lane::Review | Lane::Reported | Lane::Appeals) | None => {
            (!banned).then_some(Lane::Review)
        }
    }
}

impl Model {
    pub fn revise(&mut self, revision: Revision) -> Reply {
        let author = self.comments.get(revision.comment);
        let standing = self.standing_of(author.and_then(|known| known.author));
        let Some(comment) = self.comments.get_mut(revision.comment) else {
            return Reply::NotFound;
        };
        let mut earlier = comment.earlier.iter();
        if earlier.any(|one| (one.last, one.replaced_by) == (revision.version, revision.text)) {
            return Reply::Revised {
                state: comment.state,
                version: comment.version,
                replayed: true,
            };
        }
        if comment.state == CommentState::Retracted {
            return Reply::Retracted;
        }
        if comment.version != revision.version {
            return Reply::Stale(comment.state, comment.version);
        }
        comment.say(revision.text);
        // What was said held for the earlier text.
        for deed in &mut comment.deeds {
            deed.in_force = false;
        }
        comment.remember(DeedKind::Revised, comment.version + 1, BLOG);
        let (before, lane, due) = (comment.state, comment.lane, comment.due);
        let banned = standing == Standing::Banned;
        comment.state = if banned {
            CommentState::Rejected
        } else {
            CommentState::Pending
        };
        comment.version += 1;
        let (state, version) = (comment.state, comment.version);
        self.tell(
            revision.comment,
            Told::Revised,
            AuditAction::Revised,
            before,
        );
        let next = lane_of_revised(lane, banned);
        let anew = Due {
            after: due::due_in(0, standing),
            since: self.at_event(),
        };
        let due = due.filter(|_| next == lane).unwrap_or(anew);
        self.comments[revision.comment].wait_in(next, next.map(|_| due));
        Reply::Revised {
            state,
            version,
            replayed: false,
        }
    }
}
