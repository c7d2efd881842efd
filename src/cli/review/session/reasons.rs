//! The choice of a reason for a rejection.

use crate::proto::v1::Verdict;

use super::{Hold, Mode, Session};

/// What is chosen so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reasons {
    /// The row.
    pub row: usize,
    /// For other moderators.
    pub note: String,
    /// The note is being written.
    pub is_writing: bool,
    /// For the whole wave.
    pub is_of_wave: bool,
}

impl Session {
    /// The reasons of the site that the item is of, with what readers are told for each.
    #[must_use]
    pub fn reasons(&self) -> &[(String, String)] {
        let comment = self
            .current
            .as_ref()
            .and_then(|it| it.item.comment.as_ref());
        let site = comment.map_or("", |comment| comment.site.as_str());
        let desk = self.desks.iter().find(|desk| desk.site == site);
        desk.map_or(&[], |desk| &desk.reasons)
    }

    /// Asks for a reason where there are some, and rejects without where there are none.
    pub(super) fn reject(&mut self) {
        let is_ours = self
            .current
            .as_ref()
            .is_some_and(|it| it.hold == Hold::Ours);
        if is_ours && !self.reasons().is_empty() {
            self.mode = Mode::Reasons(Reasons::default());
        } else {
            self.decide(Verdict::Reject, "", "");
        }
    }

    /// Asks for a reason before the preview of a wave's rejection, where there are some.
    pub(super) fn judge_wave(&mut self, verdict: Verdict) {
        if verdict == Verdict::Reject && !self.reasons().is_empty() && !self.is_bulk_running() {
            self.mode = Mode::Reasons(Reasons {
                is_of_wave: true,
                ..Reasons::default()
            });
        } else {
            self.preview_bulk(verdict, "", "");
        }
    }

    pub(super) fn reject_for(&mut self, row: usize, note: &str) {
        let Some((reason, _)) = self.reasons().get(row).cloned() else {
            return;
        };
        let is_of_wave = matches!(&self.mode, Mode::Reasons(reasons) if reasons.is_of_wave);
        if is_of_wave {
            self.mode = Mode::Wave;
            self.preview_bulk(Verdict::Reject, &reason, note);
        } else {
            self.mode = Mode::Item;
            self.decide(Verdict::Reject, &reason, note);
        }
    }
}
