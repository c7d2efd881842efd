//! Which of what is there a number picks.

use replydesk::comment::state::CommentState;

use super::{
    super::{
        model::{Model, READERS},
        transition::Among,
        words::Comment,
    },
    around,
};

/// Of so many is one not there.
const ONE_IN: usize = 17;

impl Model {
    pub fn one(&self, pick: usize, among: Among) -> usize {
        let of = |fits: fn(&Comment) -> bool| {
            let all = 0..self.comments.len();
            all.filter(|n| fits(&self.comments[*n])).collect()
        };
        let some: Vec<usize> = match among {
            Among::All => Vec::new(),
            Among::Ruled => of(|comment| comment.deeds.iter().any(|deed| deed.in_force)),
            Among::Resting => self.resting(),
            Among::Shown => of(|comment| comment.state == CommentState::Approved),
            Among::MostReported => self.most_reported(),
        };
        around(&some, pick).copied().unwrap_or(self.any(pick))
    }

    /// One past the last is a comment that is not there.
    pub fn any(&self, pick: usize) -> usize {
        let there = self.comments.len();
        match pick.checked_rem(there) {
            Some(comment) if !pick.is_multiple_of(ONE_IN) => comment,
            _ => there,
        }
    }

    /// Mostly another than before.
    pub fn reader(&self, comment: usize, drawn: u8) -> u8 {
        let told = self.comments.get(comment).map(|known| &known.reports.told);
        let is_new =
            |reader: &u8| told.is_some_and(|told| told.iter().all(|(who, _)| who != reader));
        (drawn..READERS).find(is_new).unwrap_or(drawn)
    }

    fn most_reported(&self) -> Vec<usize> {
        let readers = |n: &usize| match self.comments[*n].state {
            CommentState::Pending | CommentState::Approved => self.comments[*n].reports.told.len(),
            CommentState::Rejected
            | CommentState::Spam
            | CommentState::Retracted
            | CommentState::Erased => 0,
        };
        let most = (0..self.comments.len()).map(|n| readers(&n)).max();
        let all = 0..self.comments.len();
        all.filter(|n| Some(readers(n)) == most).collect()
    }
}
