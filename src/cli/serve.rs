//! `replydesk serve`: the service.

use std::io::{Write, stdout};

use crate::{
    app::App,
    cli::{configuration::ConfigArgs, failure::Failure},
    config::Config,
    shutdown, telemetry,
};

/// Run the service until SIGTERM or Ctrl-C.
///
/// Without REDIS_URL it runs a private redis-server in the data directory, and makes at its first start what it needs:
/// an admin key, the pepper and the privacy key pair.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  replydesk serve
  replydesk serve --data-dir /var/lib/replydesk --listen 127.0.0.1:50051
  REDIS_URL=redis://10.0.0.5:6379 replydesk serve --config /etc/replydesk.toml
  replydesk serve --print-config")]
pub struct Args {
    #[command(flatten)]
    config: ConfigArgs,
}

/// Serves, and returns when everything is drained and stopped.
///
/// # Errors
/// Why it does not start, or ended in disorder.
pub async fn run(args: Args) -> Result<(), Failure> {
    let config =
        Config::load(&args.config.sources()).map_err(|error| Failure::usage(error.to_string()))?;
    if args.config.print_config {
        write!(stdout(), "{}", config.to_toml())?;
        return Ok(());
    }
    telemetry::init(&config.log).map_err(|error| Failure::new(error.to_string()))?;
    let shutdown = shutdown::on_signal()?;
    let app = App::build(config)
        .await
        .map_err(|error| Failure::new(error.to_string()))?;
    app.run(shutdown)
        .await
        .map_err(|error| Failure::new(error.to_string()))
}
