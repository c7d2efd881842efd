//! How the author of the comment stands from now on: chosen, looked at once more, and set.

use std::time::Duration;

use crate::{
    cli::{clock, style::Tone},
    proto::v1::{
        PendingAction, SetAuthorStandingRequest, Standing, Subject, SubjectKind,
        subject::{NamedBy, OfComment},
    },
};

use super::{Ask, Effect, Link, Mode, Session};

/// For how long, and how that is said.
pub const TERMS: [(&str, Option<Duration>); 4] = [
    ("for good", None),
    ("for a day", Some(Duration::from_secs(86_400))),
    ("for 7 days", Some(Duration::from_secs(7 * 86_400))),
    ("for 30 days", Some(Duration::from_secs(30 * 86_400))),
];

/// What can be chosen, in the order of the keys.
pub const STANDINGS: [Standing; 4] = [
    Standing::Banned,
    Standing::Held,
    Standing::Trusted,
    Standing::Normal,
];

/// What becomes of the comments of a banned author that wait.
pub const PENDING: [PendingAction; 3] = [
    PendingAction::Reject,
    PendingAction::Spam,
    PendingAction::Leave,
];

/// What is chosen so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorForm {
    /// The row under the cursor: standing, term, pending ones.
    pub row: usize,
    /// How they stand.
    pub standing: Standing,
    /// A number of [`TERMS`].
    pub term: usize,
    /// What becomes of what waits.
    pub pending: PendingAction,
    /// Why, for other moderators.
    pub reason: String,
    /// The reason is being written.
    pub is_writing: bool,
    /// Only the last yes is missing.
    pub is_chosen: bool,
}

impl Default for AuthorForm {
    fn default() -> Self {
        Self {
            row: 0,
            standing: Standing::Banned,
            term: 0,
            pending: PendingAction::Reject,
            reason: String::new(),
            is_writing: false,
            is_chosen: false,
        }
    }
}

impl AuthorForm {
    /// How many rows there are: nothing that waits is touched but for a ban.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self.standing {
            Standing::Banned => 3,
            Standing::Held | Standing::Trusted => 2,
            Standing::Normal | Standing::Unspecified => 1,
        }
    }

    /// The next value of the row under the cursor.
    pub(super) fn turn(&mut self) {
        match self.row {
            0 => self.standing = after(&STANDINGS, self.standing),
            1 => self.term = (self.term + 1) % TERMS.len(),
            _ => self.pending = after(&PENDING, self.pending),
        }
    }
}

/// The one behind it, or the first.
fn after<T: Copy + PartialEq>(all: &[T], this: T) -> T {
    let behind = all.iter().skip_while(|one| **one != this).nth(1);
    behind.or(all.first()).copied().unwrap_or(this)
}

impl Session {
    pub(super) fn open_author(&mut self) {
        if self.current.is_some() {
            self.mode = Mode::Author(AuthorForm::default());
        } else {
            self.note(Tone::Notice, "there is no comment whose author is meant");
        }
    }

    pub(super) fn set_standing(&mut self) {
        let Mode::Author(form) = &self.mode else {
            return;
        };
        if self.link != Link::Up {
            self.note(Tone::Bad, "not connected; nothing was set");
            return;
        }
        let form = form.clone();
        self.mode = Mode::Item;
        let has_term = form.rows() > 1;
        let span = TERMS.get(form.term).and_then(|(_, span)| *span);
        let pending = match form.standing {
            Standing::Banned => form.pending,
            Standing::Held | Standing::Trusted | Standing::Normal | Standing::Unspecified => {
                PendingAction::Leave
            }
        };
        let comment = self
            .current
            .as_ref()
            .and_then(|it| it.item.comment.as_ref());
        if let Some(comment) = comment {
            let until = span.filter(|_| has_term).map(|span| self.now + span);
            let author = OfComment {
                comment_id: comment.comment_id.clone(),
                kind: SubjectKind::Author.into(),
                domain: String::new(),
            };
            let ask = Ask::Standing(SetAuthorStandingRequest {
                site: comment.site.clone(),
                subject: Some(Subject {
                    named_by: Some(NamedBy::Comment(author)),
                }),
                standing: form.standing.into(),
                until: until.map(clock::to_proto),
                reason: form.reason.trim().to_owned(),
                pending: pending.into(),
                add_strike: false,
                pending_token: String::new(),
            });
            self.outbox.push_back(Effect::Ask(ask));
            self.note(Tone::Notice, "setting how the author stands …");
        }
    }

    /// Whether it was set, in words.
    pub(super) fn standing_set(&mut self, answer: Result<String, String>) {
        match answer {
            Ok(told) => {
                self.note(Tone::Good, told);
                self.look_anew();
            }
            Err(why) => self.note(Tone::Bad, format!("the author stands as before: {why}")),
        }
    }
}
