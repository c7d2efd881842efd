//! How items come and go. Nothing here moves the one under the moderator's eyes but `go_on`, which keys alone call.

use crate::{
    cli::style::Tone,
    proto::v1::{
        GetReviewContextRequest, ReviewItem, WithdrawalReason, WorkQueueResponse,
        work_queue_request::Message as Up, work_queue_request::Pause,
        work_queue_response::Message as Down, work_queue_response::Withdrawn,
    },
};

use super::{Ask, Current, Effect, Gone, Hold, Link, Session};

impl Session {
    /// The stream is open (again). What has no answer is said again: the service knows its own again.
    pub fn opened(&mut self) {
        self.link = Link::Up;
        let again: Vec<Up> = self
            .unanswered
            .values()
            .map(|sent| sent.message.clone())
            .collect();
        for message in again {
            self.say(message);
        }
        if self.is_paused {
            self.pause();
        }
    }

    /// The stream is gone, and with it all leases.
    pub fn lost(&mut self, link: Link) {
        self.link = link;
        self.ahead.clear();
        self.unanswered
            .retain(|_, sent| matches!(sent.message, Up::Decide(_) | Up::Note(_)));
        // What was said last is about a stream that is gone.
        self.notice = None;
        self.let_go(Hold::Lost);
    }

    /// The service said something.
    pub fn hear(&mut self, message: WorkQueueResponse) {
        match message.message {
            Some(Down::Item(item)) => self.take(item),
            Some(Down::Answer(answer)) => self.answered(answer),
            Some(Down::Withdrawn(gone)) => self.withdraw(&gone),
            Some(Down::Heartbeat(beat)) => self.queues = beat.sites,
            Some(Down::Started(_)) | None => {}
        }
    }

    fn take(&mut self, item: ReviewItem) {
        // Nothing to decide on; its lease ends by itself.
        if item.comment.is_none() {
            return;
        }
        match &mut self.current {
            None => self.show(item),
            Some(current) if current.hold != Hold::Ours && is_same(&current.item, &item) => {
                if version(&current.item) == version(&item) {
                    // It came back under a new lease: the same item stays where it is.
                    current.item = item;
                    current.hold = Hold::Ours;
                    self.note(Tone::Good, "the item is yours again");
                } else {
                    // Nobody may decide by a key on what took the place of what they read.
                    current.hold = Hold::Withdrawn(Gone {
                        why: WithdrawalReason::Changed,
                        state: item.comment.as_ref().map_or(0, |comment| comment.state),
                        by: None,
                    });
                    self.ahead.push_front(item);
                    self.note(
                        Tone::Notice,
                        "it was changed meanwhile, and comes next: k shows it as it is now",
                    );
                }
            }
            Some(_) => self.ahead.push_back(item),
        }
    }

    fn show(&mut self, item: ReviewItem) {
        self.current = Some(Current {
            item,
            hold: Hold::Ours,
        });
        self.leave_item();
    }

    /// The next item, or none yet.
    pub(super) fn go_on(&mut self) {
        self.current = None;
        self.leave_item();
        if let Some(next) = self.ahead.pop_front() {
            self.show(next);
        }
    }

    fn leave_item(&mut self) {
        self.scroll = 0;
        self.context_scroll = 0;
        self.surroundings = None;
        self.is_context_focused = false;
    }

    fn withdraw(&mut self, gone: &Withdrawn) {
        let why = gone.reason();
        self.changed_since(gone);
        if gone.lease_token.is_empty() {
            return;
        }
        self.ahead
            .retain(|item| item.lease_token != gone.lease_token);
        let Some(current) = &mut self.current else {
            return;
        };
        if current.item.lease_token != gone.lease_token || current.hold != Hold::Ours {
            return;
        }
        current.hold = Hold::Withdrawn(Gone {
            why,
            state: gone.state,
            by: None,
        });
        let comment = current.item.comment.as_ref();
        let site = comment.map(|comment| comment.site.clone());
        if why == WithdrawalReason::DecidedByAnother {
            self.outbox
                .push_back(Effect::Ask(Ask::WhoDecided(GetReviewContextRequest {
                    site: site.unwrap_or_default(),
                    comment_id: gone.comment_id.clone(),
                })));
        }
    }

    /// Whatever is ours is not any more.
    pub(super) fn let_go(&mut self, hold: Hold) {
        self.ahead.clear();
        if let Some(current) = &mut self.current
            && matches!(current.hold, Hold::Ours | Hold::Paused | Hold::Lost)
        {
            current.hold = hold;
        }
    }

    pub(super) fn pause(&mut self) {
        self.last_request += 1;
        self.say(Up::Pause(Pause {
            request_id: self.last_request,
        }));
    }
}

fn version(item: &ReviewItem) -> u32 {
    item.comment.as_ref().map_or(0, |comment| comment.version)
}

fn is_same(left: &ReviewItem, right: &ReviewItem) -> bool {
    let id = |item: &ReviewItem| {
        let comment = item.comment.as_ref();
        comment.map(|comment| (comment.site.clone(), comment.comment_id.clone()))
    };
    id(left) == id(right)
}
