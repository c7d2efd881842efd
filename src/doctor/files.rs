//! Files of keys: who can read them, and whether the embedded default's fit together.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use super::Check;
use crate::{
    config::Config,
    secrets::{self, Secrets},
};

/// Settings whose files are secret.
const SECRET: [&str; 4] = [
    "privacy.pepper_file",
    "privacy.previous_pepper_file",
    "privacy.next_pepper_file",
    "tls.private_key_file",
];

/// What a file of keys is called here.
const NAME: &str = "key files";

/// Looks at what settings name, and at the data directory's secrets.
pub(super) fn look(config: &Config) -> Vec<Check> {
    let named = config.files().iter();
    let secret = named.filter(|(key, _)| SECRET.contains(key));
    let mut checks: Vec<Check> = secret.map(|(key, path)| private(key, path)).collect();
    if config.store.redis_url.is_none() {
        checks.push(own(&config.store.data_dir));
    }
    checks
}

/// Kubernetes shows secrets to a group; everybody is too many.
fn private(key: &str, path: &Path) -> Check {
    let shown = path.display();
    match fs::metadata(path) {
        Ok(found) if found.permissions().mode() & 0o007 != 0 => {
            let mode = found.permissions().mode() & 0o7777;
            let found =
                format!("{key}: everybody on this machine can read {shown} (mode {mode:o})");
            Check::warning(
                NAME,
                found,
                format!("if nobody did, run `chmod 600 {shown}`; else replace the key"),
            )
        }
        Ok(_) => Check::ok(NAME, format!("{key}: {shown} is its owner's")),
        Err(error) => Check::failure(
            NAME,
            format!("{key}: {shown} cannot be looked at: {error}"),
            "name a file that the service's user may read",
        ),
    }
}

/// The embedded default's.
fn own(data_dir: &Path) -> Check {
    let directory = data_dir.join(secrets::DIRECTORY);
    let shown = directory.display();
    if !directory.exists() {
        return Check::ok(NAME, format!("{shown}: made at the first start"));
    }
    // What is there is never made anew.
    let never = || Err(getrandom::Error::UNSUPPORTED);
    match Secrets::load_or_make(data_dir, never) {
        Ok((secrets, _)) if secrets.private_key_is_here => Check::warning(
            NAME,
            format!("{shown}: the privacy officer's private key lies beside the data"),
            format!("move {shown}/{} to the officer", secrets::PRIVATE_KEY),
        ),
        Ok(_) => Check::ok(NAME, format!("{shown}: complete, and fit together")),
        Err(error) => Check::failure(NAME, error.to_string(), "bring them back as they were"),
    }
}
