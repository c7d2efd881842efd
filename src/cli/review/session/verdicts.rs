//! What a moderator says about the item.

use crate::{
    cli::{style::Tone, untrusted},
    proto::v1::{
        Comment, ReviewItem, Verdict, WithdrawalReason,
        work_queue_request::{Decide, Message as Up, Note, Resume, Skip},
    },
};

use super::{Current, Effect, Gone, Hold, Link, Session};

/// So much of a comment names it in a list.
const ABOUT: usize = 60;

impl Session {
    pub(super) fn decide(&mut self, verdict: Verdict, reason_code: &str, note: &str) {
        let request_id = self.last_request + 1;
        let Some((comment, item)) = self.decidable() else {
            return;
        };
        let decide = Decide {
            request_id,
            comment_id: comment.comment_id.clone(),
            lease_token: item.lease_token.clone(),
            version: comment.version,
            verdict: verdict.into(),
            reason_code: reason_code.to_owned(),
            note: note.to_owned(),
            site: comment.site.clone(),
        };
        let about = about(comment);
        self.send(Up::Decide(decide), about);
        self.go_on();
    }

    pub(super) fn skip(&mut self) {
        if let Some(Current { hold, .. }) = &self.current
            && *hold != Hold::Ours
        {
            // What is lost needs no giving back.
            let rests = matches!(hold, Hold::Withdrawn(Gone { why, .. }) if *why == WithdrawalReason::HeldTooLong);
            self.notice = None;
            self.go_on();
            // Nothing comes to who held something for too long, until they show life.
            if rests && self.link == Link::Up {
                self.resume();
            }
            return;
        }
        let request_id = self.last_request + 1;
        let Some((comment, item)) = self.decidable() else {
            return;
        };
        let skip = Skip {
            request_id,
            comment_id: comment.comment_id.clone(),
            lease_token: item.lease_token.clone(),
            site: comment.site.clone(),
            ..Skip::default()
        };
        let about = about(comment);
        self.send(Up::Skip(skip), about);
        self.go_on();
    }

    /// Leaves a note on the comment that is shown, whoever holds it.
    pub(super) fn leave_note(&mut self, text: String) {
        if self.link != Link::Up {
            self.note(Tone::Bad, "not connected; the note was not left");
            return;
        }
        let request_id = self.last_request + 1;
        let comment = self
            .current
            .as_ref()
            .and_then(|it| it.item.comment.as_ref());
        if let Some(comment) = comment {
            let note = Note {
                request_id,
                comment_id: comment.comment_id.clone(),
                note: text,
                site: comment.site.clone(),
            };
            let about = about(comment);
            self.send(Up::Note(note), about);
        }
    }

    /// Gives everything back, or goes on.
    pub(super) fn pause_or_resume(&mut self) {
        if self.link != Link::Up {
            self.note(Tone::Bad, "not connected");
        } else if self.is_paused {
            self.is_paused = false;
            self.resume();
        } else {
            self.is_paused = true;
            self.let_go(Hold::Paused);
            self.pause();
        }
    }

    fn resume(&mut self) {
        self.last_request += 1;
        self.say(Up::Resume(Resume {
            request_id: self.last_request,
        }));
    }

    /// The current item, if it may be decided; else a notice says why not.
    fn decidable(&mut self) -> Option<(&Comment, &ReviewItem)> {
        let hold = &self.current.as_ref()?.hold;
        let why = match (&self.link, hold) {
            (Link::Down(_) | Link::Resting, _) => "not connected; nothing was decided",
            (Link::Up, Hold::Ours) => {
                let item = &self.current.as_ref()?.item;
                return Some((item.comment.as_ref()?, item));
            }
            (Link::Up, Hold::Lost) => {
                "nothing was decided: lost, waiting for it again; k goes on to the next"
            }
            (Link::Up, Hold::Paused) => "nothing was decided: you pause; p goes on",
            (Link::Up, Hold::Withdrawn(_)) => {
                "nothing was decided: this item is not yours any more; k goes on to the next"
            }
        };
        self.note(Tone::Bad, why);
        None
    }

    fn send(&mut self, message: Up, about: String) {
        self.last_request += 1;
        let sent = super::Sent {
            message: message.clone(),
            about,
        };
        self.unanswered.insert(self.last_request, sent);
        self.outbox.push_back(Effect::Say(message));
    }
}

/// Who said what, in a line.
fn about(comment: &Comment) -> String {
    let name = comment.author.as_ref();
    let name = name.map_or("", |author| author.display_name.as_str());
    let text: String = comment.body.chars().take(ABOUT).collect();
    untrusted::line(&format!("{name}: {text}"))
}
