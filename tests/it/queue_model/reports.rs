//! What the model makes of readers' reports.

use replydesk::comment::{
    audit::AuditAction, lane::Lane, report::ReportLimit, standing::Standing, state::CommentState,
};

use super::{
    due::{self, Due, Moment},
    model::Model,
    words::{Audited, BLOG, Comment, Place, Reply},
};

/// What readers said of a comment.
#[derive(Debug, Clone, Default)]
pub struct Reports {
    /// Each reader, and whether the comment waited after their report.
    pub told: Vec<(u8, bool)>,
    /// How many there were when a moderator said something of the comment.
    answered: usize,
    /// Which version that made.
    ruled: Option<u32>,
    /// From when on the comment is urgent; `None` where that was never of any use.
    since: Option<Moment>,
}

impl Reports {
    /// Whoever reported before a ruling is answered by it.
    fn answer(&mut self, ruled: Option<u32>) {
        if ruled != self.ruled {
            self.answered = ruled.map_or(0, |_| self.told.len());
            self.ruled = ruled;
        }
    }
}

impl Comment {
    /// Where reports bring it.
    fn reported_to(&self, enough: bool) -> Option<Lane> {
        match (self.lane, self.state) {
            (None, CommentState::Approved) => enough.then_some(Lane::Reported),
            (Some(Lane::Review), CommentState::Approved) => Some(Lane::Reported),
            (None, _) => Some(Lane::Review),
            (lane @ Some(_), _) => lane,
        }
    }
}

impl Model {
    pub fn report(&mut self, number: usize, reader: u8) -> Reply {
        let Some(comment) = self.comments.get(number) else {
            return Reply::NotFound;
        };
        let answer = |queued, replayed| Reply::Reported { queued, replayed };
        let mut reports = comment.reports.clone();
        if let Some((_, queued)) = reports.told.iter().find(|(who, _)| *who == reader) {
            return answer(*queued, true);
        }
        let (before, state) = (comment.lane, comment.state);
        if !matches!(state, CommentState::Pending | CommentState::Approved) {
            return answer(false, false);
        }
        if self.spent[usize::from(reader)] == ReportLimit::BURST {
            return Reply::LimitExceeded;
        }
        self.spent[usize::from(reader)] += 1;
        reports.answer(comment.ruling().map(|deed| deed.made));
        let readers = reports.told.len() + 1;
        let lane = comment.reported_to(readers >= 2 * reports.answered);
        if lane != before {
            self.audit.push(Audited {
                action: AuditAction::Reported,
                by: BLOG,
                comment: number,
                before: state,
                after: state,
                event: None,
            });
            reports.since = Some(self.at_entry());
        }
        let comment = &mut self.comments[number];
        if lane == Some(Lane::Review) {
            reports.since = Some(comment.submitted);
        }
        if let (Some(Lane::Review | Lane::Reported), Some(since)) = (lane, reports.since) {
            let after = due::due_in(u32::try_from(readers).unwrap(), Standing::Normal);
            let due = Due { after, since };
            comment.due = Some(comment.due.map_or(due, |before| before.min(due)));
        }
        comment.lane = lane;
        if before.is_none() && lane.is_some() {
            comment.place = Place::Waiting;
        }
        reports.told.push((reader, lane.is_some()));
        comment.reports = reports;
        answer(lane.is_some(), false)
    }
}
