//! What the service answers to what was sent and asked.

use crate::{
    cli::{
        style::{Tone, tone_of},
        untrusted, words,
    },
    proto::v1::work_queue_response::{Answer, answer},
};

use super::{Session, Surroundings};

impl Session {
    pub(super) fn answered(&mut self, answer: Answer) {
        self.unanswered.remove(&answer.request_id);
        match answer.result {
            Some(answer::Result::Decision(decision)) => {
                let state = words::state(decision.state);
                *self.decided.entry(state).or_default() += 1;
                self.notice = Some((
                    tone_of(state),
                    format!("last one: {}", state.to_lowercase()),
                ));
            }
            Some(answer::Result::Skipped(_)) => {
                self.notice = Some((
                    Tone::Plain,
                    "last one: skipped, it rests for half a minute".to_owned(),
                ));
            }
            Some(answer::Result::Problem(problem)) => {
                let now = match problem.state {
                    0 => String::new(),
                    state => format!("; it is {} now", words::state(state).to_lowercase()),
                };
                let message = untrusted::line(&problem.message);
                self.notice = Some((
                    Tone::Bad,
                    format!("the last one was not changed: {message}{now}"),
                ));
            }
            // Not asked for here.
            Some(
                answer::Result::Noted(_)
                | answer::Result::Paused(_)
                | answer::Result::Resumed(_)
                | answer::Result::Watched(_),
            )
            | None => {}
        }
    }

    /// What surrounds a comment has come; it is of no interest if another one is shown by now, or the pane is closed.
    pub fn surrounded(&mut self, comment_id: &str, found: Surroundings) {
        if self.shown() == Some(comment_id) && self.surroundings.is_some() {
            self.surroundings = Some(found);
        }
    }

    /// The id of the comment that is shown.
    #[must_use]
    pub fn shown(&self) -> Option<&str> {
        let comment = self.current.as_ref()?.item.comment.as_ref()?;
        Some(&comment.comment_id)
    }
}
