//! `replydesk bulk decide`: shows what would be decided, asks, and decides.

use std::{
    io::{IsTerminal, Read, Write},
    time::Duration,
};

use tonic::{Code, Status};

use super::{Decide, Which, report};
use crate::{
    cli::{
        client::{Connection, explain::explain, explain::retry_delay},
        failure::Failure,
        import::progress::Progress,
        output,
        style::Paint,
        untrusted,
    },
    comment::ids::{CommentId, OperationId},
    proto::v1::{
        BulkDecideRequest,
        bulk_decide_request::{CommentIds, Selector},
        bulk_decide_response::{Message, Preview, Result as Decided},
    },
};

/// How often a call that was cut off is made again.
pub(super) const TRIES: usize = 10;

const NOTHING_WAITS: &str = "\
nothing of this wave waits; what comes later follows this decision instead of the last one, for as long
as policy says. To take back what was decided: `replydesk bulk undo`, with an operation that
`replydesk audit --action bulk-decided` lists";

/// Runs it.
///
/// # Errors
/// The service refuses it or is not there, or the answer is no.
pub(super) async fn run(args: Decide) -> Result<(), Failure> {
    let connection = Connection::open(&args.reach.target()?).await?;
    let request = BulkDecideRequest {
        site: args.site,
        operation_id: args
            .operation
            .unwrap_or_else(OperationId::fresh)
            .to_string(),
        selector: Some(selector(&args.which)?),
        thread_id: args.thread,
        verdict: args.verdict.into(),
        reason_code: args.reason,
        note: args.note,
        validate_only: false,
    };
    let preview = preview(&connection, &request).await;
    let preview = preview.map_err(|status| explain(&status))?;
    if args.json {
        output::json(&report::preview_json(&preview))?;
    } else {
        output::say(report::preview(&preview, args.verdict, Paint::for_stdout()))?;
    }
    let waits = preview.counts.is_some_and(|counts| counts.decided > 0);
    // What comes later follows the last decision on its wave, though nothing of it waits now.
    let is_whole_wave = args.which.wave.is_some() && request.thread_id.is_empty();
    // One that goes on may have nothing left to decide, and still has a result to tell.
    if args.dry_run || !waits && !is_whole_wave && args.operation.is_none() {
        return Ok(());
    }
    if is_whole_wave && !waits && !args.json {
        output::say(NOTHING_WAITS)?;
    }
    if !args.yes && !agreed()? {
        return Err(Failure::new("nothing was decided"));
    }
    let operation = request.operation_id.clone();
    if !args.json {
        // Whoever stops it here must know what to go on with.
        eprintln!(
            "replydesk: operation {operation}; if it is cut off: the same with --operation {operation}"
        );
    }
    let decided = decide(&connection, request).await.map_err(|status| {
        let failure = explain(&status);
        if is_settled(status.code()) {
            return failure;
        }
        Failure::new(format!(
            "{failure}\n  to go on: the same with --operation {operation}"
        ))
    })?;
    if args.json {
        output::json(&report::decided_json(&decided))
    } else {
        output::say(report::decided(&decided))
    }
}

/// Whether the same request would be refused again.
fn is_settled(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::FailedPrecondition
            | Code::PermissionDenied
    )
}

/// The UUIDs of a text, a line each; a line that is none is named.
fn ids(text: &str) -> Result<Vec<String>, Failure> {
    let lines = (1..).zip(text.lines().map(str::trim));
    let lines = lines.filter(|(_, line)| !line.is_empty());
    let id = |(number, line): (usize, &str)| {
        let id = line.parse::<CommentId>().map_err(|_| {
            let line = untrusted::line(line);
            Failure::usage(format!("--ids, line {number}: `{line}` is no UUID"))
        })?;
        Ok(id.to_string())
    };
    lines.map(id).collect()
}

fn selector(which: &Which) -> Result<Selector, Failure> {
    if let Some(wave) = which.wave {
        return Ok(Selector::WaveId(wave.to_string()));
    }
    if let Some(comment) = which.author_of {
        return Ok(Selector::AuthorOf(comment.to_string()));
    }
    if let Some(lane) = which.lane {
        return Ok(Selector::Lane(i32::from(lane.number())));
    }
    let Some(path) = &which.ids else {
        return Err(Failure::usage(
            "name comments: --wave, --author-of, --lane or --ids",
        ));
    };
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text)?;
    } else {
        let read = std::fs::read_to_string(path);
        text = read.map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    }
    Ok(Selector::Ids(CommentIds {
        comment_ids: ids(&text)?,
    }))
}

async fn preview(connection: &Connection, request: &BulkDecideRequest) -> Result<Preview, Status> {
    let request = BulkDecideRequest {
        validate_only: true,
        ..request.clone()
    };
    let mut replies = connection
        .moderation()
        .bulk_decide(request)
        .await?
        .into_inner();
    let mut shown: Option<Progress> = None;
    loop {
        match replies.message().await?.and_then(|reply| reply.message) {
            Some(Message::Progress(progress)) => {
                let looked = progress.counts.map_or(0, report::looked_at);
                let new = || Progress::of("looking", Some(progress.total));
                shown.get_or_insert_with(new).at(looked);
            }
            Some(Message::Preview(preview)) => {
                shown.iter_mut().for_each(Progress::finish);
                return Ok(preview);
            }
            Some(Message::Result(_)) | None => {
                return Err(Status::internal("the reply ended without a preview"));
            }
        }
    }
}

/// Until it is done; what is cut off goes on.
async fn decide(connection: &Connection, request: BulkDecideRequest) -> Result<Decided, Status> {
    let mut shown: Option<Progress> = None;
    let mut tries = 0;
    let ended = loop {
        match try_deciding(connection, request.clone(), &mut shown).await {
            Err(status) if status.code() == Code::Unavailable && tries < TRIES => {
                tries += 1;
                let new = || Progress::of("deciding", None);
                shown.get_or_insert_with(new).wait(status.message());
                let wait = retry_delay(&status).unwrap_or(Duration::from_secs(1));
                tokio::time::sleep(wait).await;
            }
            ended => break ended,
        }
    };
    shown.iter_mut().for_each(Progress::finish);
    ended
}

async fn try_deciding(
    connection: &Connection,
    request: BulkDecideRequest,
    shown: &mut Option<Progress>,
) -> Result<Decided, Status> {
    let mut replies = connection
        .moderation()
        .bulk_decide(request)
        .await?
        .into_inner();
    loop {
        match replies.message().await?.and_then(|reply| reply.message) {
            Some(Message::Progress(progress)) => {
                let looked = progress.counts.map_or(0, report::looked_at);
                let new = || Progress::of("deciding", Some(progress.total));
                shown.get_or_insert_with(new).at(looked);
            }
            Some(Message::Result(result)) => return Ok(result),
            Some(Message::Preview(_)) | None => {
                return Err(Status::unavailable("the reply ended before its result"));
            }
        }
    }
}

fn agreed() -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "nobody to ask here; add --yes to decide, nothing was decided",
        ));
    }
    eprint!("Decide? [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
