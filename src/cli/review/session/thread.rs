//! Whether the article takes comments.

use crate::{cli::style::Tone, proto::v1::CloseThreadRequest};

use super::{Ask, Effect, Link, Mode, Session};

impl Session {
    pub(super) fn open_thread(&mut self) {
        if self.thread_id().is_some() {
            self.mode = Mode::Thread;
        } else {
            self.note(Tone::Notice, "there is no comment whose article is meant");
        }
    }

    /// The article that is shown takes no more comments, or takes them again.
    pub(super) fn close_thread(&mut self, reopen: bool) {
        if self.link != Link::Up {
            self.note(Tone::Bad, "not connected; nothing was closed or opened");
            return;
        }
        self.mode = Mode::Item;
        let comment = self
            .current
            .as_ref()
            .and_then(|it| it.item.comment.as_ref());
        if let (Some(comment), Some(thread_id)) = (comment, self.thread_id()) {
            let ask = Ask::Thread(CloseThreadRequest {
                site: comment.site.clone(),
                thread_id: thread_id.to_owned(),
                reopen,
            });
            self.outbox.push_back(Effect::Ask(ask));
        }
    }

    pub(super) fn thread_set(&mut self, answer: Result<bool, String>) {
        match answer {
            Ok(true) => self.note(Tone::Good, "the article takes no more comments"),
            Ok(false) => self.note(Tone::Good, "the article takes comments"),
            Err(why) => self.note(Tone::Bad, format!("the article is as before: {why}")),
        }
    }
}
