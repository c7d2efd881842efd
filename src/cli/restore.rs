//! `replydesk restore`: a backup back into a Redis.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{
    backup::{in_words, summary, watched},
    configuration::OperatorArgs,
    failure::Failure,
    output,
};
use crate::{
    app::service_secrets::ServiceSecrets,
    backup::{Checked, Progress, RestoreError, Restored, Restoring, Target, check},
    config::Config,
    secrets,
    store::{
        connection::StoreSettings,
        embedded::{Embedded, EmbeddedSettings},
    },
};

/// For one round trip: a batch is a MiB, a large value as much as it is.
const TIMEOUT: Duration = Duration::from_secs(60);

const HELP: &str = "\
The backup is read through first; nothing is written unless all of it is right, and fits the \
configured pepper and officer's key. The service must be stopped. Without REDIS_URL, the private \
redis-server of the data directory is started for the time of the restore. A restore that was \
broken off is run again with --erase-target; until then no service starts on that Redis.

What readers had erased since the backup is there again, and so are keys that were revoked since: \
see Backup and restore in docs/OPERATIONS.md for what to do afterwards.

Examples:
  replydesk restore --check /backups/replydesk-2026-01-31.backup
  REDIS_URL=redis://10.0.0.6:6379 replydesk restore \\
      --config /etc/replydesk.toml /backups/replydesk-2026-01-31.backup";

/// Bring a backup back into an empty Redis, or only check it.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The backup.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Read the backup through, say what is in it, and stop.
    #[arg(long, conflicts_with = "erase_target")]
    check: bool,
    /// Delete everything that is in the target's database first.
    #[arg(long)]
    erase_target: bool,
    /// Print the summary as one line of JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: OperatorArgs,
}

/// Restores, or checks.
///
/// # Errors
/// Why it is not done.
pub async fn run(args: Args) -> Result<(), Failure> {
    if args.check {
        return only_check(&args).await;
    }
    let config =
        Config::load(&args.config.sources()).map_err(|error| Failure::usage(error.to_string()))?;
    if let Some(url) = &config.store.redis_url {
        let secrets = ServiceSecrets::configured(&config).map_err(failed)?;
        let url = url.expose().to_owned();
        return restore(&args, &config, url, &secrets).await;
    }
    let data_dir = &config.store.data_dir;
    if !data_dir.join(secrets::DIRECTORY).exists() {
        return Err(Failure::new(format!(
            "there are no secrets in {0}: bring {0}/{1} back first. A backup holds none, and without its pepper and key it is of no use",
            data_dir.display(),
            secrets::DIRECTORY
        )));
    }
    let mut settings = EmbeddedSettings::new(data_dir.clone());
    settings.durability = config.store.durability;
    let server = Embedded::start(settings).await.map_err(failed)?;
    let restored = match ServiceSecrets::own(&config, data_dir).await {
        Ok(secrets) => restore(&args, &config, server.url().to_owned(), &secrets).await,
        Err(error) => Err(failed(error)),
    };
    server.stop().await.map_err(failed)?;
    restored
}

async fn restore(
    args: &Args,
    config: &Config,
    url: String,
    secrets: &ServiceSecrets,
) -> Result<(), Failure> {
    let mut settings = StoreSettings::new(url);
    settings.timeout = config.store.timeout.max(TIMEOUT);
    let (looking, writing) = (Arc::default(), Arc::new(Progress::default()));
    let cancelled = CancellationToken::new();
    let restoring = Restoring {
        file: args.file.clone(),
        target: Target {
            settings,
            durability: config.store.durability,
            allow_unsafe: config.store.allow_unsafe_redis,
            identity: secrets.identity(),
            erase: args.erase_target,
        },
        looking,
        writing: Arc::clone(&writing),
        cancelled: cancelled.clone(),
    };
    let restoring = watched("restoring keys", &writing, &cancelled, restoring.run());
    let restored = restoring
        .await
        .map_err(|error: RestoreError| failed(error))?;
    tell(args, &restored)
}

async fn only_check(args: &Args) -> Result<(), Failure> {
    let progress = Arc::new(Progress::default());
    let (file, told) = (args.file.clone(), Arc::clone(&progress));
    let checking = tokio::task::spawn_blocking(move || check(&file, &told));
    // Nothing is written, so Ctrl-C need not be waited for.
    let checked = checking.await.map_err(failed)?.map_err(failed)?;
    let Checked {
        head,
        sources,
        end,
        digest,
    } = &checked;
    if args.json {
        return output::json(&summary(head, sources, end, digest));
    }
    output::say(format!(
        "whole: {}\nfor pepper {} and privacy key {}\nsha256 chain {digest}",
        in_words(head, sources, end),
        head.pepper,
        head.privacy_key
    ))
}

fn tell(args: &Args, restored: &Restored) -> Result<(), Failure> {
    let Restored {
        backup,
        keys,
        expired,
        other_keys,
    } = restored;
    if args.json {
        let mut value = summary(&backup.head, &backup.sources, &backup.end, &backup.digest);
        value["restored_keys"] = (*keys).into();
        value["expired_keys"] = (*expired).into();
        return output::json(&value);
    }
    let mut text = format!(
        "restored {keys} keys; {expired} had expired since the backup. It is {}",
        in_words(&backup.head, &backup.sources, &backup.end)
    );
    if *other_keys > 0 {
        text.push_str(&format!(
            "\n{other_keys} keys of other databases were left out"
        ));
    }
    text.push_str("\nNext: repeat erasures and key revocations that came after the backup, then start the service");
    output::say(text)
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(error.to_string())
}
