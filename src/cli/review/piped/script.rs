//! What a script said and holds, and what it is told.

use std::collections::{HashMap, VecDeque};

use serde_json::json;
use tonic::Code;

use super::{
    MOST_LINE,
    said::{Said, Word},
    told::{queue_json, withdrawn},
};
use crate::{
    cli::{failure::Failure, json, output, words},
    proto::v1::{
        Decision, ReviewItem, UndoDecisionRequest, Verdict, WorkQueueResponse,
        work_queue_request::{Decide, Message as Up, Note, Pause, Resume, Skip},
        work_queue_response::{Answer, Message as Down, answer},
    },
};

/// So much of a line is repeated where it was not understood, in bytes.
const QUOTED: usize = 1_000;

/// So many decisions can be undone without the script naming their versions.
const REMEMBERED: usize = 1_000;

/// What a line asks for.
pub(super) enum Todo {
    /// On the stream.
    Say(Up),
    /// Besides it.
    Undo(UndoDecisionRequest),
}

#[derive(Default)]
pub(super) struct Script {
    held: HashMap<String, ReviewItem>,
    unanswered: HashMap<u64, Up>,
    /// What the unanswered are about: held again if the service could make nothing of what was said.
    asked: HashMap<u64, ReviewItem>,
    /// What was decided, the newest last.
    decided: VecDeque<UndoDecisionRequest>,
    last_request: u64,
    pub(super) input_ended: bool,
    is_paused: bool,
    opened: bool,
    failed: u64,
}

impl Script {
    pub(super) fn is_over(&self) -> bool {
        self.opened && self.input_ended && self.unanswered.is_empty()
    }

    pub(super) fn end(&self) -> Result<(), Failure> {
        match self.failed {
            0 => Ok(()),
            failed => Err(Failure::new(format!(
                "lines of input that failed: {failed}; standard output says why (error, problem)"
            ))),
        }
    }

    pub(super) fn count(&mut self, worked: bool) {
        self.failed += u64::from(!worked);
    }

    /// The stream is open (again): what has no answer is said again.
    pub(super) fn opened(&mut self) -> Vec<Up> {
        self.opened = true;
        let mut again: Vec<Up> = self.unanswered.values().cloned().collect();
        if self.is_paused {
            again.push(self.ask(|request_id| Up::Pause(Pause { request_id })));
        }
        again
    }

    pub(super) fn lost(&mut self) {
        self.held.clear();
        self.asked.clear();
        self.unanswered
            .retain(|_, message| matches!(message, Up::Decide(_) | Up::Note(_)));
    }

    pub(super) fn understand(&mut self, line: &[u8]) -> Result<Option<Todo>, Failure> {
        let todo = match text(line) {
            Ok("") => return Ok(None),
            Ok(text) => self.todo(text),
            Err(why) => Err(why),
        };
        match todo {
            Ok(todo) => Ok(Some(todo)),
            Err(why) => {
                self.failed += 1;
                let quoted = String::from_utf8_lossy(&line[..line.len().min(QUOTED)]);
                output::json(&json!({ "error": why, "line": quoted }))?;
                Ok(None)
            }
        }
    }

    fn todo(&mut self, line: &str) -> Result<Todo, String> {
        let said: Said = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let message = match said.word()? {
            Word::Undo => return self.undo(&said).map(Todo::Undo),
            Word::Decide(verdict) => self.decide(said, verdict)?,
            Word::Skip => self.skip(said)?,
            Word::Note => self.note(said),
            Word::Pause => {
                self.held.clear();
                self.asked.clear();
                self.is_paused = true;
                self.ask(|request_id| Up::Pause(Pause { request_id }))
            }
            Word::Resume => {
                self.is_paused = false;
                self.ask(|request_id| Up::Resume(Resume { request_id }))
            }
        };
        Ok(Todo::Say(message))
    }

    fn decide(&mut self, said: Said, verdict: Verdict) -> Result<Up, String> {
        let item = self.take(&said)?;
        let (site, version) = site_and_version(&item);
        Ok(self.ask_about(item.clone(), |request_id| {
            Up::Decide(Decide {
                request_id,
                comment_id: said.comment_id,
                lease_token: item.lease_token,
                version,
                verdict: verdict.into(),
                reason_code: said.reason_code,
                note: said.note,
                site,
            })
        }))
    }

    fn skip(&mut self, said: Said) -> Result<Up, String> {
        let item = self.take(&said)?;
        let (site, _) = site_and_version(&item);
        let rest = said.cool_down_seconds;
        let rest = rest.map(|seconds| prost_types::Duration { seconds, nanos: 0 });
        Ok(self.ask_about(item.clone(), |request_id| {
            Up::Skip(Skip {
                request_id,
                comment_id: said.comment_id,
                lease_token: item.lease_token,
                cool_down: rest,
                site,
            })
        }))
    }

    /// On any comment: of one that is not held, the stream's only site is meant.
    fn note(&mut self, said: Said) -> Up {
        let held = self.held.get(&said.comment_id).map(site_and_version);
        let site = held.map(|(site, _)| site).unwrap_or_default();
        self.ask(|request_id| {
            Up::Note(Note {
                request_id,
                comment_id: said.comment_id,
                note: said.note,
                site,
            })
        })
    }

    /// The item that a line is about; it is not held any more.
    fn take(&mut self, said: &Said) -> Result<ReviewItem, String> {
        let item = self.held.remove(&said.comment_id);
        item.ok_or_else(|| {
            let is_asked = self
                .asked
                .values()
                .any(|item| is_of(item, &said.comment_id));
            let why = if is_asked {
                "this comment_id has a verdict already; wait for its answer"
            } else {
                "no item with this comment_id is held"
            };
            why.to_owned()
        })
    }

    fn undo(&self, said: &Said) -> Result<UndoDecisionRequest, String> {
        let mut decided = self.decided.iter().rev();
        let found = decided.find(|decided| decided.comment_id == said.comment_id);
        let found = found.ok_or_else(|| {
            "no decision of this run on this comment_id; `replydesk undo` undoes others".to_owned()
        })?;
        Ok(UndoDecisionRequest {
            note: said.note.clone(),
            ..found.clone()
        })
    }

    fn ask_about(&mut self, item: ReviewItem, message: impl FnOnce(u64) -> Up) -> Up {
        let message = self.ask(message);
        self.asked.insert(self.last_request, item);
        message
    }

    fn ask(&mut self, message: impl FnOnce(u64) -> Up) -> Up {
        self.last_request += 1;
        let message = message(self.last_request);
        self.unanswered.insert(self.last_request, message.clone());
        message
    }

    pub(super) fn hear(&mut self, message: WorkQueueResponse) -> Result<(), Failure> {
        match message.message {
            Some(Down::Item(item)) => {
                output::json(&json!({ "item": json::item(&item) }))?;
                if let Some(comment) = &item.comment {
                    self.held.insert(comment.comment_id.clone(), item);
                }
            }
            Some(Down::Answer(answer)) => return self.answered(answer),
            Some(Down::Withdrawn(gone)) => {
                self.held.remove(&gone.comment_id);
                self.asked
                    .retain(|_, item| item.lease_token != gone.lease_token);
                output::json(&withdrawn(&gone))?;
            }
            Some(Down::Heartbeat(beat)) => {
                for queue in &beat.sites {
                    output::json(&json!({ "queue": queue_json(queue) }))?;
                }
            }
            Some(Down::Started(_)) | None => {}
        }
        Ok(())
    }

    fn answered(&mut self, answer: Answer) -> Result<(), Failure> {
        let (site, comment_id) = match self.unanswered.remove(&answer.request_id) {
            Some(Up::Decide(decide)) => (decide.site, decide.comment_id),
            Some(Up::Skip(skip)) => (skip.site, skip.comment_id),
            Some(Up::Note(note)) => (note.site, note.comment_id),
            // On no comment, or not said here.
            Some(Up::Start(_) | Up::Ping(_) | Up::Pause(_) | Up::Resume(_) | Up::Watch(_))
            | None => Default::default(),
        };
        let item = self.asked.remove(&answer.request_id);
        let value = match answer.result {
            Some(answer::Result::Decision(decision)) => {
                self.remember(site, &decision);
                json!({ "decision": json::decision(&decision) })
            }
            Some(answer::Result::Skipped(_)) => json!({ "skipped": comment_id }),
            Some(answer::Result::Noted(_)) => json!({ "noted": comment_id }),
            Some(answer::Result::Paused(_)) => json!({ "paused": true }),
            Some(answer::Result::Resumed(_)) => json!({ "paused": false }),
            Some(answer::Result::Problem(problem)) => {
                self.failed += 1;
                // Only what was said is wrong: the item is still there to be said something else of.
                if let Some(item) =
                    item.filter(|_| problem.code == i32::from(Code::InvalidArgument))
                {
                    self.held.insert(comment_id.clone(), item);
                }
                json!({ "problem": {
                    "comment_id": comment_id,
                    "reason": problem.reason,
                    "message": problem.message,
                    "state": words::state(problem.state),
                    "version": problem.version,
                }})
            }
            Some(answer::Result::Watched(_)) | None => return Ok(()),
        };
        output::json(&value)
    }

    fn remember(&mut self, site: String, decision: &Decision) {
        if self.decided.len() == REMEMBERED {
            self.decided.pop_front();
        }
        self.decided.push_back(UndoDecisionRequest {
            site,
            comment_id: decision.comment_id.clone(),
            version: decision.version,
            note: String::new(),
        });
    }
}

/// A line as text, without the mark that some editors put before the first.
fn text(line: &[u8]) -> Result<&str, String> {
    if line.len() > MOST_LINE {
        return Err(format!("a line has at most {MOST_LINE} bytes"));
    }
    let text = std::str::from_utf8(line).map_err(|_| "a line must be UTF-8".to_owned())?;
    Ok(text.trim_start_matches('\u{feff}').trim())
}

fn site_and_version(item: &ReviewItem) -> (String, u32) {
    let comment = item.comment.as_ref();
    comment.map_or_else(Default::default, |it| (it.site.clone(), it.version))
}

fn is_of(item: &ReviewItem, comment_id: &str) -> bool {
    let comment = item.comment.as_ref();
    comment.is_some_and(|comment| comment.comment_id == comment_id)
}
