//! `replydesk events`: reads a site's feed, and follows it.

use std::{pin::pin, time::Duration};

use tonic::{Status, Streaming};

use crate::{
    cli::client::{
        Connection,
        explain::explain,
        once,
        reach::Reach,
        reconnect::{Pause, passes_by_itself},
        timely,
    },
    proto::v1::{
        Event, ListEventsRequest, WatchEventsRequest, WatchEventsResponse, event,
        watch_events_response::Message,
    },
};

use super::{
    clock, failure::Failure, interrupt, json, output, style, style::Paint, untrusted, words,
};

/// The service sends a sign of life long before this; a stream that is silent for longer is dead.
const SILENCE: Duration = Duration::from_secs(60);

/// Print a site's state changes, each once and in order.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk events --site daily
  replydesk events --site daily --follow
  replydesk events --site daily --follow --cursor 28-35546 --json \\
      >> events.jsonl")]
pub struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// Go on after this event; from the oldest that is kept if left out.
    #[arg(long, default_value = "", hide_default_value = true)]
    cursor: String,
    /// Stay, and print what happens from now on; reconnects by itself.
    #[arg(long)]
    follow: bool,
    /// Print one line of JSON an event.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs it until the feed is read, or with `--follow` until Ctrl-C.
///
/// # Errors
/// The feed no longer reaches back to the cursor, the key is not good for it, or the service is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let connection = Connection::open(&args.reach.target()?).await?;
    let mut reader = Reader {
        connection,
        site: args.site,
        cursor: args.cursor,
        json: args.json,
        paint: Paint::for_stdout(),
    };
    if !args.follow {
        return reader.read_all().await;
    }
    let mut stop = pin!(interrupt::requested());
    let end = tokio::select! {
        () = &mut stop => Ok(()),
        failure = reader.follow() => failure,
    };
    if end.is_ok() && !reader.cursor.is_empty() {
        eprintln!(
            "replydesk: go on from here with --cursor {}",
            untrusted::line(&reader.cursor)
        );
    }
    end
}

struct Reader {
    connection: Connection,
    site: String,
    cursor: String,
    json: bool,
    paint: Paint,
}

impl Reader {
    async fn read_all(&mut self) -> Result<(), Failure> {
        loop {
            let request = ListEventsRequest {
                site: self.site.clone(),
                cursor: self.cursor.clone(),
                page_size: 500,
            };
            let page = once(self.connection.comments().list_events(timely(request)))
                .await
                .map_err(|status| explain(&status))?;
            for event in &page.events {
                self.show(event)?;
            }
            self.cursor = page.next_cursor;
            if !page.more {
                return Ok(());
            }
        }
    }

    /// Ends only with a failure that reconnecting does not cure.
    async fn follow(&mut self) -> Result<(), Failure> {
        let mut pause = Pause::default();
        loop {
            let lost = match self.watch().await {
                Ok(stream) => self.drain(stream, &mut pause).await?,
                Err(status) => status,
            };
            if !passes_by_itself(&lost) {
                return Err(explain(&lost));
            }
            let wait = pause.grow();
            eprintln!(
                "replydesk: the stream ended ({}); connecting again in {:.1} s",
                untrusted::line(lost.message()),
                wait.as_secs_f64()
            );
            tokio::time::sleep(wait).await;
        }
    }

    async fn watch(&self) -> Result<Streaming<WatchEventsResponse>, Status> {
        let request = WatchEventsRequest {
            site: self.site.clone(),
            cursor: self.cursor.clone(),
        };
        let mut client = self.connection.comment_streams();
        once(client.watch_events(request)).await
    }

    /// Prints events until the stream ends; answers why it did.
    async fn drain(
        &mut self,
        mut stream: Streaming<WatchEventsResponse>,
        pause: &mut Pause,
    ) -> Result<Status, Failure> {
        loop {
            let message = match tokio::time::timeout(SILENCE, stream.message()).await {
                Ok(Ok(Some(message))) => message.message,
                Ok(Ok(None)) => return Ok(Status::unavailable("the service closed it")),
                Ok(Err(status)) => return Ok(status),
                Err(_) => return Ok(Status::unavailable("no sign of life")),
            };
            *pause = Pause::default();
            match message {
                Some(Message::Event(event)) => {
                    self.show(&event)?;
                    self.cursor = event.cursor;
                }
                // A quiet site's cursor moves on with heartbeats alone.
                Some(Message::Heartbeat(beat)) if !beat.cursor.is_empty() => {
                    self.cursor = beat.cursor
                }
                Some(Message::Heartbeat(_)) | None => {}
            }
        }
    }

    fn show(&self, event: &Event) -> Result<(), Failure> {
        if self.json {
            output::json(&json::event(event))
        } else {
            output::say(line(event, self.paint))
        }
    }
}

fn in_bulk(operation: &str) -> String {
    if operation.is_empty() {
        String::new()
    } else {
        format!(", in bulk {}", untrusted::line(operation))
    }
}

/// One event as one line.
#[must_use]
pub fn line(event: &Event, paint: Paint) -> String {
    let state = words::state(event.state);
    let cause = match &event.cause {
        Some(event::Cause::Submitted(cause)) => {
            format!("submitted: {}", words::reasons(&cause.reasons))
        }
        Some(event::Cause::Decided(cause)) => {
            let code = if cause.reason_code.is_empty() {
                String::new()
            } else {
                format!(" ({})", untrusted::line(&cause.reason_code))
            };
            let verdict = words::verdict(cause.verdict).to_lowercase();
            format!(
                "decided: {verdict}{code} by {}{}",
                untrusted::line(&cause.moderator),
                in_bulk(&cause.operation_id)
            )
        }
        Some(event::Cause::Undone(cause)) => {
            let verdict = words::verdict(cause.verdict).to_lowercase();
            let moderator = untrusted::line(&cause.moderator);
            format!(
                "undone: {verdict}, by {moderator}{}",
                in_bulk(&cause.operation_id)
            )
        }
        Some(event::Cause::Retracted(_)) => "retracted by its author".to_owned(),
        Some(event::Cause::Revised(cause)) => {
            format!("revised: {}", words::reasons(&cause.reasons))
        }
        Some(event::Cause::Redacted(cause)) => {
            format!("redacted by {}", untrusted::line(&cause.moderator))
        }
        Some(event::Cause::Erased(cause)) if cause.expired => {
            "erased: nobody decided in time".to_owned()
        }
        Some(event::Cause::Erased(_)) => "erased for its author".to_owned(),
        None => "changed".to_owned(),
    };
    format!(
        "{}  {}  {} v{}  {}  {}",
        paint.paint(style::Tone::Faint, &untrusted::line(&event.cursor)),
        clock::readable(event.occurred_at.as_ref()),
        paint.paint(style::tone_of(state), &format!("{state:<9}")),
        event.version,
        untrusted::line(&event.comment_id),
        cause
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::{CommentState, Outcome, Reason, ReasonCode, Verdict};

    fn example(cause: event::Cause, state: CommentState, version: u32) -> Event {
        Event {
            cursor: format!("{version}-35546"),
            comment_id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            thread_id: "tram-line".to_owned(),
            state: state.into(),
            version,
            occurred_at: Some(prost_types::Timestamp {
                seconds: 1_769_851_800,
                nanos: 0,
            }),
            cause: Some(cause),
        }
    }

    #[test]
    fn an_event_is_one_line() {
        let reason = Reason {
            code: ReasonCode::HeldWord.into(),
            detail: "cas\u{1b}ino\n".to_owned(),
        };
        let submitted = event::Submitted {
            outcome: Outcome::Pending.into(),
            reasons: vec![reason],
        };
        let decided = event::Decided {
            verdict: Verdict::Reject.into(),
            moderator: "00112233aabbccdd".to_owned(),
            reason_code: "insult".to_owned(),
            reason_text: "Be kind.".to_owned(),
            operation_id: String::new(),
        };
        let events = [
            example(event::Cause::Submitted(submitted), CommentState::Pending, 1),
            example(event::Cause::Decided(decided), CommentState::Rejected, 2),
        ];
        let lines: Vec<String> = events
            .iter()
            .map(|event| line(event, Paint::off()))
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
        insta::assert_snapshot!("an_event_as_json", json::event(&events[0]).to_string());
    }
}
