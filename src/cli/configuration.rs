//! The flags by which a command that runs the service is configured.

use std::path::PathBuf;

use crate::config::sources::Sources;

/// Where the configuration comes from.
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    /// A TOML file with the configuration.
    #[arg(long, value_name = "FILE", env = "REPLYDESK_CONFIG")]
    pub config: Option<PathBuf>,
    /// One setting, stronger than file and environment; may be repeated. Not for secrets.
    #[arg(long = "set", value_name = "SECTION.NAME=VALUE", value_parser = pair)]
    pub settings: Vec<(String, String)>,
    /// The same as --set server.listen=ADDRESS.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// The same as --set store.data_dir=DIR.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// Print the effective configuration as TOML, secrets redacted, and stop.
    #[arg(long)]
    pub print_config: bool,
}

impl ConfigArgs {
    /// With this process's environment. Direct flags come last, so they hold.
    #[must_use]
    pub fn sources(&self) -> Sources {
        let mut flags = self.settings.clone();
        let direct = [
            ("server.listen", &self.listen),
            ("store.data_dir", &self.data_dir),
        ];
        for (key, value) in direct {
            flags.extend(value.clone().map(|value| (key.to_owned(), value)));
        }
        Sources::of_process(self.config.clone(), flags)
    }
}

/// The same for a command that works beside the service, on what it is configured with.
#[derive(Debug, clap::Args)]
pub struct OperatorArgs {
    /// The service's TOML file.
    #[arg(long, value_name = "FILE", env = "REPLYDESK_CONFIG")]
    pub config: Option<PathBuf>,
    /// One setting, stronger than file and environment; may be repeated. Not for secrets.
    #[arg(long = "set", value_name = "SECTION.NAME=VALUE", value_parser = pair)]
    pub settings: Vec<(String, String)>,
    /// The same as --set store.data_dir=DIR.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<String>,
}

impl OperatorArgs {
    /// With this process's environment.
    #[must_use]
    pub fn sources(&self) -> Sources {
        let mut flags = self.settings.clone();
        let data_dir = self.data_dir.clone();
        flags.extend(data_dir.map(|value| ("store.data_dir".to_owned(), value)));
        Sources::of_process(self.config.clone(), flags)
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    // The text is not repeated: somebody may have tried it with a secret.
    text.split_once('=')
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .ok_or_else(|| "must be section.name=value, such as log.level=debug".to_owned())
}
