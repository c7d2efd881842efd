//! A moderator that is a script: items out as JSON lines, verdicts in as JSON lines.

mod said;
mod script;
mod told;

use std::{
    io::{BufRead, Read},
    pin::pin,
    thread,
};

use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinSet};

use crate::{
    cli::{
        client::{
            Connection,
            explain::{explain, reason},
            once, timely,
        },
        failure::Failure,
        interrupt, json, output,
    },
    proto::v1::{UndoDecisionRequest, work_queue_request::Message as Up},
};

use super::{
    session::Place,
    stream::{self, News, Wire},
};
use script::{Script, Todo};

/// Runs until standard input ends and everything said is answered.
///
/// # Errors
/// The service refuses the stream for good, or standard output is gone.
pub async fn run(connection: Connection, place: Place) -> Result<(), Failure> {
    let (up, heard) = mpsc::channel(64);
    let (sender, news) = mpsc::channel(64);
    let wire = Wire {
        connection: connection.clone(),
        start: place.start(),
        up: heard,
        news: sender,
    };
    let mut task = JoinSet::new();
    task.spawn(stream::keep_open(wire));
    let pipe = Pipe {
        connection,
        up,
        script: Script::default(),
        undoing: JoinSet::new(),
    };
    pipe.work(news, read_lines()).await
}

/// The most bytes of a line of input: far more than a verdict has, and less than ends a stream.
const MOST_LINE: usize = 64 * 1_024;

/// A line of input without its end, or why there is none, and none after it.
type Line = std::io::Result<Vec<u8>>;

/// A thread of its own, not the runtime's: a blocked read must not hold up the end of the process.
fn read_lines() -> mpsc::Receiver<Line> {
    let (sender, lines) = mpsc::channel(16);
    let read = move || {
        let mut input = std::io::stdin().lock();
        while let Some(line) = read_line(&mut input).transpose() {
            let is_last = line.is_err();
            if sender.blocking_send(line).is_err() || is_last {
                return;
            }
        }
    };
    // Without the thread there is no input, and the channel ends at once.
    let _ = thread::Builder::new().name("input".to_owned()).spawn(read);
    lines
}

/// The next line; of one that is too long a byte more than may be, and the rest is passed over. `None` at the end.
fn read_line(input: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let most = u64::try_from(MOST_LINE + 1).unwrap_or(u64::MAX);
    if input.take(most).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.len() > MOST_LINE && !line.ends_with(b"\n") {
        input.skip_until(b'\n')?;
        return Ok(Some(line));
    }
    if line.ends_with(b"\n") {
        line.pop();
    }
    Ok(Some(line))
}

struct Pipe {
    connection: Connection,
    up: mpsc::Sender<Up>,
    script: Script,
    /// What is being undone, at most one line of input each.
    undoing: JoinSet<(Value, bool)>,
}

impl Pipe {
    async fn work(
        mut self,
        mut news: mpsc::Receiver<News>,
        mut lines: mpsc::Receiver<Line>,
    ) -> Result<(), Failure> {
        let mut stop = pin!(interrupt::requested());
        loop {
            // Not before the stream was open once: a wrong key must be told even to who says nothing.
            if self.script.is_over() && self.undoing.is_empty() {
                return self.script.end();
            }
            tokio::select! {
                line = lines.recv(), if !self.script.input_ended => match line {
                    None => self.script.input_ended = true,
                    Some(line) => match self.script.understand(&line?)? {
                        Some(Todo::Say(message)) => { let _ = self.up.send(message).await; }
                        Some(Todo::Undo(request)) => self.undo(request),
                        None => {}
                    },
                },
                said = news.recv() => match said {
                    Some(said) => self.hear(said).await?,
                    None => return Err(Failure::new("the stream ended")),
                },
                Some(Ok((told, worked))) = self.undoing.join_next() => {
                    self.script.count(worked);
                    output::json(&told)?;
                }
                () = &mut stop => return Ok(()),
            }
        }
    }

    async fn hear(&mut self, news: News) -> Result<(), Failure> {
        match news {
            News::Opened => {
                for message in self.script.opened() {
                    let _ = self.up.send(message).await;
                }
            }
            News::Said(message) => self.script.hear(*message)?,
            News::Lost(why) => {
                self.script.lost();
                eprintln!("replydesk: {why}");
            }
            News::Failed(failure) => return Err(failure),
        }
        Ok(())
    }

    fn undo(&mut self, request: UndoDecisionRequest) {
        let mut moderation = self.connection.moderation();
        self.undoing.spawn(async move {
            let comment_id = request.comment_id.clone();
            match once(moderation.undo_decision(timely(request))).await {
                Ok(undone) => (json!({ "undone": json::undone(&undone) }), true),
                Err(status) => {
                    let problem = json!({ "problem": {
                        "comment_id": comment_id,
                        "reason": reason(&status),
                        "message": explain(&status).to_string(),
                    }});
                    (problem, false)
                }
            }
        });
    }
}
