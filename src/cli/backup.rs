//! `replydesk backup`: a snapshot of Redis in a file, checked from end to end.

use std::{io::IsTerminal, path::PathBuf, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    clock, configuration::OperatorArgs, failure::Failure, import::progress, interrupt, output,
};
use crate::{
    backup::{Destination, End, Head, Progress, SourceHead, Taken, Taking},
    config::{Config, store::StoreConfig},
    store::{connection::StoreSettings, embedded},
};

/// Between two looks at how far it is.
const TELL: Duration = Duration::from_millis(100);

const HELP: &str = "\
The service goes on meanwhile. Redis forks, and sends what it held at that moment; what was
acknowledged before the command began is in the backup. Contact data stays sealed, and no secret
is in it: keep the pepper, the officer's key and the admin key elsewhere (docs/OPERATIONS.md).
The file appears when it is whole, with mode 0600. `replydesk restore --check FILE` reads it again.

Examples:
  replydesk backup /backups/replydesk-2026-01-31.backup
  replydesk backup --config /etc/replydesk.toml - | age -r KEY > it.age";

/// Back up everything that ReplyDesk keeps in Redis, while it runs.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// A file that is not there yet, or - for standard output.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print the summary as one line of JSON (on standard error where the backup goes to standard output).
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: OperatorArgs,
}

/// Takes a backup.
///
/// # Errors
/// Why there is none.
pub async fn run(args: Args) -> Result<(), Failure> {
    let sources = args.config.sources();
    let store = Config::load_store(&sources).map_err(|error| Failure::usage(error.to_string()))?;
    let to_stdout = args.file.as_os_str() == "-";
    let destination = if to_stdout {
        if std::io::stdout().is_terminal() {
            let what = "a backup is nothing for a terminal: name a file, or send it on (| …)";
            return Err(Failure::usage(what));
        }
        Destination::Output(Box::new(std::io::stdout()))
    } else {
        Destination::File(args.file.clone())
    };
    let progress = Arc::new(Progress::default());
    let cancelled = CancellationToken::new();
    let taking = Taking {
        settings: settings(&store)?,
        destination,
        progress: Arc::clone(&progress),
        cancelled: cancelled.clone(),
    };
    let taking = watched("backing up keys", &progress, &cancelled, taking.run());
    let taken = taking
        .await
        .map_err(|error| Failure::new(error.to_string()))?;
    if taken.is_of_replica {
        eprintln!(
            "replydesk: this Redis is a replica: the backup holds what it had received by then"
        );
    }
    tell(&args, &taken, to_stdout)
}

/// How to reach the Redis that is configured, or the private one of a running service.
pub(super) fn settings(store: &StoreConfig) -> Result<StoreSettings, Failure> {
    let url = match &store.redis_url {
        Some(url) => url.expose().to_owned(),
        None => embedded::running(&store.data_dir).ok_or_else(|| {
            Failure::new(format!(
                "no replydesk runs on {}: start it (`replydesk serve`), or name the Redis that is meant by REDIS_URL or --config. While it is stopped, a copy of the whole directory is a backup too",
                store.data_dir.display()
            ))
        })?,
    };
    let mut settings = StoreSettings::new(url);
    settings.timeout = store.timeout;
    Ok(settings)
}

/// Shows how far a work is, and breaks it off at Ctrl-C.
pub(super) async fn watched<T>(
    what: &'static str,
    progress: &Progress,
    cancelled: &CancellationToken,
    work: impl Future<Output = T>,
) -> T {
    let mut shown = progress::Progress::of(what, None);
    let mut tick = tokio::time::interval(TELL);
    let interrupted = interrupt::requested();
    tokio::pin!(work, interrupted);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            () = &mut interrupted, if !cancelled.is_cancelled() => cancelled.cancel(),
            _ = tick.tick() => shown.at(progress.keys()),
        }
    };
    shown.finish();
    done
}

fn tell(args: &Args, taken: &Taken, to_stdout: bool) -> Result<(), Failure> {
    let sources = &taken.sources;
    let text = if args.json {
        summary(&taken.head, sources, &taken.end, &taken.digest).to_string()
    } else {
        let place = match to_stdout {
            true => "standard output".to_owned(),
            false => args.file.display().to_string(),
        };
        format!(
            "{place}: {}\nsha256 chain {}",
            in_words(&taken.head, sources, &taken.end),
            taken.digest
        )
    };
    if to_stdout {
        eprintln!("{text}");
        return Ok(());
    }
    output::say(text)
}

/// A backup in one line for people.
pub(super) fn in_words(head: &Head, sources: &[SourceHead], end: &End) -> String {
    let servers: Vec<&str> = sources
        .iter()
        .map(|source| source.server.as_str())
        .collect();
    format!(
        "{} keys, {} bytes, of {} at {}, schema {}, by replydesk {}",
        end.keys,
        end.bytes,
        servers.join(" and "),
        moment(head.taken_at_ms),
        head.schema,
        head.replydesk
    )
}

/// The same for scripts.
pub(super) fn summary(head: &Head, sources: &[SourceHead], end: &End, digest: &str) -> Value {
    json!({
        "taken_at": moment(head.taken_at_ms),
        "replydesk": head.replydesk,
        "schema": head.schema,
        "pepper_fingerprint": head.pepper,
        "privacy_key_fingerprint": head.privacy_key,
        "servers": sources.iter().map(|source| source.server.clone()).collect::<Vec<_>>(),
        "keys": end.keys,
        "other_keys": end.other_keys,
        "bytes": end.bytes,
        "largest_value_bytes": end.largest_value_bytes,
        "digest": digest,
    })
}

fn moment(ms: i64) -> String {
    let time = prost_types::Timestamp {
        seconds: ms.div_euclid(1000),
        nanos: 0,
    };
    clock::rfc3339(&time).unwrap_or_default()
}
