//! `replydesk key generate`: a key without a service.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::{
    access::root,
    cli::{failure::Failure, output},
    secrets::private_file::create_private,
};

/// Make a key without a service: for the configuration of one that has none yet.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk key generate
  export REPLYDESK_ACCESS_ADMIN_KEY_HASH=\"$(
      replydesk key generate --out admin.key)\"")]
pub(super) struct Args {
    /// What it may do. Keys of the other roles are made by the service: `key create`.
    #[arg(long, default_value = "admin")]
    role: OfflineRole,
    /// Write the key to this new file of mode 0600, and print only its hash.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What a key that is made without a service may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OfflineRole {
    /// Everything, sites and keys too.
    Admin,
}

/// Made here, and told to nobody: the service learns its hash from the configuration.
pub(super) fn run(args: &Args, json: bool) -> Result<(), Failure> {
    let (key, root) = root::generate().map_err(|error| {
        Failure::new(format!(
            "the operating system gives no random numbers: {error}"
        ))
    })?;
    let hash = root.to_config();
    let OfflineRole::Admin = args.role;
    if let Some(out) = &args.out {
        create_private(out, key.expose().as_str())
            .map_err(|error| Failure::usage(format!("cannot write {}: {error}", out.display())))?;
        if json {
            return output::json(&serde_json::json!({ "key_file": out, "admin_key_hash": hash }));
        }
        return output::say(hash);
    }
    if json {
        let text = key.expose();
        return output::json(
            &serde_json::json!({ "access_key": text.as_str(), "admin_key_hash": hash }),
        );
    }
    output::say(format!(
        "The key, shown this once (keep it in a file of mode 0600, or in a secret store):\n\n    {}\n\n\
         For the configuration of every replica:\n\n    [access]\n    admin_key_hash = \"{hash}\"\n\n\
         or REPLYDESK_ACCESS_ADMIN_KEY_HASH={hash}",
        key.expose().as_str(),
    ))
}
