//! What the service answers to what was sent.

use crate::{
    cli::{
        style::{Tone, tone_of},
        untrusted, words,
    },
    proto::v1::{
        Decision, Problem, Verdict,
        work_queue_request::Message as Up,
        work_queue_response::{Answer, answer},
    },
};

use super::{Hold, Sent, Session};

impl Session {
    pub(super) fn answered(&mut self, answer: Answer) {
        let sent = self.unanswered.remove(&answer.request_id);
        match answer.result {
            Some(answer::Result::Decision(decision)) => self.carried_out(sent, &decision),
            Some(answer::Result::Skipped(_)) => {
                self.note(Tone::Plain, "last one: skipped, it rests for a while");
            }
            Some(answer::Result::Noted(_)) => {
                self.note(Tone::Good, "noted");
                self.look_anew();
            }
            Some(answer::Result::Problem(problem)) => self.refused(&problem),
            Some(answer::Result::Paused(_)) => {
                // What came while the pause was on its way is given back too.
                self.let_go(Hold::Paused);
            }
            // Shown where it counts, or not asked for.
            Some(answer::Result::Resumed(_) | answer::Result::Watched(_)) | None => {}
        }
    }

    fn carried_out(&mut self, sent: Option<Sent>, decision: &Decision) {
        let word = match decision.verdict() {
            Verdict::Escalate => "ESCALATED",
            Verdict::Approve | Verdict::Reject | Verdict::Spam | Verdict::Unspecified => {
                words::state(decision.state)
            }
        };
        *self.decided.entry(word).or_default() += 1;
        self.note(tone_of(word), format!("last one: {}", word.to_lowercase()));
        if let Some(Sent {
            message: Up::Decide(decide),
            about,
        }) = sent
        {
            self.remember(decide.site, decision, about, word);
        }
    }

    fn refused(&mut self, problem: &Problem) {
        let now = match problem.state {
            0 => String::new(),
            state => format!("; it is {} now", words::state(state).to_lowercase()),
        };
        let message = untrusted::line(&problem.message);
        self.note(
            Tone::Bad,
            format!("the last one was not changed: {message}{now}"),
        );
    }
}
