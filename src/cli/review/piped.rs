//! A moderator that is a script: items out as JSON lines, verdicts in as JSON lines.

use std::{collections::HashMap, io::BufRead, pin::pin, thread};

use serde::Deserialize;
use serde_json::json;
use tokio::{sync::mpsc, task::JoinSet};

use crate::{
    cli::client::Connection,
    cli::{failure::Failure, interrupt, json, output, words},
    proto::v1::{
        ReviewItem, Verdict, WorkQueueResponse,
        work_queue_request::{Decide, Message as Up, Skip, Start},
        work_queue_response::{Answer, Message as Down, answer},
    },
};

use super::stream::{self, News, Wire};

/// One line of standard input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    comment_id: String,
    verdict: String,
    #[serde(default)]
    reason_code: String,
    #[serde(default)]
    note: String,
}

/// Runs until standard input ends and everything said is answered.
///
/// # Errors
/// The service refuses the stream for good, or standard output is gone.
pub async fn run(connection: Connection, start: Start) -> Result<(), Failure> {
    let (up, heard) = mpsc::channel(64);
    let (sender, mut news) = mpsc::channel(64);
    let wire = Wire {
        connection,
        start,
        up: heard,
        news: sender,
    };
    let mut task = JoinSet::new();
    task.spawn(stream::keep_open(wire));
    let mut lines = read_lines();
    let mut stop = pin!(interrupt::requested());
    let mut script = Script::default();
    loop {
        // Not before the stream was open once: a wrong key must be told even to who says nothing.
        if script.opened && script.input_ended && script.unanswered.is_empty() {
            return script.end();
        }
        tokio::select! {
            line = lines.recv(), if !script.input_ended => match line {
                None => script.input_ended = true,
                Some(line) => if let Some(message) = script.understand(&line)? {
                    let _ = up.send(message).await;
                },
            },
            said = news.recv() => match said {
                Some(News::Opened) => {
                    script.opened = true;
                    for message in script.unanswered.values() {
                        let _ = up.send(message.clone()).await;
                    }
                }
                Some(News::Said(message)) => script.hear(*message)?,
                Some(News::Lost(why)) => {
                    script.held.clear();
                    script.unanswered.retain(|_, message| matches!(message, Up::Decide(_)));
                    eprintln!("replydesk: {why}");
                }
                Some(News::Failed(failure)) => return Err(failure),
                None => return Err(Failure::new("the stream ended")),
            },
            () = &mut stop => return Ok(()),
        }
    }
}

/// A thread of its own, not the runtime's: a blocked read must not hold up the end of the process.
fn read_lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(16);
    let read = move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    };
    // Without the thread there is no input, and the channel ends at once.
    let _ = thread::Builder::new().name("input".to_owned()).spawn(read);
    lines
}

#[derive(Default)]
struct Script {
    held: HashMap<String, ReviewItem>,
    unanswered: HashMap<u64, Up>,
    last_request: u64,
    input_ended: bool,
    opened: bool,
    failed: u64,
}

impl Script {
    fn end(&self) -> Result<(), Failure> {
        match self.failed {
            0 => Ok(()),
            failed => Err(Failure::new(format!(
                "lines of input that failed: {failed}; standard output says why (error, problem)"
            ))),
        }
    }

    fn understand(&mut self, line: &str) -> Result<Option<Up>, Failure> {
        if line.trim().is_empty() {
            return Ok(None);
        }
        match self.message(line) {
            Ok(message) => {
                self.unanswered.insert(self.last_request, message.clone());
                Ok(Some(message))
            }
            Err(why) => {
                self.failed += 1;
                output::json(&json!({ "error": why, "line": line }))?;
                Ok(None)
            }
        }
    }

    fn message(&mut self, line: &str) -> Result<Up, String> {
        let said: Said = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let verdict = match said.verdict.to_ascii_lowercase().as_str() {
            "approve" => Some(Verdict::Approve),
            "reject" => Some(Verdict::Reject),
            "spam" => Some(Verdict::Spam),
            "skip" => None,
            _ => return Err("verdict must be approve, reject, spam or skip".to_owned()),
        };
        let item = self.held.remove(&said.comment_id);
        let item = item.ok_or_else(|| "no item with this comment_id is held".to_owned())?;
        self.last_request += 1;
        let request_id = self.last_request;
        let Some(verdict) = verdict else {
            return Ok(Up::Skip(Skip {
                request_id,
                comment_id: said.comment_id,
                lease_token: item.lease_token,
                ..Skip::default()
            }));
        };
        Ok(Up::Decide(Decide {
            request_id,
            comment_id: said.comment_id,
            lease_token: item.lease_token,
            version: item.comment.map_or(0, |comment| comment.version),
            verdict: verdict.into(),
            reason_code: said.reason_code,
            note: said.note,
            ..Decide::default()
        }))
    }

    fn hear(&mut self, message: WorkQueueResponse) -> Result<(), Failure> {
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
                output::json(&json!({ "withdrawn": gone.comment_id }))?;
            }
            Some(Down::Heartbeat(beat)) => {
                let queue = beat.sites.first();
                let stats = queue.and_then(|queue| queue.stats.as_ref());
                output::json(&json!({ "queue": stats.map(json::stats) }))?;
            }
            Some(Down::Started(_)) | None => {}
        }
        Ok(())
    }

    fn answered(&mut self, answer: Answer) -> Result<(), Failure> {
        let asked = self.unanswered.remove(&answer.request_id);
        let comment_id = match asked {
            Some(Up::Decide(decide)) => decide.comment_id,
            Some(Up::Skip(skip)) => skip.comment_id,
            // Not said here.
            Some(
                Up::Start(_)
                | Up::Ping(_)
                | Up::Note(_)
                | Up::Pause(_)
                | Up::Resume(_)
                | Up::Watch(_),
            )
            | None => String::new(),
        };
        let value = match answer.result {
            Some(answer::Result::Decision(decision)) => {
                json!({ "decision": json::decision(&decision) })
            }
            Some(answer::Result::Skipped(_)) => json!({ "skipped": comment_id }),
            Some(answer::Result::Problem(problem)) => {
                self.failed += 1;
                json!({ "problem": {
                    "comment_id": comment_id,
                    "reason": problem.reason,
                    "message": problem.message,
                    "state": words::state(problem.state),
                    "version": problem.version,
                }})
            }
            Some(
                answer::Result::Noted(_)
                | answer::Result::Paused(_)
                | answer::Result::Resumed(_)
                | answer::Result::Watched(_),
            )
            | None => return Ok(()),
        };
        output::json(&value)
    }
}
